/** Draws of every family against its own probabilities, and of continuous ones against their mean and variance. */
import chisqCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import { describe, expect, test } from 'vitest';
import { categoryProbability, type CumulativeLink } from '../../src/families/cumulative.js';
import { ALL_PARTS, type Family, auxiliaryCount, derivativeRows } from '../../src/families/family.js';
import { distributionOf, FAMILY_NAMES, linksOf, takesZeroInflation } from '../../src/families/registry.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { UniformStream } from '../../src/random/stream.js';

const DRAWS = 40_000;
/** Of one test among all: 150 tests of a true sampler fail together once in a thousand runs, and the seed is fixed. */
const SMALLEST_P = 1e-5;
const LARGEST_Z = 4.4;
const TRIALS = 7;

/** Draws as the simulator makes them: one uniform of a row, further ones from a stream of its own. */
function draws(family: Family, eta: number, auxiliary: readonly number[], weight = 1): Float64Array {
  const first = new UniformStream();
  const further = new UniformStream();
  first.reset(31, 0, 1);
  further.reset(31, 0, 2);
  return Float64Array.from({ length: DRAWS }, () => family.draw(eta, auxiliary, TRIALS, weight, first.next(), further));
}

/** P(Y = y) at η. */
function mass(family: Family, eta: number, auxiliary: readonly number[], y: number): number {
  const value = family.evaluate(
    Float64Array.of(eta), Float64Array.of(y), Float64Array.of(TRIALS), Float64Array.of(1), 0, 1, ALL_PARTS, derivativeRows(1, auxiliaryCount(family)), auxiliary.map((a) => Float64Array.of(a)),
  );
  return Math.exp(value + family.constant(y, TRIALS, 1));
}

/** Tail probability of the chi-square statistic; cells of less than ten expected draws are one. */
function goodness(values: Float64Array, probability: (y: number) => number, support: readonly number[]): number {
  let chisq = 0;
  let cells = 0;
  let restMass = 1;
  let restCount = values.length;
  for (const y of support) {
    const p = probability(y);
    if (p * DRAWS < 10) continue;
    const observed = values.filter((value) => value === y).length;
    chisq += (observed - p * DRAWS) ** 2 / (p * DRAWS);
    restMass -= p;
    restCount -= observed;
    cells++;
  }
  if (restMass * DRAWS >= 10) {
    chisq += (restCount - restMass * DRAWS) ** 2 / (restMass * DRAWS);
    cells++;
  } else expect(restCount).toBeLessThan(40);
  return 1 - chisqCdf(chisq, cells - 1);
}

const COUNTS: readonly FamilyName[] = ['binomial', 'poisson', 'nbinom1', 'nbinom2', 'betabinomial', 'truncated_poisson', 'truncated_nbinom1', 'truncated_nbinom2'];
const CONTINUOUS: readonly FamilyName[] = ['gaussian', 'Gamma', 'inverse.gaussian', 'beta'];

/** η by link at which every family is inside its domain, small means and large ones. */
function etas(family: FamilyName, link: LinkName): readonly number[] {
  if (link === 'log' && ['binomial', 'beta', 'betabinomial'].includes(family)) return [-2, -0.2];
  if (link === 'identity' && family === 'gaussian') return [-3, 2];
  if (link === 'identity' || link === '1/mu^2') return [0.4, 14];
  if (link === 'inverse') return [0.1, 1.5];
  return link === 'sqrt' ? [0.5, 4] : [-1.3, 0.4, ...(link === 'log' ? [2.8] : [])];
}

const modelled = FAMILY_NAMES.flatMap((family) => linksOf(family).flatMap((link) =>
  (takesZeroInflation(family) ? [false, true] : [false]).map((zi) => ({ family, link, zi }))));

