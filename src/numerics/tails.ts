/** Upper tail probabilities, accurate where they are tiny: 1 − cdf has no digits left below 1e-16. */
import betainc from '@stdlib/math-base-special-betainc';
import gammainc from '@stdlib/math-base-special-gammainc';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import tCdf from '@stdlib/stats-base-dists-t-cdf';

/** P(χ²(df) ≥ x). */
export function chisqTail(x: number, df: number): number {
  return x <= 0 ? 1 : gammainc(x / 2, df / 2, true, true);
}

/** P(X ≥ x) of a gamma distribution. */
export function gammaTail(x: number, shape: number, rate: number): number {
  return x <= 0 ? 1 : gammainc(rate * x, shape, true, true);
}

/** P(F(df1, df2) ≥ x). */
export function fTail(x: number, df1: number, df2: number): number {
  return x <= 0 ? 1 : betainc(df2 / (df2 + df1 * x), df2 / 2, df1 / 2);
}

/** P(|t(df)| ≥ |t|); with df = Infinity that of the normal distribution. */
export function twoSided(t: number, df: number): number {
  return 2 * (df === Infinity ? normalCdf(-Math.abs(t), 0, 1) : tCdf(-Math.abs(t), df));
}
