/** The plots of the report on one model as SVG text. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { FittedCurve } from '../inference/fitted-curve.js';
import { interpolatedZeta } from '../inference/profile-interval.js';
import type { ProfileCurve } from '../inference/profile.js';
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
    height: 220, inset: 6, marginTop: 22, marginBottom: 34, marginLeft: 44,
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

/** ζ beyond this interests nobody: its level is 99.994 %. */
const MOST_ZETA = 4;
/** Pieces of the drawn line between two points of a profile. */
const PIECES = 6;

/** ζ of a parameter with the normal quantiles of two levels; the dashed line is what it would be if the Wald interval were right. */
export function profilePlot({ Plot, draw }: Drawing, curve: ProfileCurve): Markup {
  const { parameter, estimate, value, zeta, slope } = curve;
  const line = Array.from({ length: (value.length - 1) * PIECES + 1 }, (_, k) => {
    const i = Math.min(Math.floor(k / PIECES), value.length - 2);
    const t = k / PIECES - i;
    return { x: value[i]! + t * (value[i + 1]! - value[i]!), y: interpolatedZeta(curve, i, t) };
  }).filter(({ y }) => Math.abs(y) <= MOST_ZETA);
  const reach = Math.max(3, ...line.map(({ y }) => Math.abs(y)));
  const own = slope[zeta.indexOf(0)] ?? NaN;
  const wald = [Math.max(value[0]!, estimate - reach / own), Math.min(value.at(-1)!, estimate + reach / own)].map((x) => ({ x, y: own * (x - estimate) }));
  const levels = [0.95, 0.99].flatMap((level) => [-1, 1].map((sign) => sign * normalQuantile(0.5 + level / 2, 0, 1)));
  return draw(`Profile of ${parameter}`, {
    height: 220, marginTop: 22, marginBottom: 34, marginLeft: 40,
    x: { label: parameter, labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { label: 'ζ', labelArrow: 'none', ticks: 5, domain: [-reach, reach] },
    marks: [
      Plot.ruleY(levels, { stroke: 'var(--rule)' }), Plot.ruleY([0], { stroke: 'var(--soft)', strokeOpacity: 0.5 }),
      Plot.line(wald, { x: 'x', y: 'y', stroke: 'var(--soft)', strokeDasharray: '4 3' }),
      Plot.line(line, { x: 'x', y: 'y', stroke: 'var(--percentile)', strokeWidth: 2 }),
      Plot.dot([{ x: estimate, y: 0 }], { x: 'x', y: 'y', r: 3, fill: 'var(--estimate)' }),
    ],
  });
}

/** A fitted curve with its band. */
export function fittedCurvePlot({ Plot, draw }: Drawing, { covariate, type, value, fit, low, high }: FittedCurve): Markup {
  const points = Array.from(value, (x, i) => ({ x, y: fit[i]!, low: low[i]!, high: high[i]! }));
  return draw(`Fitted ${type === 'link' ? 'linear predictor' : 'mean'} along ${covariate}`, {
    height: 220, marginTop: 22, marginBottom: 34, marginLeft: 48,
    x: { label: covariate, labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { label: type === 'link' ? 'Linear predictor' : 'Mean', labelArrow: 'none', ticks: 5 },
    marks: [
      Plot.areaY(points, { x: 'x', y1: 'low', y2: 'high', fill: 'var(--bars)', fillOpacity: 0.45 }),
      Plot.line(points, { x: 'x', y: 'y', stroke: 'var(--percentile)', strokeWidth: 2 }),
    ],
  });
}
