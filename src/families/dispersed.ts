/** Families with a dispersion parameter, put together from cores and links; truncated counts, which have the same shape. */
import type { LinkName } from '../model/design.js';
import { logFactorial } from '../numerics/log-factorial.js';
import { betaBinomialVariate, betaVariate, inverseGaussianVariate, negativeBinomialVariate, positiveGammaVariate, truncatedVariate } from '../random/scale-variates.js';
import { type UniformSource, poissonVariate } from '../random/variates.js';
import { countRule, openIntervalRule, positiveCountRule, positiveRule, strictlyPositiveRule, successRule } from './allowed.js';
import { BINOMIAL_LINKS, type BinomialLink, probabilityLink } from './binomial.js';
import { betabinomialCore, nbinom1Core, nbinom2Core, poissonCore, truncated } from './count-cores.js';
import type { Family } from './family.js';
import { MEAN_LINKS, type MeanLink, type MeanLinkName, logMeanLink, logitMeanLink, meanLink } from './links.js';
import { type Core, type ScaleLink, chain, corePoint, evaluateRows, scalePoint } from './row.js';
import { betaCore, gammaCore, gaussianCore, inverseGaussianCore } from './scale-cores.js';
import type { RowFamily } from './zero-inflated.js';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

const exp = Math.exp;

/** What tells one dispersed family from another. `mu` is the mean before truncation, `d` the parameter e^a. */
interface Distribution {
  readonly name: Family['name'];
  readonly core: Core;
  readonly hasTrials?: boolean;
  readonly hasDispersion: boolean;
  /** `Family.dispersionLimit`, default 0. */
  readonly limit?: -1 | 1;
  readonly weightShift?: -1 | 0 | 1;
  readonly fisherInformation?: boolean;
  readonly constant: Family['constant'];
  readonly variance: (mu: number) => number;
  readonly initialMean: Family['initialMean'];
  /** Start of a from the responses and their means. */
  readonly initial?: (y: Float64Array, trials: Float64Array, weights: Float64Array, mu: Float64Array) => number;
  readonly responseMean?: (mu: number, d: number) => number;
  readonly responseVariance: (mu: number, d: number, trials: number) => number;
  readonly draw: (mu: number, d: number, trials: number, first: number, further: UniformSource) => number;
  readonly deviance: (y: number, mu: number, d: number) => number;
  readonly invalid: Family['invalid'];
  readonly massAtZero: boolean;
}

function build(distribution: Distribution, link: LinkName, mean: MeanLink, scale: ScaleLink): RowFamily {
  const { core, hasDispersion, initial, weightShift = 0, massAtZero, responseMean = (mu) => mu } = distribution;
  const nAuxiliary = hasDispersion ? 1 : 0;
  const row = chain(core, scale);
  const point = corePoint();
  const place = scalePoint();
  /** e^a at the weight of a row. */
  const parameter = (auxiliary: ArrayLike<number>, weight = 1): number => exp((auxiliary[0] ?? 0) + (weightShift === 0 ? 0 : weightShift * Math.log(weight)));
  return {
    name: distribution.name,
    link,
    row,
    weightShift,
    massAtZero,
    auxiliary: hasDispersion ? ['dispersion'] : [],
    hasTrials: distribution.hasTrials ?? false,
    dispersionLimit: distribution.limit ?? 0,
    canonical: false,
    fisherInformation: distribution.fisherInformation ?? true,
    evaluate: evaluateRows(row, nAuxiliary, weightShift),
    constant: distribution.constant,
    ...mean,
    variance: distribution.variance,
    initialMean: distribution.initialMean,
    initialAuxiliary: (y, trials, weights, mu) => (initial === undefined ? [] : [[initial(y, trials, weights, mu)]]),
    responseMean: (eta, auxiliary) => responseMean(mean.mean(eta), parameter(auxiliary)),
    responseVariance: (eta, auxiliary, trials) => distribution.responseVariance(mean.mean(eta), parameter(auxiliary), trials),
    draw: (eta, auxiliary, trials, weight, first, further) => distribution.draw(mean.mean(eta), parameter(auxiliary, weight), trials, first, further),
    devianceResidualSquared: (y, mu, _trials, weight, auxiliary) => weight * distribution.deviance(y, mu, parameter(auxiliary)),
    invalid: distribution.invalid,
    logZero: massAtZero ? (eta, m, a): number => {
      if (!scale.at(eta, place)) return -Infinity;
      core(place.s, 0, m, a, point);
      return point.value;
    } : null,
  };
}

