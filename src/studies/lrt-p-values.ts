/**
 * P-values of a likelihood-ratio statistic T from its simulated null distribution (Halekoh & Højsgaard 2014, J. Stat. Softw. 59(9), §5)
 * and from χ² theory.
 *
 * A variance on the boundary makes a part of the replicates exactly zero. The approximations by a continuous distribution are therefore made
 * for the positive replicates and multiplied by their share, which is 1 where nothing is on a boundary.
 */
import { chisqTail, fTail, gammaTail } from '../numerics/tails.js';
import type { Nesting } from './nesting.js';
import { blockJackknife } from './monte-carlo.js';

/** Ways from a statistic to a p-value; `lrtRows` defines them. */
export type LrtMethod = 'bootstrap' | 'bartlett' | 'gamma' | 'f' | 'chisq' | 'chibarsq';

/** One p-value of a likelihood-ratio statistic. */
export interface LrtRow {
  readonly method: LrtMethod;
  /** The statistic referred to the distribution: T, for `bartlett` T · df / mean, for `f` T / df. */
  readonly statistic: number;
  /** Degrees of freedom of the distribution, where it has them. */
  readonly df: number | null;
  /** Denominator degrees of freedom of `f`. */
  readonly ddf: number | null;
  /** NaN where the approximation does not exist. */
  readonly p_value: number;
  /** Monte-Carlo standard error of the p-value; 0 where nothing was simulated. */
  readonly std_error: number;
}

/** A statistic below this is zero: what the stopping rule of the fits leaves open of two log-likelihoods is less. */
export const ZERO_STATISTIC = 1e-6;

/** Whether a null statistic is at or beyond the observed one, up to what the fits leave open: on a boundary both are zero more often than not. */
export function isBeyond(value: number, statistic: number): boolean {
  return value >= statistic - ZERO_STATISTIC;
}

/**
 * One row per method.
 *
 * - `bootstrap`: (1 + #{T* ≥ T}) / (1 + R), R replicates, those at zero included;
 * - `bartlett`: T · df / mean(T*) as χ²(df); `gamma`: the gamma distribution with mean and variance of T*;
 * - `f`: T / df as F(df, d), d = 2E / (E − 1) with E = mean(T*) / df, where E > 1;
 * - `chisq`: T as χ²(df); `chibarsq`: T as ½ χ²(df − 1) + ½ χ²(df) when one variance is added (Self & Liang 1987; Stram & Lee 1994), left
 *   out where there is no mixture (no variance) or it is not known (several).
 *
 * A statistic of zero has the p-value 1, whatever the method.
 *
 * @param replicates T* of the null distribution, in the order of the replicates
 */
export function lrtRows(statistic: number, replicates: Float64Array, { df, variances, otherwiseFree }: Nesting): LrtRow[] {
  const row = (method: LrtMethod, value: number, rowDf: number | null, ddf: number | null, p: number, error: number): LrtRow =>
    ({ method, statistic: value, df: rowDf, ddf, p_value: p, std_error: error });
  const total = replicates.length;
  const bootstrap = (1 + replicates.reduce((sum, value) => sum + (isBeyond(value, statistic) ? 1 : 0), 0)) / (1 + total);
  const simulated = (tail: (moments: PositivePart) => number): [number, number] => (statistic <= ZERO_STATISTIC ? [1, 0]
    : [tail(positivePart(replicates)), blockJackknife(replicates, (kept) => [tail(positivePart(kept))])[0]!]);
  const bartlett = ({ mean }: PositivePart): number => (statistic * df) / mean;
  const ddf = ({ mean }: PositivePart): number => (mean > df ? (2 * mean) / (mean - df) : NaN);
  const all = positivePart(replicates);
  const rows = [
    row('bootstrap', statistic, null, null, bootstrap, Math.sqrt((bootstrap * (1 - bootstrap)) / total)),
    row('bartlett', bartlett(all), df, null, ...simulated((part) => part.share * chisqTail(bartlett(part), df))),
    row('gamma', statistic, null, null, ...simulated(({ share, mean, variance }) => share * gammaTail(statistic, (mean * mean) / variance, mean / variance))),
    row('f', statistic / df, df, ddf(all), ...simulated((part) => part.share * fTail(statistic / df, df, ddf(part)))),
    row('chisq', statistic, df, null, chisqTail(statistic, df), 0),
  ];
  if (otherwiseFree && variances === 1) rows.push(row('chibarsq', statistic, df, null, chibarTail(statistic, df, variances), 0));
  return rows;
}

interface PositivePart {
  /** Share of the replicates that are positive. */
  readonly share: number;
  readonly mean: number;
  readonly variance: number;
}

function positivePart(replicates: Float64Array): PositivePart {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const value of replicates) {
    if (value <= ZERO_STATISTIC) continue;
    count++;
    sum += value;
    squares += value * value;
  }
  const mean = sum / count;
  return { share: count / replicates.length, mean, variance: (squares - count * mean * mean) / (count - 1) };
}

/**
 * P(T ≥ t) of the mixture Σ w_i χ²(df − v + i) for v standard deviations among `df` added parameters (Self & Liang 1987); χ²(0) is the point zero. For one the
 * weights are ½, ½; for two ¼ ∓ asin(ρ)/2π and ½ between them, ρ the correlation of their estimates; for more those of uncorrelated estimates, binomial.
 * @param correlation ρ, default 0
 */
export function chibarTail(t: number, df: number, variances: number, correlation = 0): number {
  const tail = (k: number): number => (t <= ZERO_STATISTIC ? 1 : k === 0 ? 0 : chisqTail(t, k));
  const shift = Math.asin(correlation) / (2 * Math.PI);
  let weight = 2 ** -variances;
  let sum = 0;
  for (let i = 0; i <= variances; i++) {
    const own = variances === 2 && i !== 1 ? weight + (i === 2 ? shift : -shift) : weight;
    sum += own * tail(df - variances + i);
    weight *= (variances - i) / (i + 1);
  }
  return sum;
}
