/** `. ~ . - x`: a formula in terms of another one, as R's update.formula. */
import { deparse } from './deparse.js';
import type { Expression, Summand } from './expression.js';
import { parseFormula } from './parse.js';

/**
 * The changed formula as text: `.` stands for the response or the right side of the old one; `- term` takes a term away, random ones too.
 * @throws FormulaError for text that is no formula.
 *
 * @example
 * updateFormula('y ~ a + b + (1 | g)', '. ~ . - b - (1 | g) + (a | g)'); // 'y ~ a + (a | g)'
 */
export function updateFormula(formula: string, change: string): string {
  const before = parseFormula(formula);
  // R's short form has no left side.
  const after = parseFormula(change.trimStart().startsWith('~') ? `. ${change.trimStart()}` : change);
  const terms: { sign: Summand['sign']; text: string }[] = [];
  for (const { sign, value } of summands(after.predictors)) {
    if (sign === '+' && isDot(value)) {
      for (const { sign: own, value: term } of summands(before.predictors)) terms.push({ sign: own, text: deparse(term) });
      continue;
    }
    const text = deparse(value);
    const at = terms.findIndex((term) => term.sign !== sign && bare(term.text) === bare(text));
    if (at === -1) terms.push({ sign, text });
    else terms.splice(at, 1);
  }
  const right = terms.map(({ sign, text }, i) => (i === 0 ? (sign === '-' ? `-${text}` : text) : `${sign} ${text}`)).join(' ');
  return `${deparse(isDot(after.response) ? before.response : after.response)} ~ ${right === '' ? '1' : right}`;
}

const isDot = (value: Expression): boolean => value.kind === 'name' && value.name === '.';

const summands = (value: Expression): readonly Summand[] => (value.kind === 'sum' ? value.items : [{ sign: '+', value }]);

/** Parentheses around a random term are part of how it is written. */
const bare = (text: string): string => text.replace(/^\((.*)\)$/s, '$1');
