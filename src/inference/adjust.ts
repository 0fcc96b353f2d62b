/** P-values and quantiles for several comparisons at once. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import studentizedCdf from '@stdlib/stats-base-dists-studentized-range-cdf';
import studentizedQuantile from '@stdlib/stats-base-dists-studentized-range-quantile';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { twoSided } from '../numerics/tails.js';

/** `tukey` is for all pairwise differences of a family of means. */
export const ADJUSTMENTS = ['none', 'tukey', 'bonferroni', 'holm', 'sidak'] as const;
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** A family of comparisons. */
export interface Family {
  /** Number of means that are compared. */
  readonly means: number;
  /** Number of comparisons. */
  readonly comparisons: number;
  /** Residual degrees of freedom, Infinity for z. */
  readonly df: number;
}

/** Adjusted two-sided p-values of the statistics of a family, in their order. */
export function adjustedPValues(statistics: readonly number[], adjustment: Adjustment, { means, comparisons, df }: Family): number[] {
  const raw = statistics.map((statistic) => twoSided(statistic, df));
  switch (adjustment) {
    case 'none': return raw;
    case 'tukey': return statistics.map((statistic) => 1 - studentizedCdf(Math.SQRT2 * Math.abs(statistic), means, df));
    case 'bonferroni': return raw.map((p) => Math.min(1, p * comparisons));
    // 1 − (1 − p)^m without cancellation.
    case 'sidak': return raw.map((p) => -Math.expm1(comparisons * Math.log1p(-p)));
    case 'holm': return holm(raw);
    default: return adjustment satisfies never;
  }
}

/** Holm (1979): the smallest p times m, the next times m − 1, …, never falling. */
function holm(raw: readonly number[]): number[] {
  const order = raw.map((_, i) => i).sort((a, b) => raw[a]! - raw[b]!);
  const out = new Array<number>(raw.length);
  let largest = 0;
  order.forEach((i, rank) => {
    largest = Math.max(largest, Math.min(1, raw[i]! * (raw.length - rank)));
    out[i] = largest;
  });
  return out;
}

/** What a standard error is multiplied by in intervals that hold together; `holm` has none of its own and takes Bonferroni's. */
export function adjustedQuantile(level: number, adjustment: Adjustment, { means, comparisons, df }: Family): number {
  const quantile = (p: number): number => (df === Infinity ? normalQuantile(p, 0, 1) : tQuantile(p, df));
  switch (adjustment) {
    case 'none': return quantile(0.5 + level / 2);
    case 'tukey': return studentizedQuantile(level, means, df) / Math.SQRT2;
    case 'bonferroni': case 'holm': return quantile(1 - (1 - level) / (2 * comparisons));
    case 'sidak': return quantile(0.5 + level ** (1 / comparisons) / 2);
    default: return adjustment satisfies never;
  }
}
