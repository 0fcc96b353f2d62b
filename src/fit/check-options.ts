/** Checks of options: callers without types misspell them, and a misspelt option must not be silently without effect. */
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import closestName from '../names.js';
import { type BackendChoice, type Control, DEFAULT_CONTROL } from './options.js';

/** @throws OptionError unless the value is one of the valid ones. */
export function checkChoice(name: string, value: string, valid: readonly string[]): void {
  if (!valid.includes(value)) throw new OptionError(`${name} must be ${valid.slice(0, -1).join(', ')} or ${valid.at(-1)!}, not '${value}'${closestName(String(value), valid)}`);
}

/** @throws OptionError unless the values are a list of valid ones. */
export function checkChoices(name: string, values: readonly string[], valid: readonly string[]): void {
  checkArgument(name, values, ['length'], 'a list', `for example ['${valid[0]!}']`);
  for (const value of values) checkChoice(name, value, valid);
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

const BACKENDS: readonly BackendChoice[] = ['auto', 'cpu', 'webgpu'];

/** Throws OptionError unless the name is one of a backend. */
export function checkBackend(backend: string): BackendChoice {
  if ((BACKENDS as readonly string[]).includes(backend)) return backend as BackendChoice;
  throw new OptionError(`unknown backend '${backend}'; use ${BACKENDS.join(', ')}${closestName(backend, BACKENDS)}`);
}
