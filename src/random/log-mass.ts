/**
 * Logarithms of the binomial and Poisson probability mass by the saddle-point expansion of Loader (2000), "Fast and accurate
 * computation of binomial probabilities": relative errors near 1e-14 whatever the size of the arguments, where sums of log-gammas lose
 * everything for counts beyond 1e12.
 */

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** Below this the four-term series of `stirlingError` is not exact to 1e-13. */
const SERIES_FROM = 16;

const SMALL_STIRLING_ERRORS = Float64Array.from({ length: SERIES_FROM }, (_, k) => {
  if (k === 0) return 0;
  let factorial = 1;
  for (let j = 2; j <= k; j++) factorial *= j;
  return Math.log(factorial) - (k + 0.5) * Math.log(k) + k - HALF_LOG_2PI;
});

/** log k! − log(√(2πk) (k/e)^k) for an integer k ≥ 1. */
function stirlingError(k: number): number {
  if (k < SERIES_FROM) return SMALL_STIRLING_ERRORS[k]!;
  const inverseSquare = 1 / (k * k);
  return (1 / 12 - inverseSquare * (1 / 360 - inverseSquare * (1 / 1260 - inverseSquare / 1680))) / k;
}

/** x log(x / m) + m − x for x, m > 0, without cancellation near x = m. */
function devianceTerm(x: number, m: number): number {
  const v = (x - m) / (x + m);
  if (Math.abs(v) > 0.1) return x * Math.log(x / m) + m - x;
  // x log((1 + v)/(1 − v)) as a power series in v, its first term combined with m − x = −(x + m) v.
  const square = v * v;
  let power = 2 * x * v;
  let sum = (x - m) * v;
  for (let odd = 3; ; odd += 2) {
    power *= square;
    const next = sum + power / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** log P(K = k) for K ~ Poisson(mean), an integer k ≥ 0 and 0 < mean < ∞. */
export function poissonLogMass(k: number, mean: number): number {
  if (k === 0) return -mean;
  return -stirlingError(k) - devianceTerm(k, mean) - HALF_LOG_2PI - 0.5 * Math.log(k);
}

/** log P(K = k) for K ~ Binomial(size, p), integers 0 ≤ k ≤ size and 0 < p < 1. */
export function binomialLogMass(k: number, size: number, p: number): number {
  if (k === 0) return size * Math.log1p(-p);
  if (k === size) return size * Math.log(p);
  const rest = size - k;
  return (
    stirlingError(size) - stirlingError(k) - stirlingError(rest) - devianceTerm(k, size * p) - devianceTerm(rest, size * (1 - p)) -
    HALF_LOG_2PI + 0.5 * (Math.log(size / k) - Math.log(rest))
  );
}
