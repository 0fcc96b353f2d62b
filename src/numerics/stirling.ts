/** What Stirling's formula leaves of the gamma function: differences of large logarithms keep their digits. */
import digamma from '@stdlib/math-base-special-digamma';
import gammaln from '@stdlib/math-base-special-gammaln';

export const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** From here on four terms of the asymptotic series are exact to the last bit. */
const SERIES_FROM = 30;

/** Binet's function: log Γ(x) − [(x − ½) log x − x + ½ log 2π] for x > 0. */
export function binet(x: number): number {
  if (x < SERIES_FROM) return gammaln(x) - ((x - 0.5) * Math.log(x) - x + HALF_LOG_2PI);
  const square = 1 / (x * x);
  return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x;
}

/** log x − ψ(x) for x > 0. */
export function logMinusDigamma(x: number): number {
  if (x < SERIES_FROM) return Math.log(x) - digamma(x);
  const square = 1 / (x * x);
  return 0.5 / x + square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
}

/** x − log(1 + x) for x > −1, without cancellation near 0. */
export function logExcess(x: number): number {
  if (Math.abs(x) > 0.02) return x - Math.log1p(x);
  // x²/2 − x³/3 + …: ten terms reach the last bit.
  let sum = 0;
  for (let k = 11; k >= 2; k--) sum = 1 / k - x * sum;
  return x * x * sum;
}
