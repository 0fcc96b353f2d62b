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
  return bootstrap.parameters.map((parameter, j) => estimateSample(
    parameter, bootstrap.estimates[j]!, bootstrap.replicates[j]!.filter((_, i) => isConverged(status[i]!)), intervals.filter((row) => row.parameter === parameter),
  ));
}

/** The sample of one number; values that are not finite are left out. */
export function estimateSample(parameter: string, estimate: number, values: Float64Array, intervals: readonly IntervalRow[]): EstimateSample {
  const sorted = values.filter(Number.isFinite).sort();
  const marks = [estimate, ...intervals.flatMap((row) => [row.conf_low, row.conf_high])].filter(Number.isFinite);
  const ends = sorted.length === 0 ? [] : plottedRange(sorted);
  const low = Math.min(...marks, ...ends);
  const high = Math.max(...marks, ...ends);
  // A parameter that never moves still needs an axis.
  const margin = high > low ? 0.03 * (high - low) : Math.max(Math.abs(low), 1) * 0.5;
  const domain = [low - margin, high + margin] as const;
  const beyond = sorted.reduce((count, value) => count + (value < domain[0] || value > domain[1] ? 1 : 0), 0);
  return { parameter, estimate, sorted, domain, beyond, intervals };
}
