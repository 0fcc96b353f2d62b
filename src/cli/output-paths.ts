/** No result may take the place of the data it was made from, or of another result. */
import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { OptionError } from '../errors.js';

/** Options that name files a command writes. */
const OUTPUTS = ['json', 'csv', 'save', 'out', 'curves'] as const;

/** @throws OptionError where an option names a file that the command reads, or that another option writes */
export function checkOutputPaths(args: readonly unknown[], options: Readonly<Record<string, unknown>>): void {
  const taken = new Map<string, string>();
  for (const input of [...args.flat(), options['data']]) {
    if (typeof input === 'string' && input !== '-') taken.set(placeOf(input), 'the file that is read');
  }
  for (const name of OUTPUTS) {
    const path = options[name];
    if (typeof path !== 'string' || path === '-' || isSpecial(path)) continue;
    const place = placeOf(path);
    const owner = taken.get(place);
    if (owner !== undefined) throw new OptionError(`--${name} names '${path}', ${owner}; choose another place`);
    taken.set(place, `which --${name} writes as well`);
  }
}

/** Terminals, pipes and `/dev/null` take any number of texts. */
function isSpecial(path: string): boolean {
  try {
    return !lstatSync(path).isFile() && !lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** One name per place, whatever links lead there. */
function placeOf(path: string): string {
  const full = resolve(path);
  try {
    return realpathSync(full);
  } catch {
    // A file that is still to be made.
    try {
      return join(realpathSync(dirname(full)), basename(full));
    } catch {
      return full;
    }
  }
}
