/** Bootstrap confidence intervals of one parameter (Davison & Hinkley 1997, ch. 5; the conventions of R's package boot). */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { IntervalKind, IntervalRow } from '../fit/types.js';

/**
 * Rows for one parameter from its replicates, NaN ones left out.
 *
 * With the R replicates sorted and t₍q₎ their quantiles, t the estimate and α = 1 − level:
 * percentile (t₍α/2₎, t₍1−α/2₎); basic (2t − t₍1−α/2₎, 2t − t₍α/2₎); normal t − bias ± z se. Quantile p is the order statistic number
 * (R + 1)p, interpolated linearly (R's type 6) and never beyond the extremes. Basic and normal limits of a standard deviation may be
 * negative; they are reported as they are.
 *
 * @param level confidence level, e.g. 0.95
 */
export function intervalRows(
  parameter: string, estimate: number, replicates: Float64Array, kinds: readonly IntervalKind[], level: number,
): IntervalRow[] {
  const sorted = replicates.filter((value) => !Number.isNaN(value)).sort();
  const { mean, sd } = moments(sorted);
  const bias = mean - estimate;
  const tail = (1 - level) / 2;
  const low = quantile(sorted, tail);
  const high = quantile(sorted, 1 - tail);
  const half = -normalQuantile(tail, 0, 1) * sd;
  const limits = (kind: IntervalKind): [number, number] => {
    switch (kind) {
      case 'percentile':
        return [low, high];
      case 'basic':
        return [2 * estimate - high, 2 * estimate - low];
      case 'normal':
        return [estimate - bias - half, estimate - bias + half];
      default:
        return kind satisfies never;
    }
  };
  return kinds.map((kind) => {
    const [conf_low, conf_high] = limits(kind);
    return { parameter, kind, estimate, bias, std_error: sd, level, conf_low, conf_high, replicates: sorted.length };
  });
}

/** Quantile of sorted numbers by R's type 6; NaN of none. */
function quantile(sorted: Float64Array, p: number): number {
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