/** Weighted mean of f over the rows. */
function meanOf(y: Float64Array, weights: Float64Array, f: (i: number) => number): number {
  let sum = 0;
  let total = 0;
  y.forEach((_, i) => {
    sum += weights[i]! * f(i);
    total += weights[i]!;
  });
  return sum / total;
}

const between = (low: number, value: number, high: number): number => Math.min(high, Math.max(low, Number.isNaN(value) ? low : value));
const poissonDeviance = (y: number, mu: number): number => 2 * ((y > 0 ? y * Math.log(y / mu) : 0) - (y - mu));
/** (y − μ)² beyond the Poisson variance, relative to μ² or μ. */
const extra = (power: 1 | 2) => (y: Float64Array, weights: Float64Array, mu: Float64Array): number =>
  meanOf(y, weights, (i) => (y[i]! - mu[i]!) ** 2 - mu[i]!) / meanOf(y, weights, (i) => mu[i]! ** power);

const GAUSSIAN: Distribution = {
  name: 'gaussian', core: gaussianCore, hasDispersion: true, weightShift: -1, massAtZero: false,
  constant: () => 0, variance: () => 1, initialMean: (y) => y,
  initial: (y, _trials, weights, mu) => Math.log(Math.max(1e-300, meanOf(y, weights, (i) => (y[i]! - mu[i]!) ** 2))),
  responseVariance: (_mu, d) => d,
  draw: (mu, d, _trials, first) => mu + Math.sqrt(d) * normalQuantile(first, 0, 1),
  deviance: (y, mu) => (y - mu) ** 2,
  invalid: () => null,
};

const GAMMA: Distribution = {
  name: 'Gamma', core: gammaCore, hasDispersion: true, weightShift: 1, massAtZero: false,
  constant: () => 0, variance: (mu) => mu * mu, initialMean: (y) => Math.max(y, 1e-300),
  initial: (y, _trials, weights, mu) => -Math.log(between(1e-8, meanOf(y, weights, (i) => (y[i]! > 0 ? (y[i]! / mu[i]! - 1) ** 2 : 0)), 1e4)),
  responseVariance: (mu, d) => (mu * mu) / d,
  draw: (mu, d, _trials, _first, further) => positiveGammaVariate(mu, d, further),
  deviance: (y, mu) => 2 * ((y - mu) / mu - Math.log(y / mu)),
  invalid: positiveRule,
};

const INVERSE_GAUSSIAN: Distribution = {
  name: 'inverse.gaussian', core: inverseGaussianCore, hasDispersion: true, weightShift: -1, massAtZero: false,
  constant: () => 0, variance: (mu) => mu ** 3, initialMean: (y) => y,
  initial: (y, _trials, weights, mu) => Math.log(between(1e-12, meanOf(y, weights, (i) => (y[i]! - mu[i]!) ** 2 / (mu[i]! * mu[i]! * y[i]!)), 1e8)),
  responseVariance: (mu, d) => d * mu ** 3,
  draw: (mu, d, _trials, _first, further) => inverseGaussianVariate(mu, d, further),
  deviance: (y, mu) => (y - mu) ** 2 / (y * mu * mu),
  invalid: strictlyPositiveRule,
};

const countConstant: Family['constant'] = (y, _trials, weight) => -weight * logFactorial(y);

