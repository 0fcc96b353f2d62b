/**
 * Exact samplers of counts: sequential inversion for small means, Hörmann's transformed rejection (BTRS, PTRS) for large ones.
 * Each takes one uniform given by the caller, and further ones from a stream only when it rejects; which branch runs depends on the
 * parameters alone, so a replicate consumes its streams in a fixed way.
 */
import { binomialLogMass, poissonLogMass } from './log-mass.js';

/** A source of uniforms of (0, 1). */
export interface UniformSource {
  next(): number;
}

/** Means from which rejection replaces inversion: the hats of BTRS and PTRS are valid from 10 on. */
const REJECTION_FROM = 10;

/** Below this probability the rest of the upper tail is less than what rounding has made of the sum: the search ends. */
const NEGLIGIBLE = 2 ** -60;

/**
 * Draws from Binomial(size, p), `size` a non-negative integer. NaN if p is not in [0, 1] (a log link whose linear predictor is positive).
 * @param first uniform for inversion
 * @param further uniforms for rejection
 */
export function binomialVariate(size: number, p: number, first: number, further: UniformSource): number {
  if (!(p >= 0 && p <= 1)) return NaN;
  // Bernoulli draws are most of the work in practice.
  if (size === 1) return first < p ? 1 : 0;
  const flipped = p > 0.5;
  const small = flipped ? 1 - p : p;
  if (size === 0 || small === 0) return flipped ? size : 0;
  const k = size * small < REJECTION_FROM ? binomialByInversion(size, small, first) : binomialByRejection(size, small, further);
  return flipped ? size - k : k;
}

/** Draws from Poisson(mean). NaN if the mean is negative or not finite. Beyond 2⁵³ counts are rounded as doubles are. */
export function poissonVariate(mean: number, first: number, further: UniformSource): number {
  if (!(mean >= 0 && mean < Infinity)) return NaN;
  return mean < REJECTION_FROM ? poissonByInversion(mean, first) : poissonByRejection(mean, further);
}

/** Smallest k whose distribution function exceeds u, by adding up the mass from 0; p ≤ ½. */
function binomialByInversion(size: number, p: number, u: number): number {
  const odds = p / (1 - p);
  let mass = size <= SMALL_SIZE ? integerPower(1 - p, size) : Math.exp(size * Math.log1p(-p));
  let k = 0;
  while (u > mass && k < size) {
    u -= mass;
    k++;
    mass *= (odds * (size + 1 - k)) / k;
    if (mass < NEGLIGIBLE) return k;
  }
  return k;
}

/** Up to this size a product gives (1 − p)^size as exactly as exp(size · log1p(−p)), in a fifth of the time. */
const SMALL_SIZE = 64;

function integerPower(base: number, exponent: number): number {
  let result = 1;
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result *= base;
    base *= base;
  }
  return result;
}

function poissonByInversion(mean: number, u: number): number {
  let mass = Math.exp(-mean);
  let k = 0;
  while (u > mass) {
    u -= mass;
    k++;
    mass *= mean / k;
    if (mass < NEGLIGIBLE) return k;
  }
  return k;
}

/** BTRS of Hörmann (1993), "The generation of binomial random variates", J. Statist. Comput. Simul. 46; p ≤ ½, size·p ≥ 10. */
function binomialByRejection(size: number, p: number, uniforms: UniformSource): number {
  const sd = Math.sqrt(size * p * (1 - p));
  const b = 1.15 + 2.53 * sd;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = size * p + 0.5;
  const squeeze = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * sd;
  for (;;) {
    const u = uniforms.next() - 0.5;
    const v = uniforms.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + centre);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0 || k > size) continue;
    const mode = Math.floor((size + 1) * p);
    const ratio = binomialLogMass(k, size, p) - binomialLogMass(mode, size, p);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= ratio) return k;
  }
}

/**
 * PTRS of Hörmann (1993), "The transformed rejection method for generating Poisson random variables", Insurance: Math. & Econ. 12, with
 * a hat 0.6 % higher: his constants (inverse α 1.1239 + …, squeeze 0.9277 − …) leave it up to 0.58 % below the mass near the means 10,
 * 14 and 20 (scanned over means from 10 to 3e5), a bias of the sampler; the squeeze gives way by as much.
 */
function poissonByRejection(mean: number, uniforms: UniformSource): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.006 * (1.1239 + 1.1328 / (b - 3.4));
  const squeeze = 0.92 - 3.6224 / (b - 2);
  for (;;) {
    const u = uniforms.next() - 0.5;
    const v = uniforms.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= squeeze) return k;
    if (k < 0) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= poissonLogMass(k, mean)) return k;
  }
}
