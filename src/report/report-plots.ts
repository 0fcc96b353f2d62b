/**
 * The plots of the report as SVG text. Observable Plot draws them (its scales and axes are well made) on linkedom's document, so that
 * the same code runs in Node, in a worker and in a page. Colours are CSS variables of the report's style: one SVG serves light and dark.
 */
import type { IntervalKind } from '../fit/types.js';
import { intervalPlot, normalQuantilePlot } from './common-plots.js';
import { loadDrawing } from './draw-svg.js';
import type { EstimateSample } from './estimate-sample.js';
import type { Markup } from './markup.js';

const MAX_BINS = 45;

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
  const drawing = await loadDrawing();
  const { Plot, draw } = drawing;

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

    quantiles: ({ parameter, sorted }) => normalQuantilePlot(drawing, parameter, sorted),

    forest: (samples, kind) => intervalPlot(drawing, {
      label: `Estimates with ${kind} intervals`, width: 760, rowHeight: 26, colour: INTERVAL_COLOURS[kind],
      rows: samples.map(({ parameter, estimate, intervals }) => {
        const row = intervals.find((one) => one.kind === kind);
        return { name: parameter, estimate, low: row?.conf_low ?? NaN, high: row?.conf_high ?? NaN };
      }),
    }),
  };
}
