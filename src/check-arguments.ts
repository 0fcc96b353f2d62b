/**
 * What programs without types get wrong first: an argument that is missing, of another kind, or a promise that nobody waited for. Exported functions
 * look at the arguments that the rest of the code would trip over; what the arguments hold is checked where it is read.
 */
import { OptionError } from './errors.js';

/** A value in words, for messages: `undefined`, `a string`, `a list`. */
export function inWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Promise) return 'a promise';
  return typeof value === 'object' ? 'an object' : typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}

/**
 * @param owner the function that was called
 * @param properties some that tell the right kind of object from others
 * @param need what belongs here, e.g. `a table`
 * @param remedy how to come by it
 * @throws OptionError unless the value is an object with these properties
 */
export function checkArgument(owner: string, value: unknown, properties: readonly string[], need: string, remedy: string): void {
  if (typeof value === 'object' && value !== null && properties.every((name) => name in value)) return;
  throw new OptionError(`${owner} needs ${need}, not ${inWords(value)}; ${value instanceof Promise ? 'await it first' : remedy}`);
}

/** @throws OptionError unless the value is a fitted model, or as much of one as functions ask for. */
export function checkFit(owner: string, fit: unknown): void {
  checkArgument(owner, fit, ['params'], 'a fitted model', 'glmm makes one');
}

/** @param example what they may look like. @throws OptionError for anything but an object. */
export function checkOptions(owner: string, options: unknown, example = '{}'): void {
  checkArgument(owner, options, [], 'its options as an object', `for example ${example}`);
}

/** @throws OptionError for anything but text. */
export function checkText(owner: string, value: unknown, need: string): void {
  if (typeof value !== 'string') throw new OptionError(`${owner} needs ${need} as text, not ${inWords(value)}`);
}
