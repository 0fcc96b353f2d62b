/** Confidence intervals as text. */
import type { ConfintMethod, ConfintRow } from '../inference/confint.js';
import { formatPercent, limitLabels } from './format-intervals.js';
import { formatNumbers } from './format-numbers.js';
import { textTable } from './text-table.js';

const HEADINGS: Readonly<Record<ConfintMethod, string>> = { wald: 'Wald intervals', profile: 'Profile-likelihood intervals', bootstrap: 'Bootstrap intervals' };

/**
 * One line per parameter. The rows must share method and level.
 * @param digits significant digits, default 4
 */
export function formatConfint(rows: readonly ConfintRow[], digits = 4): string {
  const [first] = rows;
  if (first === undefined) return 'No intervals.';
  const [low, high] = limitLabels(first.level);
  // Parameters have units of their own: every line has its own decimals.
  const lines = rows.map((row) => formatNumbers([row.estimate, row.conf_low, row.conf_high], digits));
  const column = (header: string, place: number) => ({ header, cells: lines.map((line) => line[place]!), align: 'right' }) as const;
  return [
    `${HEADINGS[first.method]}, ${formatPercent(first.level)}:`,
    ...textTable([{ header: '', cells: rows.map((row) => row.parameter), align: 'left' }, column('Estimate', 0), column(low, 1), column(high, 2)]),
  ].join('\n');
}
