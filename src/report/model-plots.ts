/** The plots of the report on one model as SVG text. */
import type { RanefEntry } from '../prediction/ranef-table.js';
import { QUANTILE_POINTS, intervalPlot } from './common-plots.js';
import type { Drawing } from './draw-svg.js';
import { sortedQuantile } from './estimate-sample.js';
import type { Markup } from './markup.js';
import { printable } from './text-table.js';

/** Points of a scatter plot; more would make a heavy file in which nobody sees more. */
const MAX_POINTS = 2000;
/** Conditional modes drawn from each end of their order. */
const FROM_EACH_END = 25;

/** Conditional modes of one effect with their intervals, largest first; of many the largest and the smallest. */
export function caterpillarPlot(drawing: Drawing, entries: readonly RanefEntry[]): Markup {
  const sorted = [...entries].sort((a, b) => b.estimate - a.estimate);
  const shown = sorted.length <= 2 * FROM_EACH_END ? sorted : [...sorted.slice(0, FROM_EACH_END), ...sorted.slice(-FROM_EACH_END)];
  const { group, term } = entries[0]!;
  return intervalPlot(drawing, {
    label: `Conditional modes of ${term} by ${group}`, width: 380, rowHeight: 14, colour: 'var(--percentile)',
    rows: shown.map(({ level, estimate, conf_low, conf_high }) => ({ name: printable(level), estimate, low: conf_low, high: conf_high })),
  });
}

/** Whether `caterpillarPlot` leaves levels out. */
export function isAbridged(levels: number): boolean {
  return levels > 2 * FROM_EACH_END;
}

/** Two columns against each other: residuals and fitted values, or two effects of a term. */
export function scatterPlot({ Plot, draw }: Drawing, x: ArrayLike<number>, y: ArrayLike<number>, [xLabel, yLabel]: readonly [string, string]): Markup {
  // Every k-th row, so that an ordered data set is seen from its first row to its last.
  const step = Math.ceil(x.length / MAX_POINTS);
  const points = Array.from({ length: Math.ceil(x.length / step) }, (_, i) => ({ x: x[i * step]!, y: y[i * step]! }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  return draw(`${yLabel} against ${xLabel}`, {
    height: 220, marginTop: 22, marginBottom: 34, marginLeft: 44,
    x: { label: xLabel, labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { label: yLabel, labelArrow: 'none', ticks: 5 },
    marks: [
      Plot.ruleY([0], { stroke: 'var(--soft)', strokeDasharray: '4 3' }),
      Plot.dot(points, { x: 'x', y: 'y', r: 2, fill: 'var(--bars)', stroke: 'var(--ink)', strokeWidth: 0.4, fillOpacity: 0.8 }),
    ],
  });
}

/** Quantile residuals against quantiles of the uniform distribution. */
export function uniformQuantilePlot({ Plot, draw }: Drawing, residuals: Float64Array): Markup {
  const sorted = Float64Array.from(residuals).sort();
  const n = Math.min(QUANTILE_POINTS, sorted.length);
  const points = Array.from({ length: n }, (_, i) => ({ x: (i + 0.5) / n, y: sortedQuantile(sorted, (i + 0.5) / n) }));
  return draw('Uniform quantile plot of the quantile residuals', {
    height: 220, marginTop: 10, marginBottom: 34, marginLeft: 44,
    x: { label: 'Uniform quantile', labelAnchor: 'center', labelArrow: 'none', domain: [0, 1], ticks: 5 },
    y: { label: null, domain: [0, 1], ticks: 5 },
    marks: [
      Plot.link([0], { x1: 0, x2: 1, y1: 0, y2: 1, stroke: 'var(--soft)', strokeDasharray: '4 3' }),
      Plot.dot(points, { x: 'x', y: 'y', r: 1.8, fill: 'var(--bars)', stroke: 'var(--ink)', strokeWidth: 0.4 }),
    ],
  });
}

/** Numbers of zeros in simulated responses, and in the observed one. */
export function zerosPlot({ Plot, draw }: Drawing, observed: number, drawn: readonly number[]): Markup {
  return draw('Zeros in simulated responses and in the observed one', {
    height: 220, marginTop: 10, marginBottom: 34,
    x: { label: 'Number of zeros', labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { axis: null },
    marks: [
      Plot.rectY(drawn, { ...Plot.binX({ y: 'count' }, { x: Plot.identity }), fill: 'var(--bars)' }),
      Plot.ruleX([observed], { stroke: 'var(--percentile)', strokeWidth: 2.5 }),
    ],
  });
}
