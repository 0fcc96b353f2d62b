/** Plots that several reports draw. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { Drawing } from './draw-svg.js';
import { sortedQuantile } from './estimate-sample.js';
import type { Markup } from './markup.js';

/** Points of a quantile plot: enough for a smooth line, few enough for a small file. */
export const QUANTILE_POINTS = 120;
/** Letters of a name on an axis. */
const MAX_LABEL = 34;

/** Quantiles of ascending values against those of a normal distribution with their mean and standard deviation. */
export function normalQuantilePlot({ Plot, draw }: Drawing, name: string, sorted: Float64Array): Markup {
  const n = Math.min(QUANTILE_POINTS, sorted.length);
  const points = Array.from({ length: n }, (_, i) => {
    const p = (i + 0.5) / n;
    return { x: normalQuantile(p, 0, 1), y: sortedQuantile(sorted, p) };
  });
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const sd = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sorted.length - 1));
  const reach = normalQuantile(1 - 0.5 / Math.max(1, n), 0, 1);
  return draw(`Normal quantile plot of ${name}`, {
    height: 200, marginTop: 10, marginBottom: 34, marginLeft: 44,
    x: { label: 'Normal quantile', labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { label: null, ticks: 5 },
    marks: [
      Plot.link([0], { x1: -reach, x2: reach, y1: mean - reach * sd, y2: mean + reach * sd, stroke: 'var(--soft)', strokeDasharray: '4 3' }),
      Plot.dot(points, { x: 'x', y: 'y', r: 1.8, fill: 'var(--bars)', stroke: 'var(--ink)', strokeWidth: 0.4 }),
    ],
  });
}

export interface IntervalPlot {
  readonly label: string;
  readonly width: number;
  /** Height of a row in pixels. */
  readonly rowHeight: number;
  readonly colour: string;
  /** From the top; limits that are not finite leave the estimate alone. */
  readonly rows: readonly { readonly name: string; readonly estimate: number; readonly low: number; readonly high: number }[];
}

/** Estimates with intervals, one row each, on one axis. */
export function intervalPlot({ Plot, draw }: Drawing, { label, width, rowHeight, colour, rows }: IntervalPlot): Markup {
  const short = (name: string): string => (name.length <= MAX_LABEL ? name : `${name.slice(0, MAX_LABEL - 1)}…`);
  const longest = rows.reduce((length, row) => Math.max(length, short(row.name).length), 0);
  return draw(label, {
    width, height: 46 + rowHeight * rows.length, marginTop: 6, marginBottom: 28, marginLeft: 18 + 6.6 * longest,
    x: { label: null, grid: true, ticks: width / 95 },
    y: { domain: rows.map((row) => row.name), tickFormat: short, label: null, tickSize: 0, type: 'point', padding: 0.6 },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--soft)', strokeDasharray: '4 3' }),
      Plot.link(rows.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high)), { x1: 'low', x2: 'high', y1: 'name', y2: 'name', stroke: colour, strokeWidth: rowHeight / 9 }),
      Plot.dot(rows, { x: 'estimate', y: 'name', r: rowHeight / 6, fill: 'var(--estimate)' }),
    ],
  });
}
