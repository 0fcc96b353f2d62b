/**
 * What programs without types get wrong first: an argument that is missing, of another kind, or a promise that nobody waited for. Exported functions
 * look at the arguments that the rest of the code would trip over; what the arguments hold is checked where it is read.
 */
import { OptionError } from './errors.js';
import closestName from './names.js';

/** A value in words, for messages: `undefined`, `a string`, `a list`, `a Float32Array`. */
export function inWords(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Promise) return 'a promise';
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
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

/**
 * @param example what they may look like.
 * @throws OptionError for anything but an object, for a signal that is none and for callbacks (`onProgress`, …) that cannot be called.
 */
export function checkOptions(owner: string, options: unknown, example = '{}'): void {
  checkArgument(owner, options, [], 'its options as an object', `for example ${example}`);
  for (const [name, value] of Object.entries(options as object)) {
    if (value === undefined) continue;
    if (name === 'signal') checkArgument(owner, value, ['throwIfAborted'], 'an AbortSignal as signal', 'an AbortController has one, its .signal');
    if (/^on[A-Z]/.test(name) && typeof value !== 'function') throw new OptionError(`${name} must be a function, not ${inWords(value)}`);
  }
}

/**
 * A misspelt option must not be silently without effect.
 * @param known has a property for every option there is
 * @param owner what the options are given to
 * @throws OptionError for anything but an object, and for a name that is not known, with the nearest that is
 */
export function checkOptionNames(options: object, known: object, owner: string): void {
  const names = Object.keys(known);
  checkOptions(owner, options, `{ ${names[0]!}: … }`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new OptionError(`${owner} has no option '${unknown}'${closestName(unknown, names) || `; the options are ${names.join(', ')}`}`);
}

/** @throws OptionError for anything but text. */
export function checkText(owner: string, value: unknown, need: string): void {
  if (typeof value !== 'string') throw new OptionError(`${owner} needs ${need} as text, not ${inWords(value)}`);
}
