/** Wald tests of coefficients, terms and linear hypotheses as text. */
import type { FixedEffect } from '../fit/types.js';
import type { AnovaRow } from '../inference/anova.js';
import type { CoefTest } from '../inference/coef-test.js';
import { limitLabels } from './format-intervals.js';
import { formatFixed, formatPValues, formatTogether, significanceStars } from './format-numbers.js';
import { type TextColumn, textTable } from './text-table.js';

const DIGITS = 4;

const right = (header: string, cells: readonly string[]): TextColumn => ({ header, cells, align: 'right' });
const left = (header: string, cells: readonly string[]): TextColumn => ({ header, cells, align: 'left' });

/** Coefficients with their tests and limits, as MATLAB prints them. @param df Infinity for z */
export function formatCoefficients(rows: readonly FixedEffect[], df: number, level: number): string {
  const z = df === Infinity;
  const [estimates, errors, lows, highs] = formatTogether(
    [rows.map((row) => row.estimate), rows.map((row) => row.std_error), rows.map((row) => row.conf_low), rows.map((row) => row.conf_high)], 2, DIGITS);
  const [low, high] = limitLabels(level);
  return textTable([
    left('', rows.map((row) => row.term)), right('Estimate', estimates!), right('Std. Error', errors!),
    right(z ? 'z value' : 't value', rows.map((row) => formatFixed(row.statistic, DIGITS - 1))),
    ...(z ? [] : [right('DF', rows.map(() => String(df)))]),
    right(z ? 'Pr(>|z|)' : 'Pr(>|t|)', formatPValues(rows.map((row) => row.p_value))),
    right(low, lows!), right(high, highs!), left('', rows.map((row) => significanceStars(row.p_value))),
  ]).join('\n');
}

/** One line per term. */
export function formatAnova(rows: readonly AnovaRow[]): string {
  return ['Wald tests of terms', ...textTable([left('', rows.map((row) => row.term)), ...testColumns(rows)])].join('\n');
}

/** One line. */
export function formatCoefTest(test: CoefTest): string {
  return ['Wald test of the linear hypothesis', ...textTable(testColumns([test]))].join('\n');
}

function testColumns(rows: readonly CoefTest[]): TextColumn[] {
  const isF = rows[0]?.distribution === 'f';
  const name = isF ? 'F' : 'Chisq';
  return [
    right(name, rows.map((row) => formatFixed(row.statistic, DIGITS))),
    right(isF ? 'DF1' : 'Df', rows.map((row) => String(row.df1))),
    ...(isF ? [right('DF2', rows.map((row) => String(row.df2)))] : []),
    right(`Pr(>${name})`, formatPValues(rows.map((row) => row.p_value))),
    left('', rows.map((row) => significanceStars(row.p_value))),
  ];
}
