/**
 * The WebGPU device of the tests: SwiftShader where scripts/run-tests.mjs has put it into the environment, else whatever there is.
 * Without one the shader tests are skipped with the reason in their title; with CI set that is a failure.
 */
import { describe, expect, test } from 'vitest';
import { type GpuDevice, acquireDevice } from '../../src/gpu/device.js';
import { getGpu } from '../../src/platform/node.js';

async function find(): Promise<GpuDevice | { unavailable: string }> {
  const gpu = await getGpu();
  return 'unavailable' in gpu ? gpu : acquireDevice(gpu, true);
}

const found = await find();
const reason = 'unavailable' in found ? (process.env.GLMMGPU_NO_SOFTWARE_ADAPTER ?? found.unavailable) : null;

/** Milliseconds for one test: a software adapter on a loaded machine compiles a pipeline for many seconds. */
const TIMEOUT = 300_000;

/** The device; only inside `describeGpu`. */
export const gpu = found as GpuDevice;

/** A suite that needs a device. */
export function describeGpu(name: string, body: () => void): void {
  if (reason === null) {
    describe(name, { timeout: TIMEOUT }, body);
    return;
  }
  describe(`${name} [no WebGPU adapter: ${reason}]`, () => {
    test.skipIf(!process.env.CI)('needs an adapter', () => { expect.fail(`shader tests cannot run: ${reason}`); });
  });
}

/** Another device, for tests that destroy theirs. */
export async function anotherDevice(): Promise<GpuDevice> {
  const other = await find();
  if ('unavailable' in other) throw new Error(other.unavailable);
  return other;
}
