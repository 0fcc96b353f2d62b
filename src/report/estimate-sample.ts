/** The replicates of one parameter made ready for plotting. */
import type { Bootstrap, IntervalRow } from '../fit/types.js';
import { isConverged } from '../model/status.js';

export interface EstimateSample {
  readonly parameter: string;
  readonly estimate: number;
  /** Converged replicates in increasing order. */
  readonly sorted: Float64Array;
  /** Limits of the axis: all replicates and interval limits, without the outermost replicates where those would flatten the rest. */
  readonly domain: readonly [number, number];
  /** Converged replicates outside the domain. */
  readonly beyond: number;
  readonly intervals: readonly IntervalRow[];
}

/** Share of the replicates on either side that may lie outside the axis where a few wild ones would flatten the rest. */
const TRIMMED = 0.001;
/** Wild: the whole range is this many times the range without those. A normal sample of 10,000 stays below 1.3. */
const WILD = 2;

/** Quantile of sorted numbers, linear between order statistics. */
export function sortedQuantile(sorted: Float64Array, p: number): number {
  const at = (sorted.length - 1) * p;
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}

function plottedRange(sorted: Float64Array): [number, number] {
  const [low, high] = [sorted[0]!, sorted[sorted.length - 1]!];
  const [innerLow, innerHigh] = [sortedQuantile(sorted, TRIMMED), sortedQuantile(sorted, 1 - TRIMMED)];
  return high - low > WILD * (innerHigh - innerLow) ? [innerLow, innerHigh] : [low, high];
}

/** One sample per parameter of a bootstrap, in its order. */
export function estimateSamples(bootstrap: Bootstrap, intervals: readonly IntervalRow[]): EstimateSample[] {
  const { status } = bootstrap.fit;
  return bootstrap.parameters.map((parameter, j) => {
    const sorted = bootstrap.replicates[j]!.filter((value, i) => isConverged(status[i]!) && Number.isFinite(value)).sort();
    const rows = intervals.filter((row) => row.parameter === parameter);
    const estimate = bootstrap.estimates[j]!;
    const marks = [estimate, ...rows.flatMap((row) => [row.conf_low, row.conf_high])].filter(Number.isFinite);
    const ends = sorted.length === 0 ? [] : plottedRange(sorted);
    const low = Math.min(...marks, ...ends);
    const high = Math.max(...marks, ...ends);
    // A parameter that never moves still needs an axis.
    const margin = high > low ? 0.03 * (high - low) : Math.max(Math.abs(low), 1) * 0.5;
    const domain = [low - margin, high + margin] as const;
    const beyond = sorted.reduce((count, value) => count + (value < domain[0] || value > domain[1] ? 1 : 0), 0);
    return { parameter, estimate, sorted, domain, beyond, intervals: rows };
  });
}
