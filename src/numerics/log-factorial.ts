import gammaln from '@stdlib/math-base-special-gammaln';

/** log n! for the small integers that most counts are: the data constants of a batch ask for it once per observation. */
const TABLE = Float64Array.from({ length: 1024 }, (_, n) => gammaln(n + 1));

/** log Γ(n + 1) for n ≥ 0, not necessarily an integer. */
export function logFactorial(n: number): number {
  return n < 1024 && Number.isInteger(n) ? TABLE[n]! : gammaln(n + 1);
}