const nbinom2 = (): Distribution => ({
  name: 'nbinom2', core: nbinom2Core(), hasDispersion: true, limit: 1, massAtZero: true,
  constant: countConstant, variance: (mu) => mu, initialMean: (y) => y + 0.1,
  initial: (y, _trials, weights, mu) => -Math.log(between(0.02, extra(2)(y, weights, mu), 20)),
  responseVariance: (mu, d) => mu + (mu * mu) / d,
  draw: (mu, d, _trials, first, further) => negativeBinomialVariate(mu, d, first, further),
  deviance: (y, mu, d) => 2 * ((y > 0 ? y * Math.log(y / mu) : 0) - (y + d) * Math.log1p((y - mu) / (mu + d))),
  invalid: countRule,
});

const nbinom1 = (): Distribution => ({
  name: 'nbinom1', core: nbinom1Core(), hasDispersion: true, limit: -1, massAtZero: true, fisherInformation: false,
  constant: countConstant, variance: (mu) => mu, initialMean: (y) => y + 0.1,
  initial: (y, _trials, weights, mu) => Math.log(between(0.05, extra(1)(y, weights, mu), 50)),
  responseVariance: (mu, d) => mu * (1 + d),
  draw: (mu, d, _trials, first, further) => negativeBinomialVariate(mu, mu / d, first, further),
  deviance: () => NaN,
  invalid: countRule,
});

const BETA: Distribution = {
  name: 'beta', core: betaCore, hasDispersion: true, massAtZero: false,
  constant: () => 0, variance: (mu) => mu * (1 - mu), initialMean: (y) => y,
  initial: (y, _trials, weights, mu) =>
    Math.log(between(0.2, meanOf(y, weights, (i) => mu[i]! * (1 - mu[i]!)) / meanOf(y, weights, (i) => (y[i]! - mu[i]!) ** 2) - 1, 1e6)),
  responseVariance: (mu, d) => (mu * (1 - mu)) / (1 + d),
  draw: (mu, d, _trials, _first, further) => betaVariate(mu * d, (1 - mu) * d, further),
  deviance: () => NaN,
  invalid: openIntervalRule,
};

const BETABINOMIAL: Distribution = {
  name: 'betabinomial', core: betabinomialCore, hasTrials: true, hasDispersion: true, limit: 1, massAtZero: true, fisherInformation: false,
  constant: (y, trials, weight) => weight * (logFactorial(trials) - logFactorial(y) - logFactorial(trials - y)),
  variance: (mu) => mu * (1 - mu), initialMean: (y, trials) => (y + 0.5) / (trials + 1),
  initial: (y, trials, weights, mu) => {
    const size = meanOf(y, weights, (i) => trials[i]!);
    const ratio = meanOf(y, weights, (i) => (y[i]! - trials[i]! * mu[i]!) ** 2 / (trials[i]! * mu[i]! * (1 - mu[i]!)));
    return Math.log(between(0.5, (size - 1) / (ratio - 1) - 1, 200));
  },
  responseVariance: (mu, d, trials) => (mu * (1 - mu) * (1 + (trials - 1) / (1 + d))) / trials,
  draw: (mu, d, trials, first, further) => betaBinomialVariate(trials, mu, d, first, further),
  deviance: () => NaN,
  invalid: successRule,
};

const POISSON: Distribution = {
  name: 'poisson', core: poissonCore, hasDispersion: false, massAtZero: true,
  constant: countConstant, variance: (mu) => mu, initialMean: (y) => y + 0.1,
  responseVariance: (mu) => mu,
  draw: (mu, _d, _trials, first, further) => poissonVariate(mu, first, further),
  deviance: poissonDeviance,
  invalid: countRule,
};

/** Probability of a zero, and the ratio f(k + 1)/f(k), of a count family. */
interface CountShape {
  readonly name: Family['name'];
  readonly zero: (mu: number, d: number) => number;
  readonly first: (mu: number, d: number) => number;
  readonly ratio: (mu: number, d: number, k: number) => number;
}

