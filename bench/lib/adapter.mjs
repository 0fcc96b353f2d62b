/** A child on the adapter of this machine, or else on the software adapter of the tests. */
import { inChild } from './child.mjs';

/** Returns the result of the child, which says `unavailable` where it found no adapter. */
export async function onAdapter(module, request) {
  const result = await inChild(module, request);
  if (result.unavailable === undefined || result.unavailable === null) return result;
  console.log(`No adapter of this machine: ${result.unavailable}.`);
  const software = await softwareEnvironment();
  if (software.unavailable === undefined) return inChild(module, request, software.env);
  console.log(`No software adapter either: ${software.unavailable}.`);
  return result;
}

/** The offline bundle has no software adapter. */
async function softwareEnvironment() {
  try {
    const { softwareAdapter } = await import('../../scripts/software-adapter.mjs');
    return softwareAdapter();
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return { unavailable: 'this installation has none' };
    throw error;
  }
}

/** Adapter in words. */
export const adapterWords = ({ description, software }) =>
  `${description}${software ? ' (SOFTWARE: a vehicle for tests, its speed says nothing)' : ''}`;
