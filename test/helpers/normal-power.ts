import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

/** Power of the two-sided test of a normal estimate whose mean is `shift` standard errors from zero. */
export function normalPower(shift: number, alpha: number): number {
  const z = normalQuantile(1 - alpha / 2, 0, 1);
  return normalCdf(-z - shift, 0, 1) + normalCdf(-z + shift, 0, 1);
}
