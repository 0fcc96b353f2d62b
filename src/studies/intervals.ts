/** Bootstrap confidence intervals of one parameter (Davison & Hinkley 1997, ch. 5; the conventions of R's package boot). */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { IntervalKind, IntervalRow } from '../fit/types.js';
import { blockJackknife } from './monte-carlo.js';

/** What some kinds of interval need beside the replicates. */
export interface IntervalExtras {
  /** For `bca`: estimates without each level (or row) in turn. */
  readonly jackknife?: Float64Array | undefined;
  /** For `studentised`: standard errors of the estimate and of each replicate, in the order of the replicates. */
  readonly errors?: { readonly estimate: number; readonly replicates: Float64Array } | undefined;
}

/**
 * Rows for one parameter from its replicates, NaN ones left out.
 *
 * With the R replicates sorted and t₍q₎ their quantiles, t the estimate and α = 1 − level:
 * - `percentile` (t₍α/2₎, t₍1−α/2₎); `basic` (2t − t₍1−α/2₎, 2t − t₍α/2₎); `normal` t − bias ± z se;
 * - `bca` quantiles at Φ(z₀ + (z₀ ± z) / (1 − a (z₀ ± z))), z₀ from the share of replicates below t (half of those at t), a the skewness of the
 *   jackknife estimates (Efron 1987);
 * - `studentised` t − se · quantiles of (t* − t) / se*;
 * - `shortest` the shortest interval that holds ⌈level · R⌉ replicates.
 *
 * Quantile p is the order statistic number (R + 1)p, interpolated linearly (R's type 6) and never beyond the extremes. Basic, normal and
 * studentised limits of a standard deviation may be negative; they are reported as they are. Limits that need what is not there are NaN.
 *
 * @param level confidence level, e.g. 0.95
 */
export function intervalRows(
  parameter: string, estimate: number, replicates: Float64Array, kinds: readonly IntervalKind[], level: number, extras: IntervalExtras = {},
): IntervalRow[] {
  const values = replicates.filter((value) => !Number.isNaN(value));
  const { mean, sd } = moments(values);
  const tail = (1 - level) / 2;
  const ofReplicates = kinds.filter((kind) => kind !== 'studentised');
  const all = (sorted: Float64Array): number[] => ofReplicates.flatMap((kind) => limits(kind, sorted, estimate, tail, extras.jackknife));
  const found = all(values.slice().sort());
  const errors = blockJackknife(values, all);
  return kinds.map((kind) => {
    const at = 2 * ofReplicates.indexOf(kind as (typeof ofReplicates)[number]);
    const [conf_low, conf_high, mc_error_low, mc_error_high] = kind === 'studentised'
      ? studentised(estimate, replicates, tail, extras.errors)
      : [found[at]!, found[at + 1]!, errors[at]!, errors[at + 1]!];
    return { parameter, kind, estimate, bias: mean - estimate, std_error: sd, level, conf_low, conf_high, mc_error_low, mc_error_high, replicates: values.length };
  });
}

/** Limits from sorted replicates. */
function limits(kind: Exclude<IntervalKind, 'studentised'>, sorted: Float64Array, estimate: number, tail: number, jackknife: Float64Array | undefined): [number, number] {
  const [low, high] = [quantile(sorted, tail), quantile(sorted, 1 - tail)];
  switch (kind) {
    case 'percentile':
      return [low, high];
    case 'basic':
      return [2 * estimate - high, 2 * estimate - low];
    case 'normal': {
      const { mean, sd } = moments(sorted);
      const half = -normalQuantile(tail, 0, 1) * sd;
      return [2 * estimate - mean - half, 2 * estimate - mean + half];
    }
    case 'bca':
      return jackknife === undefined ? [NaN, NaN] : bca(sorted, estimate, tail, acceleration(jackknife));
    case 'shortest':
      return shortest(sorted, 1 - 2 * tail);
    default:
      return kind satisfies never;
  }
}

function bca(sorted: Float64Array, estimate: number, tail: number, a: number): [number, number] {
  let below = 0;
  for (const value of sorted) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const z0 = normalQuantile(below / sorted.length, 0, 1);
  const level = (z: number): number => normalCdf(z0 + (z0 + z) / (1 - a * (z0 + z)), 0, 1);
  const z = normalQuantile(tail, 0, 1);
  // All replicates on one side of the estimate: the correction is infinite and no interval is left.
  return Number.isFinite(z0) ? [quantile(sorted, level(z)), quantile(sorted, level(-z))] : [NaN, NaN];
}

/** A sixth of the skewness of the influence that each level (or row) has. */
function acceleration(jackknife: Float64Array): number {
  const values = jackknife.filter((value) => !Number.isNaN(value));
  const { mean } = moments(values);
  let squares = 0;
  let cubes = 0;
  for (const value of values) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

function shortest(sorted: Float64Array, level: number): [number, number] {
  const n = sorted.length;
  // Rounding must not turn 0.95 · 100 into 95.00000000000001 and that into 96.
  const inside = Math.ceil(n * level - 1e-9);
  let best = 0;
  for (let i = 1; i + inside <= n; i++) if (sorted[i + inside - 1]! - sorted[i]! < sorted[best + inside - 1]! - sorted[best]!) best = i;
  return n === 0 ? [NaN, NaN] : [sorted[best]!, sorted[best + inside - 1]!];
}

/** Limits and their Monte-Carlo errors. */
function studentised(estimate: number, replicates: Float64Array, tail: number, errors: IntervalExtras['errors']): [number, number, number, number] {
  if (errors === undefined || !(errors.estimate > 0)) return [NaN, NaN, NaN, NaN];
  const t = replicates.map((value, b) => (value - estimate) / errors.replicates[b]!).filter((value) => Number.isFinite(value));
  const both = (sorted: Float64Array): number[] => [1 - tail, tail].map((p) => estimate - errors.estimate * quantile(sorted, p));
  const [low, high] = both(t.slice().sort());
  const [lowError, highError] = blockJackknife(t, both);
  return [low!, high!, lowError!, highError!];
}

/** Quantile of sorted numbers by R's type 6; NaN of none. */
export function quantile(sorted: Float64Array, p: number): number {
  const n = sorted.length;
  if (n === 0) return NaN;
  const position = Math.min(Math.max((n + 1) * p, 1), n);
  const below = Math.floor(position);
  const low = sorted[below - 1]!;
  return below === n ? low : low + (position - below) * (sorted[below]! - low);
}

/** Mean and standard deviation (divisor n − 1), NaN where there are too few values. */
function moments(values: Float64Array): { mean: number; sd: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: n > 1 ? Math.sqrt(squares / (n - 1)) : NaN };
}
