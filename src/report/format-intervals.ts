/** The interval table of a bootstrap as text. */
import { checkArgument } from '../check-arguments.js';
import type { IntervalRow } from '../fit/types.js';
import { formatCount, formatTogether } from './format-numbers.js';
import { type TextColumn, textTable } from './text-table.js';

/** A percentage without needless decimals: `95 %`, `99.9 %`, `2.5 %`. */
export function formatPercent(fraction: number): string {
  return `${Number((100 * fraction).toFixed(6))} %`;
}

/** Probabilities below the two limits of a central interval, as labels: `2.5 %` and `97.5 %`. */
export function limitLabels(level: number): [string, string] {
  return [formatPercent((1 - level) / 2), formatPercent((1 + level) / 2)];
}

/** How many replicates the rows are made from; most rows share one number. */
function replicateRange(rows: readonly IntervalRow[]): string {
  const counts = rows.map((row) => row.replicates);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`;
}

/**
 * One block per parameter, one line per kind of interval. The rows must share one level.
 *
 * @param digits significant digits of the smallest estimate or standard error, default 4
 */
export function formatIntervals(rows: readonly IntervalRow[], digits = 4): string {
  checkArgument('formatIntervals', rows, ['length'], 'rows of intervals', 'the method intervals of a bootstrap makes them');
  const first = rows[0];
  if (first === undefined) return 'No intervals.';
  const [estimates, errors, biases, lows, highs] = formatTogether([
    rows.map((row) => row.estimate),
    rows.map((row) => row.std_error),
    rows.map((row) => row.bias),
    rows.map((row) => row.conf_low),
    rows.map((row) => row.conf_high),
  ], 2, digits);
  // What the lines of a block share is printed once.
  const leads = rows.map((row, i) => row.parameter !== rows[i - 1]?.parameter);
  const once = (cells: readonly string[]): string[] => cells.map((cell, i) => (leads[i]! ? cell : ''));
  const [low, high] = limitLabels(first.level);
  const right = (header: string, cells: readonly string[]): TextColumn => ({ header, cells, align: 'right' });
  const table = textTable([
    { header: '', cells: once(rows.map((row) => row.parameter)), align: 'left' },
    right('Estimate', once(estimates!)),
    right('Bias', once(biases!)),
    right('Std. Error', once(errors!)),
    { header: ' Interval', cells: rows.map((row) => ` ${row.kind}`), align: 'left' },
    right(low, lows!),
    right(high, highs!),
  ]);
  return [`Bootstrap intervals, ${formatPercent(first.level)} (${replicateRange(rows)} replicates):`, ...table].join('\n');
}
