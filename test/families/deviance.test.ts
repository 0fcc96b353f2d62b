/** Unit deviances against the log-densities: 2 weight (ℓ at the mean y − ℓ), times the dispersion of families with a scale. */
import { expect, test } from 'vitest';
import { ALL_PARTS, auxiliaryCount, derivativeRows } from '../../src/families/family.js';
import { getFamily } from '../../src/families/registry.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';

/** Family, link, response, trials, mean, dispersion as a multiple of the unit deviance. */
const CASES: readonly (readonly [FamilyName, LinkName, number, number, number, (a: number) => number])[] = [
  ['binomial', 'logit', 3, 8, 0.6, () => 1],
  ['poisson', 'log', 4, 1, 2.3, () => 1],
  ['nbinom2', 'log', 4, 1, 2.3, () => 1],
  ['nbinom2', 'log', 900, 1, 2.3, () => 1],
  ['gaussian', 'log', 1.4, 1, 2.3, Math.exp],
  ['Gamma', 'log', 1.4, 1, 2.3, (a) => Math.exp(-a)],
  ['inverse.gaussian', 'log', 1.4, 1, 2.3, Math.exp],
];

test.each(CASES)('%s %s at %d of %d', (name, link, y, trials, mu, scale) => {
  const family = getFamily(name, link);
  const a = 0.7;
  const count = auxiliaryCount(family);
  const auxiliary = Array.from({ length: count }, () => Float64Array.of(a));
  const one = (value: number): Float64Array => Float64Array.of(value);
  const logDensity = (mean: number): number => family.evaluate(one(family.linkOf(mean)), one(y), one(trials), one(1), 0, 1, ALL_PARTS, derivativeRows(1, count), auxiliary);
  const expected = 2 * scale(a) * (logDensity(y / trials) - logDensity(mu));
  expect(family.devianceResidualSquared(y, mu, trials, 1, count === 0 ? [] : [a]) / expected).toBeCloseTo(1, 10);
  expect(family.devianceResidualSquared(y, mu, trials, 2.5, count === 0 ? [] : [a]) / expected).toBeCloseTo(2.5, 10);
});

test('NaN where the saturated mean is not the response', () => {
  for (const name of ['nbinom1', 'betabinomial', 'beta', 'truncated_poisson'] as const) {
    expect(getFamily(name, name.startsWith('beta') ? 'logit' : 'log').devianceResidualSquared(0.5, 0.4, 1, 1, [0.7])).toBeNaN();
  }
});
