/** Distributions of random effects other than the normal one that models assume: what a study does to tests when the assumption is wrong. */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { OptionError } from '../errors.js';
import { type Design } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import type { SimulatorOptions } from '../random/simulate.js';
import { STREAM, fillNormals } from '../random/stream.js';

/** `normal`; `t5`, `t3` …: Student's t with so many degrees of freedom, at least 3; `skewed`: log-normal, skewness 2; `mixture`: two groups. */
export type EffectDistribution = 'normal' | 'skewed' | 'mixture' | `t${number}`;

/** σ of the logarithm at which the log-normal distribution has skewness 2. */
const LOG_SD = 0.5513688;
/** Distance of the two halves of the mixture from its mean, in standard deviations of a half: two clear humps. */
const HUMP = 2;

/**
 * How a simulator draws such effects; undefined for normal ones. Every distribution is a function of the same normal number with mean 0 and
 * variance 1: cells of a study that differ in nothing else share their random numbers.
 * @throws OptionError for an unknown name.
 */
export function effectDrawer(design: Design, distribution: EffectDistribution): SimulatorOptions['drawEffects'] {
  const transform = transformOf(distribution);
  if (transform === null) return undefined;
  const { effects } = effectPlaces(design);
  return (out, seed, replicate) => {
    fillNormals(out, effects, seed, replicate, STREAM.randomEffects);
    for (let j = 0; j < effects; j++) out[j] = transform(out[j]!);
  };
}

function transformOf(distribution: EffectDistribution): ((z: number) => number) | null {
  if (distribution === 'normal') return null;
  if (distribution === 'skewed') {
    const mean = Math.exp(LOG_SD ** 2 / 2);
    const sd = mean * Math.sqrt(Math.expm1(LOG_SD ** 2));
    return (z) => (Math.exp(LOG_SD * z) - mean) / sd;
  }
  if (distribution === 'mixture') return (z) => mixtureQuantile(normalCdf(z, 0, 1)) / Math.hypot(1, HUMP);
  const df = /^t(\d+)$/.exec(distribution);
  if (df === null || Number(df[1]) < 3) throw new OptionError(`unknown distribution of random effects '${String(distribution)}'; use normal, t3, t5 …, skewed or mixture`);
  const degrees = Number(df[1]);
  const scale = Math.sqrt((degrees - 2) / degrees);
  return (z) => scale * tQuantile(normalCdf(z, 0, 1), degrees);
}

/** Quantile of ½ N(−HUMP, 1) + ½ N(HUMP, 1), by Newton steps from the half that the probability lies in. */
function mixtureQuantile(p: number): number {
  // By symmetry, and because the distribution function is concave on this side of the hump: steps from above do not overshoot.
  if (p < 0.5) return -mixtureQuantile(1 - p);
  let x = HUMP + normalQuantile(Math.max(2 * p - 1, 0.5), 0, 1);
  for (let step = 0; step < 30; step++) {
    const off = 0.5 * (normalCdf(x, -HUMP, 1) + normalCdf(x, HUMP, 1)) - p;
    const density = (Math.exp(-0.5 * (x - HUMP) ** 2) + Math.exp(-0.5 * (x + HUMP) ** 2)) / (2 * Math.sqrt(2 * Math.PI));
    const next = Math.max(0, x - off / density);
    if (Math.abs(next - x) < 1e-9) return next;
    x = next;
  }
  return x;
}
