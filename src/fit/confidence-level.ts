import { OptionError } from '../errors.js';

/** Throws OptionError unless the confidence level is from 0.5 to 0.9999. */
export function checkLevel(level: number): void {
  if (!(level >= 0.5 && level <= 0.9999)) throw new OptionError(`level must be from 0.5 to 0.9999, not ${level}`);
}
