/** Checks of options: callers without types misspell them, and a misspelt option must not be silently without effect. */
import { checkOptions } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import closestName from '../names.js';
import { type Control, DEFAULT_CONTROL } from './options.js';

/**
 * @param known has a property for every option there is
 * @param owner what the options are given to, for the message
 * @throws OptionError for anything but an object, and for a name that is not known, with the nearest that is
 */
export function checkOptionNames(options: object, known: object, owner: string): void {
  const names = Object.keys(known);
  checkOptions(owner, options, `{ ${names[0]!}: … }`);
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new OptionError(`${owner} has no option '${unknown}'${closestName(unknown, names) || `; the options are ${names.join(', ')}`}`);
}

/** @throws OptionError unless the value is one of the valid ones. */
export function checkChoice(name: string, value: string, valid: readonly string[]): void {
  if (!valid.includes(value)) throw new OptionError(`${name} must be ${valid.slice(0, -1).join(', ')} or ${valid.at(-1)!}, not '${value}'${closestName(String(value), valid)}`);
}

/** The control of a fit: the given entries, else the defaults. Throws OptionError for unknown names and impossible values. */
export function resolveControl(given: Partial<Control> = {}): Control {
  checkOptionNames(given, DEFAULT_CONTROL, 'control');
  const control = { ...DEFAULT_CONTROL, ...given };
  for (const [name, value] of Object.entries(control)) {
    if (!(Number.isFinite(value) && value > 0)) throw new OptionError(`control.${name} must be a positive number, not ${String(value)}`);
  }
  if (!Number.isInteger(control.maxEvaluations)) throw new OptionError(`control.maxEvaluations must be an integer, not ${control.maxEvaluations}`);
  return control;
}
