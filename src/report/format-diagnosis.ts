/** A diagnosis and the outcomes of many starts as text. */
import type { ResidualTest } from '../diagnostics/residual-tests.js';
import type { Diagnosis, Finding } from '../inference/diagnose.js';
import type { MultiStart } from '../inference/multi-start.js';
import { formatFixed, formatPValues } from './format-numbers.js';
import { printable, textTable } from './text-table.js';

const MARKS: Readonly<Record<Finding['severity'], string>> = { fine: 'ok     ', remark: 'remark ', problem: 'PROBLEM' };

/** One line per finding, what to do below it. */
export function formatDiagnosis({ findings }: Diagnosis): string {
  return findings.flatMap(({ severity, topic, message, advice }) => [
    `${MARKS[severity]} ${topic}: ${printable(message)}`,
    ...(advice === null ? [] : [`        -> ${printable(advice)}`]),
  ]).join('\n');
}

/** Tests of simulated residuals: one line per test. */
export function formatResidualTests(tests: readonly ResidualTest[]): string {
  return ['Tests of simulated residuals:', ...textTable([
    { header: 'Test', cells: tests.map(({ test }) => test), align: 'left' },
    { header: 'statistic', cells: tests.map(({ statistic }) => formatFixed(statistic, 3)), align: 'right' },
    { header: 'p value', cells: formatPValues(tests.map(({ p_value }) => p_value)), align: 'right' },
    { header: '', cells: tests.map(({ advice }) => advice), align: 'left' },
  ])].join('\n');
}

/** One line per start, best first. */
export function formatMultiStart({ rows, agreeing, gain }: MultiStart): string {
  const table = textTable([
    { header: 'Start', cells: rows.map((row) => (row.start === 0 ? 'estimate' : String(row.start))), align: 'left' },
    { header: 'logLik', cells: rows.map((row) => formatFixed(row.logLik, 6)), align: 'right' },
    { header: 'below best', cells: rows.map((row) => (Number.isFinite(row.below) ? row.below.toExponential(1) : '')), align: 'right' },
    { header: 'distance', cells: rows.map((row) => (Number.isFinite(row.distance) ? row.distance.toExponential(1) : '')), align: 'right' },
    { header: 'evaluations', cells: rows.map((row) => String(row.evaluations)), align: 'right' },
    { header: 'status', cells: rows.map((row) => row.status), align: 'left' },
  ]);
  const verdict = gain > 1e-4
    ? `A start ended ${gain.toPrecision(3)} above the fit in log-likelihood: the fit is not the maximum.`
    : 'No start ended above the fit.';
  return [`${agreeing} of ${rows.length} starts end at the best log-likelihood (distance: largest difference of a fixed effect in standard errors). ${verdict}`, ...table].join('\n');
}
