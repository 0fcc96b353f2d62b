/**
 * The order in which the values of a column become factor levels.
 *
 * R sorts strings by the rules of the session's language; its usual English one puts `a` before `B` and `A` right after `a`. The same
 * rules are used here on every machine, so that the first level (the reference of treatment contrasts) does not depend on where a fit runs.
 */
import { parseNumber } from './parse-number.js';

const collator = new Intl.Collator('en');

/** English alphabetical order; texts the language holds equal are told apart by their code units. */
export function compareText(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Distinct level labels in order: by value when all of them are numbers, else alphabetically. */
export function orderLevels(labels: readonly string[]): string[] {
  const numbers = labels.map((label) => parseNumber(label));
  if (labels.some((label, i) => numbers[i] === undefined || Number.isNaN(numbers[i]) || label.trim() === '')) {
    return [...labels].sort(compareText);
  }
  return labels
    .map((label, i) => ({ label, value: numbers[i]! }))
    .sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : compareText(a.label, b.label)))
    .map((entry) => entry.label);
}
