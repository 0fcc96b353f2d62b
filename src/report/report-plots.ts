/**
 * The plots of the report as SVG text. Observable Plot draws them (its scales and axes are well made) on linkedom's document, so that
 * the same code runs in Node, in a worker and in a page. Colours are CSS variables of the report's style: one SVG serves light and dark.
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { IntervalKind } from '../fit/types.js';
import { type EstimateSample, sortedQuantile } from './estimate-sample.js';
import { loadDrawing } from './draw-svg.js';
import type { Markup } from './markup.js';

/** Points of a quantile plot: enough for a smooth line, few enough for a small file. */
const QUANTILE_POINTS = 120;
const MAX_BINS = 45;
/** Letters of a parameter's name on an axis. */
const MAX_LABEL = 34;

const INTERVAL_COLOURS: Readonly<Record<IntervalKind, string>> = {
  percentile: 'var(--percentile)', basic: 'var(--basic)', normal: 'var(--normal)', bca: 'var(--bca)', studentised: 'var(--studentised)', shortest: 'var(--shortest)',
};

export function intervalColour(kind: IntervalKind): string {
  return INTERVAL_COLOURS[kind];
}

export interface Plots {
  /** Histogram of one parameter's replicates with the estimate and its intervals. */
  distribution(sample: EstimateSample): Markup;
  /** Replicates against quantiles of a normal distribution. */
  quantiles(sample: EstimateSample): Markup;
  /** Estimates with intervals of several parameters on one axis. */
  forest(samples: readonly EstimateSample[], kind: IntervalKind): Markup;
}

interface Bin { readonly x1: number; readonly x2: number; readonly count: number }

function histogram({ sorted, domain }: EstimateSample): Bin[] {
  // Rice's rule, bounded: the look matters more than the last word on smoothness.
  const bins = Math.max(8, Math.min(MAX_BINS, Math.ceil(2 * Math.cbrt(sorted.length))));
  const width = (domain[1] - domain[0]) / bins;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) {
    if (value < domain[0] || value > domain[1]) continue;
    const at = Math.min(bins - 1, Math.floor((value - domain[0]) / width));
    counts[at] = counts[at]! + 1;
  }
  return counts.map((count, i) => ({ x1: domain[0] + i * width, x2: domain[0] + (i + 1) * width, count }));
}

/** Loads the drawing libraries, which the rest of the package does not need, and returns the plots. */
export async function loadPlots(): Promise<Plots> {
  const { Plot, draw } = await loadDrawing();

  return {
    distribution(sample) {
      const bins = histogram(sample);
      const tallest = Math.max(1, ...bins.map((bin) => bin.count));
      const shown = sample.intervals.filter((row) => Number.isFinite(row.conf_low) && Number.isFinite(row.conf_high));
      // Interval lines hang below the bars, one lane each, on the same axis.
      const lane = tallest * 0.1;
      const depth = -(shown.length + 0.4) * lane;
      const lanes = shown.map((row, i) => ({ ...row, y: -(i + 0.9) * lane, colour: INTERVAL_COLOURS[row.kind] }));
      return draw(`Distribution of ${sample.parameter}`, {
        height: 190, marginTop: 8, marginBottom: 24,
        x: { domain: [...sample.domain], label: null, ticks: 5 },
        y: { domain: [depth, tallest * 1.04], axis: null },
        marks: [
          Plot.rectY(bins, { x1: 'x1', x2: 'x2', y1: 0, y2: 'count', fill: 'var(--bars)', insetLeft: 0.5, insetRight: 0.5 }),
          Plot.ruleY([0], { stroke: 'var(--rule)' }),
          Plot.ruleX([sample.estimate], { stroke: 'var(--estimate)', strokeWidth: 2, y1: depth, y2: tallest * 1.04 }),
          ...lanes.map((row) => Plot.link([row], { x1: 'conf_low', x2: 'conf_high', y1: 'y', y2: 'y', stroke: row.colour, strokeWidth: 3 })),
          ...lanes.flatMap((row) => [row.conf_low, row.conf_high].map((x) =>
            Plot.link([row], { x1: x, x2: x, y1: row.y - 0.32 * lane, y2: row.y + 0.32 * lane, stroke: row.colour, strokeWidth: 2 }))),
        ],
      });
    },

    quantiles(sample) {
      const n = Math.min(QUANTILE_POINTS, sample.sorted.length);
      const points = Array.from({ length: n }, (_, i) => {
        const p = (i + 0.5) / n;
        return { x: normalQuantile(p, 0, 1), y: sortedQuantile(sample.sorted, p) };
      });
      const mean = sample.sorted.reduce((sum, value) => sum + value, 0) / sample.sorted.length;
      const sd = Math.sqrt(sample.sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sample.sorted.length - 1));
      const reach = normalQuantile(1 - 0.5 / Math.max(1, n), 0, 1);
      return draw(`Normal quantile plot of ${sample.parameter}`, {
        height: 200, marginTop: 10, marginBottom: 34, marginLeft: 44,
        x: { label: 'Normal quantile', labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
        y: { label: null, ticks: 5 },
        marks: [
          Plot.link([0], { x1: -reach, x2: reach, y1: mean - reach * sd, y2: mean + reach * sd, stroke: 'var(--soft)', strokeDasharray: '4 3' }),
          Plot.dot(points, { x: 'x', y: 'y', r: 1.8, fill: 'var(--bars)', stroke: 'var(--ink)', strokeWidth: 0.4 }),
        ],
      });
    },

    forest(samples, kind) {
      const rows = samples.map((sample) => ({ name: sample.parameter, estimate: sample.estimate, row: sample.intervals.find((row) => row.kind === kind) }));
      const short = (name: string): string => (name.length <= MAX_LABEL ? name : `${name.slice(0, MAX_LABEL - 1)}…`);
      const longest = rows.reduce((length, row) => Math.max(length, short(row.name).length), 0);
      const lines = rows.filter(({ row }) => row !== undefined && Number.isFinite(row.conf_low) && Number.isFinite(row.conf_high))
        .map(({ name, row }) => ({ name, low: row!.conf_low, high: row!.conf_high }));
      return draw(`Estimates with ${kind} intervals`, {
        width: 760, height: 46 + 26 * rows.length, marginTop: 6, marginBottom: 28,
        marginLeft: 18 + 6.6 * longest,
        x: { label: null, grid: true, ticks: 8 },
        y: { domain: rows.map((row) => row.name), tickFormat: short, label: null, tickSize: 0, type: 'point', padding: 0.6 },
        marks: [
          Plot.ruleX([0], { stroke: 'var(--soft)', strokeDasharray: '4 3' }),
          Plot.link(lines, { x1: 'low', x2: 'high', y1: 'name', y2: 'name', stroke: INTERVAL_COLOURS[kind], strokeWidth: 3 }),
          Plot.dot(rows, { x: 'estimate', y: 'name', r: 4.5, fill: 'var(--estimate)' }),
        ],
      });
    },
  };
}
