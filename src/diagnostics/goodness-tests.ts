/** Classical tests that diagnostics are made of. */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { binomialLogMass } from '../random/log-mass.js';

export interface TestResult {
  readonly statistic: number;
  readonly p_value: number;
}

/**
 * Kolmogorov–Smirnov test of uniformity on (0, 1): D and the limiting distribution with Stephens' (1970, JRSS B 32) correction for finite n,
 * good to 0.003 where it matters (p < 0.1) and to 0.02 elsewhere.
 */
export function uniformityTest(values: ArrayLike<number>): TestResult {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let d = 0;
  sorted.forEach((u, i) => { d = Math.max(d, (i + 1) / n - u, u - i / n); });
  const root = Math.sqrt(n);
  const lambda = (root + 0.12 + 0.11 / root) * d;
  let p = 0;
  // Terms fall like exp(−2j²λ²); for tiny λ the sum tends to 1 too slowly to be worth adding up.
  if (lambda < 0.2) return { statistic: d, p_value: 1 };
  for (let j = 1; j < 100; j++) p += 2 * (j % 2 === 1 ? 1 : -1) * Math.exp(-2 * j * j * lambda * lambda);
  return { statistic: d, p_value: Math.min(1, Math.max(0, p)) };
}

/** Exact two-sided binomial test: the probability of all counts that are no more likely than the one observed. */
export function binomialTest(successes: number, trials: number, probability: number): number {
  const own = binomialLogMass(successes, trials, probability);
  let p = 0;
  for (let k = 0; k <= trials; k++) {
    const mass = binomialLogMass(k, trials, probability);
    if (mass <= own + 1e-7) p += Math.exp(mass);
  }
  return Math.min(1, p);
}

/** Share of draws at least as far out as the observed value, on the nearer side and doubled; the observed one counts as a draw. */
export function simulationTest(observed: number, draws: readonly number[]): number {
  const low = draws.filter((value) => value <= observed).length + 1;
  const high = draws.filter((value) => value >= observed).length + 1;
  return Math.min(1, (2 * Math.min(low, high)) / (draws.length + 1));
}

/**
 * Shapiro–Wilk test of normality for 4 ≤ n ≤ 5000 by Royston's approximation (1995, Applied Statistics 44, algorithm AS R94); null where it does not apply.
 */
export function shapiroWilk(values: ArrayLike<number>): TestResult | null {
  const x = Float64Array.from(values).sort();
  const n = x.length;
  const mean = x.reduce((sum, value) => sum + value, 0) / n;
  const squares = x.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (n < 4 || n > 5000 || !(squares > 0)) return null;
  const m = Float64Array.from(x, (_, i) => normalQuantile((i + 1 - 0.375) / (n + 0.25), 0, 1));
  const mm = m.reduce((sum, value) => sum + value * value, 0);
  const u = 1 / Math.sqrt(n);
  const poly = (coefficients: readonly number[], at: number): number => coefficients.reduceRight((sum, c) => sum * at + c, 0);
  const last = poly([m[n - 1]! / Math.sqrt(mm), 0.221157, -0.147981, -2.07119, 4.434685, -2.706056], u);
  const second = poly([m[n - 2]! / Math.sqrt(mm), 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u);
  const ends = n > 5 ? 2 : 1;
  const rest = ends === 2
    ? (mm - 2 * m[n - 1]! ** 2 - 2 * m[n - 2]! ** 2) / (1 - 2 * last ** 2 - 2 * second ** 2)
    : (mm - 2 * m[n - 1]! ** 2) / (1 - 2 * last ** 2);
  const weight = (i: number): number => {
    const fromEnd = Math.min(i, n - 1 - i);
    const size = fromEnd === 0 ? last : fromEnd === 1 && ends === 2 ? second : Math.abs(m[i]!) / Math.sqrt(rest);
    return Math.sign(m[i]!) * size;
  };
  const slope = x.reduce((sum, value, i) => sum + weight(i) * (value - mean), 0);
  const statistic = Math.min(1, (slope * slope) / squares);
  const l = Math.log(n);
  const [value, centre, spread] = n > 11
    ? [Math.log(1 - statistic), poly([-1.5861, -0.31082, -0.083751, 0.0038915], l), Math.exp(poly([-0.4803, -0.082676, 0.0030302], l))]
    : [-Math.log(poly([-2.273, 0.459], n) - Math.log(1 - statistic)), poly([0.544, -0.39978, 0.025054, -0.0006714], n), Math.exp(poly([1.3822, -0.77857, 0.062767, -0.0020322], n))];
  return { statistic, p_value: normalCdf((centre - value) / spread, 0, 1) };
}