describe('counts follow their probabilities', () => {
  test.each(modelled.filter(({ family }) => COUNTS.includes(family)))('$family $link, zero inflation $zi', ({ family, link, zi }) => {
    const distribution = distributionOf(family, link, zi);
    const ownParameters = auxiliaryCount(distribution) - (zi ? 1 : 0);
    for (const eta of etas(family, link)) {
      for (const a of ownParameters === 0 ? [0] : [-0.9, 0.7, 3]) {
        const auxiliary = [...(ownParameters === 0 ? [] : [a]), ...(zi ? [-0.4] : [])];
        const support = Array.from({ length: distribution.hasTrials ? TRIALS + 1 : 400 }, (_, y) => y);
        const p = goodness(draws(distribution, eta, auxiliary), (y) => (family.startsWith('truncated') && !zi && y === 0 ? 0 : mass(distribution, eta, auxiliary, y)), support);
        expect(p, `η ${eta}, a ${a}`).toBeGreaterThan(SMALLEST_P);
      }
    }
  });
});

describe('continuous responses have their mean and variance', () => {
  test.each(modelled.filter(({ family }) => CONTINUOUS.includes(family)))('$family $link, zero inflation $zi', ({ family, link, zi }) => {
    const distribution = distributionOf(family, link, zi);
    for (const eta of etas(family, link)) {
      for (const a of [-0.5, 1.8]) {
        const auxiliary = [a, ...(zi ? [-0.4] : [])];
        const values = draws(distribution, eta, auxiliary);
        const mean = values.reduce((sum, y) => sum + y, 0) / DRAWS;
        const moment = (power: number): number => values.reduce((sum, y) => sum + (y - mean) ** power, 0) / DRAWS;
        const variance = moment(2);
        const where = `η ${eta}, a ${a}`;
        expect(Math.abs(mean - distribution.responseMean(eta, auxiliary)) / Math.sqrt(variance / DRAWS), where).toBeLessThan(LARGEST_Z);
        const error = Math.sqrt((moment(4) - variance * variance) / DRAWS);
        expect(Math.abs(variance - distribution.responseVariance(eta, auxiliary, 1)) / error, where).toBeLessThan(LARGEST_Z + 1);
        expect(values.every((y) => distribution.invalid(y, TRIALS) === null)).toBe(true);
      }
    }
  });

  test.each(['gaussian', 'Gamma', 'inverse.gaussian'] as const)('%s: a prior weight divides the variance', (family) => {
    const distribution = distributionOf(family, 'log', false);
    const spread = (weight: number): number => {
      const values = draws(distribution, 0.3, [-0.5], weight);
      const mean = values.reduce((sum, y) => sum + y, 0) / DRAWS;
      return values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / DRAWS;
    };
    expect(spread(1) / spread(9)).toBeGreaterThan(7.5);
    expect(spread(1) / spread(9)).toBeLessThan(10.5);
  });
});

describe('categories follow their probabilities', () => {
  test.each(linksOf('cumulative'))('%s', (link) => {
    const thresholds = [-1.1, 0.2, 1.9];
    for (const eta of [-1.5, 0, 2]) {
      const values = draws(distributionOf('cumulative', link, false), eta, thresholds);
      expect(goodness(values, (k) => categoryProbability(link as CumulativeLink, eta, thresholds, k), [1, 2, 3, 4])).toBeGreaterThan(SMALLEST_P);
    }
  });
});

test.each([['Gamma', [-6]], ['beta', [-7]]] as const)('%s of tiny shape stays inside its range', (family, auxiliary) => {
  const distribution = distributionOf(family, linksOf(family)[1]!, false);
  expect(draws(distribution, 0.2, auxiliary).every((y) => distribution.invalid(y, 1) === null)).toBe(true);
});

test('parameters without a distribution draw NaN, in every family', () => {
  for (const { family, link, zi } of modelled) {
    if (family === 'cumulative') continue;
    const distribution = distributionOf(family, link, zi);
    const [value] = draws(distribution, NaN, new Array<number>(auxiliaryCount(distribution)).fill(0));
    // A certain zero comes before the base is asked.
    if (!zi) expect(value, `${family} ${link}`).toBeNaN();
  }
});
