/** The p-values of a simulated likelihood-ratio test as text. */
import type { LrtMethod } from '../studies/lrt-p-values.js';
import type { SimulatedLrt } from '../studies/lrt-study.js';
import { formatCount, formatFixed, formatPValues } from './format-numbers.js';
import { formatBackend, formatSpeed, formatStatusCounts } from './format-run.js';
import { textTable } from './text-table.js';

/** Methods in words. */
export const LRT_LABELS: Readonly<Record<LrtMethod, string>> = {
  bootstrap: 'parametric bootstrap', bartlett: 'Bartlett', gamma: 'gamma', f: 'F', chisq: 'chi-squared', chibarsq: 'chi-bar-squared',
};

/** Both models, the statistic, one line per p-value with its Monte-Carlo error, and how the fits went. */
export function formatLrt(test: Omit<SimulatedLrt, 'replicates'>, smaller: string, larger: string): string {
  const { rows } = test;
  const cells = (values: readonly (number | null)[], digits: number): string[] => values.map((value) => (value === null || Number.isNaN(value) ? '' : formatFixed(value, digits)));
  const p = formatPValues(rows.map((row) => row.p_value));
  const table = textTable([
    { header: '', cells: rows.map((row) => LRT_LABELS[row.method]), align: 'left' },
    { header: 'Statistic', cells: cells(rows.map((row) => row.statistic), 3), align: 'right' },
    { header: 'Df', cells: rows.map((row) => (row.df === null ? '' : String(row.df))), align: 'right' },
    { header: 'Df2', cells: cells(rows.map((row) => row.ddf), 1), align: 'right' },
    { header: 'p value', cells: rows.map((row, i) => (Number.isNaN(row.p_value) ? '' : p[i]!)), align: 'right' },
    { header: 'MC error', cells: rows.map((row) => (row.std_error > 0 ? row.std_error.toExponential(1) : '')), align: 'right' },
  ]);
  const fits = 2 * test.nsim;
  return [
    'Likelihood-ratio test by simulation under the smaller model',
    `Smaller: ${smaller}`,
    `Larger:  ${larger}`,
    '',
    ...table,
    '',
    interval(test),
    `Replicates: ${formatCount(test.nsim)}, of which ${formatCount(test.used)} with both fits; ${formatCount(test.repaired)} mended by restarting the larger model from the smaller`,
    '',
    `Smaller model. ${formatStatusCounts(test.counts.smaller)}`,
    `Larger model. ${formatStatusCounts(test.counts.larger)}`,
    '',
    formatBackend(test.backend),
    formatSpeed(fits, test.seconds, fits / test.seconds),
  ].join('\n');
}

function interval({ bootstrapInterval, stopped, rows }: Omit<SimulatedLrt, 'replicates'>): string {
  if (bootstrapInterval !== null) return `95 % interval of the bootstrap p-value: ${bootstrapInterval.map((value) => value.toPrecision(3)).join(' to ')} (Monte-Carlo error)`;
  return stopped ? `Stopped early: the relative standard error of the bootstrap p-value is ${formatFixed((100 * rows[0]!.std_error) / rows[0]!.p_value, 0)} %` : '';
}
