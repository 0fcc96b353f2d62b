/** Samplers of continuous distributions and of counts with extra variation. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { type UniformSource, binomialVariate, poissonVariate } from './variates.js';

const normal = (uniforms: UniformSource): number => normalQuantile(uniforms.next(), 0, 1);

/**
 * Gamma with unit scale by squeeze and rejection (Marsaglia & Tsang 2000, ACM Trans. Math. Softw. 26); shapes below 1 through shape + 1 and a power of a uniform.
 * NaN unless the shape is positive and finite.
 */
function gammaVariate(shape: number, uniforms: UniformSource): number {
  return Math.exp(logGammaVariate(shape, uniforms));
}

/** Its logarithm, which does not underflow for tiny shapes. */
function logGammaVariate(shape: number, uniforms: UniformSource): number {
  if (!(shape > 0 && shape < Infinity)) return NaN;
  if (shape < 1) return logGammaVariate(shape + 1, uniforms) + Math.log(uniforms.next()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(uniforms);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (Math.log(uniforms.next()) < 0.5 * x * x + d * (1 - v + Math.log(v))) return Math.log(d * v);
  }
}

/** The numbers next to 0 and 1 inside: what a positive variate, or a fraction, is rounded to instead of the ends, which have no density. */
const LEAST = Number.MIN_VALUE;
const MOST_FRACTION = 1 - Number.EPSILON / 2;

/** Gamma with the given mean, above zero however small the shape is; NaN unless the mean is positive. */
export function positiveGammaVariate(mean: number, shape: number, uniforms: UniformSource): number {
  const draw = (mean * gammaVariate(shape, uniforms)) / shape;
  return mean > 0 ? Math.max(LEAST, draw) : NaN;
}

/** Beta as a ratio of gammas, in logarithms. */
export function betaVariate(a: number, b: number, uniforms: UniformSource): number {
  const x = logGammaVariate(a, uniforms);
  const y = logGammaVariate(b, uniforms);
  return Math.min(MOST_FRACTION, Math.max(LEAST, 1 / (1 + Math.exp(y - x))));
}

/** Inverse Gaussian with variance φμ³ (Michael, Schucany & Haas 1976, The American Statistician 30). */
export function inverseGaussianVariate(mu: number, phi: number, uniforms: UniformSource): number {
  const z = normal(uniforms);
  const half = 0.5 * mu * phi * z * z;
  // The smaller root, in the form that does not cancel.
  const root = mu / (1 + half + Math.sqrt(half * (2 + half)));
  return uniforms.next() * (mu + root) <= mu ? root : (mu * mu) / root;
}

/** Poisson with a gamma mean of shape `size`: variance μ + μ²/size. */
export function negativeBinomialVariate(mu: number, size: number, first: number, uniforms: UniformSource): number {
  return poissonVariate((mu * gammaVariate(size, uniforms)) / size, first, uniforms);
}

export function betaBinomialVariate(trials: number, mu: number, precision: number, first: number, uniforms: UniformSource): number {
  return binomialVariate(trials, betaVariate(mu * precision, (1 - mu) * precision, uniforms), first, uniforms);
}

/**
 * A count without zeros by inversion of its distribution function: log f(1) and the ratio f(k + 1)/f(k) say all.
 * @param first uniform for inversion
 */
export function truncatedVariate(logFirst: number, logNotZero: number, ratio: (k: number) => number, first: number): number {
  let mass = Math.exp(logFirst - logNotZero);
  let rest = first;
  for (let k = 1; k < MOST; k++) {
    if (rest <= mass || mass !== mass) return mass === mass ? k : NaN;
    rest -= mass;
    mass *= ratio(k);
  }
  return NaN;
}

/** Beyond this count a truncated draw is given up: means of that size have no zeros to cut. */
const MOST = 1e7;
