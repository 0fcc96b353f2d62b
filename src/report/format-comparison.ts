/** Tables of compared models and of dropped terms as text, in the layout of R's anova and drop1. */
import type { Comparison } from '../inference/compare.js';
import type { Drop1Row } from '../inference/drop1.js';
import { formatFixed, formatPValues, significanceStars } from './format-numbers.js';
import { type TextColumn, printable, textTable } from './text-table.js';

const right = (header: string, cells: readonly string[]): TextColumn => ({ header, cells, align: 'right' });

/** Models by number, their criteria and tests, and what the reader should know. */
export function formatComparison({ rows, REML, notes }: Comparison): string {
  const p = (pick: (row: Comparison['rows'][number]) => number | null, header: string): TextColumn[] =>
    (rows.some((row) => pick(row) !== null) ? [right(header, pValueCells(rows.map(pick)))] : []);
  const table = textTable([
    { header: '', cells: rows.map((_, i) => String(i + 1)), align: 'left' },
    right('npar', rows.map((row) => String(row.npar))),
    right('AIC', rows.map((row) => formatFixed(row.AIC, 2))),
    right('BIC', rows.map((row) => formatFixed(row.BIC, 2))),
    right('logLik', rows.map((row) => formatFixed(row.logLik, 2))),
    right('deviance', rows.map((row) => formatFixed(row.deviance, 2))),
    right('Chisq', rows.map((row) => (row.chisq === null ? '' : formatFixed(row.chisq, 4)))),
    right('Df', rows.map((row) => (row.df === null ? '' : String(row.df)))),
    ...p((row) => row.p_value, 'Pr(>Chisq)'),
    ...p((row) => row.p_chibar, 'Pr(>Chibarsq)'),
    ...p((row) => row.p_simulated, 'simulated p'),
  ]);
  return [
    'Models:', ...rows.map((row, i) => `${i + 1}: ${printable(row.formula)}`),
    ...(REML ? ['Log-likelihoods are restricted (REML).'] : []),
    ...table, ...notes,
  ].join('\n');
}

/** One line per term. */
export function formatDrop1(rows: readonly Drop1Row[]): string {
  const stars = rows.map((row) => (row.p_value === null ? '' : significanceStars(row.p_value)));
  const unfinished = rows.filter(({ status }) => status !== null && status !== 'converged' && status !== 'boundary');
  return [
    'Single term deletions',
    ...textTable([
      { header: '', cells: rows.map((row) => row.term), align: 'left' },
      right('Df', rows.map((row) => (row.df === null ? '' : String(row.df)))),
      right('AIC', rows.map((row) => formatFixed(row.AIC, 2))),
      right('Chisq', rows.map((row) => (row.chisq === null ? '' : formatFixed(row.chisq, 4)))),
      right('Pr(>Chisq)', pValueCells(rows.map((row) => row.p_value))),
      { header: '', cells: stars, align: 'left' },
    ]),
    ...unfinished.map(({ term, status }) => `The model${term === '<none>' ? '' : ` without ${printable(term)}`} did not converge (${status!}).`),
  ].join('\n');
}

function pValueCells(values: readonly (number | null)[]): string[] {
  const texts = formatPValues(values.map((value) => value ?? NaN));
  return values.map((value, i) => (value === null ? '' : texts[i]!));
}