/** Chance of a zero below which draws are repeated until they are none. */
const RARE_ZERO = 0.5;

function cut(base: Distribution, { name, zero, first: one, ratio }: CountShape): Distribution {
  return {
    ...base,
    name,
    core: truncated(base.core),
    massAtZero: false,
    fisherInformation: false,
    initialMean: (y) => Math.max(y, 0.5),
    responseMean: (mu, d) => mu / -Math.expm1(zero(mu, d)),
    responseVariance(mu, d, trials) {
      const kept = -Math.expm1(zero(mu, d));
      const mean = mu / kept;
      return (base.responseVariance(mu, d, trials) + mu * mu) / kept - mean * mean;
    },
    draw(mu, d, trials, first, further) {
      const logZero = zero(mu, d);
      if (!(logZero < Math.log(RARE_ZERO))) return truncatedVariate(one(mu, d), Math.log(-Math.expm1(logZero)), (k) => ratio(mu, d, k), first);
      for (let u = first; ; u = further.next()) {
        const y = base.draw(mu, d, trials, u, further);
        if (y !== 0) return y;
      }
    },
    deviance: () => NaN,
    invalid: positiveCountRule,
  };
}

const TRUNCATED = {
  truncated_poisson: () => cut(POISSON, {
    name: 'truncated_poisson', zero: (mu) => -mu, first: (mu) => Math.log(mu) - mu, ratio: (mu, _d, k) => mu / (k + 1),
  }),
  truncated_nbinom2: () => cut(nbinom2(), {
    name: 'truncated_nbinom2', zero: (mu, d) => -d * Math.log1p(mu / d), first: (mu, d) => Math.log(mu) - (1 + d) * Math.log1p(mu / d),
    ratio: (mu, d, k) => ((k + d) / (k + 1)) * (mu / (mu + d)),
  }),
  truncated_nbinom1: () => cut(nbinom1(), {
    name: 'truncated_nbinom1', zero: (mu, d) => (-mu / d) * Math.log1p(d), first: (mu, d) => Math.log(mu) - (1 + mu / d) * Math.log1p(d),
    ratio: (mu, d, k) => ((k + mu / d) / (k + 1)) * (d / (1 + d)),
  }),
} as const;
export type TruncatedName = keyof typeof TRUNCATED;

export const gaussian = (link: 'identity' | 'log' | 'inverse'): RowFamily => build(GAUSSIAN, link, MEAN_LINKS[link], meanLink(link));
const onLogMean = (distribution: Distribution, link: MeanLinkName): RowFamily => build(distribution, link, MEAN_LINKS[link], logMeanLink(link));
const onLogit = (distribution: Distribution, link: BinomialLink): RowFamily => build(distribution, link, probabilityLink(link), logitMeanLink(link));

export const gamma = (link: MeanLinkName): RowFamily => onLogMean(GAMMA, link);
export const inverseGaussian = (link: MeanLinkName): RowFamily => onLogMean(INVERSE_GAUSSIAN, link);
export const negativeBinomial = (kind: 1 | 2, link: MeanLinkName): RowFamily => onLogMean(kind === 1 ? nbinom1() : nbinom2(), link);
export const truncatedCount = (name: TruncatedName, link: MeanLinkName): RowFamily => onLogMean(TRUNCATED[name](), link);
export const beta = (link: BinomialLink): RowFamily => onLogit(BETA, link);
export const betabinomial = (link: BinomialLink): RowFamily => onLogit(BETABINOMIAL, link);
/** The Poisson family in the form that wrappers take. */
export const rowPoisson = (link: MeanLinkName): RowFamily => onLogMean(POISSON, link);
/** Links of families whose mean is a probability; the logarithm only where the mean stays below 1 by itself. */
export const PROBABILITY_LINKS = BINOMIAL_LINKS;
