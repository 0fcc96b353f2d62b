/** Dispersion, zero inflation and thresholds on the device against float64: values, gradients by all parameters, modes, profiles. */
import { test } from 'vitest';
import { FAMILY_NAMES, getFamily, linksOf } from '../../src/families/registry.js';
import { type AuxiliaryPredictor, type Design, parameterLayout } from '../../src/model/design.js';
import { createSimulator } from '../../src/random/simulate.js';
import { type RandomDesign, crossedDesign, generator, randomDesign } from '../helpers/designs.js';
import { describeGpu } from './adapter.js';
import { compareDesign, expectTwins } from './compare-objectives.js';
import type { DeviceDistribution } from './distributions.js';

/** Two columns and an offset for dispersion, two columns for zero inflation, three thresholds. */
function predictors({ family, link, zi }: DeviceDistribution, nobs: number): AuxiliaryPredictor[] {
  const random = generator(5);
  const roles = [...getFamily(family, link).auxiliary, ...(zi ? ['zi' as const] : [])];
  return roles.map((role) => {
    if (role === 'thresholds') return { role, names: ['1|2', '2|3', '3|4'], x: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1), offset: null };
    const x = Float64Array.from({ length: 2 * nobs }, (_, at) => (at % 2 === 0 ? 1 : random() - 0.5));
    return { role, names: ['one', 'slope'], x, offset: role === 'zi' ? null : Float64Array.from({ length: nobs }, () => 0.2 * random()) };
  });
}

/** The distribution on a random design of binomial or Poisson kind, its responses drawn from it. */
function dispersed(made: RandomDesign, distribution: DeviceDistribution): RandomDesign {
  const { family, link } = distribution;
  const auxiliary = predictors(distribution, made.design.nobs);
  const trials = family === 'betabinomial' ? made.design.trials ?? Float64Array.from({ length: made.design.nobs }, (_, i) => 3 + (i % 5)) : null;
  const design: Design = { ...made.design, family, link, trials, auxiliary };
  const { nFixed, nTheta } = parameterLayout(design);
  const gamma = auxiliary.flatMap(({ role }) => ({ thresholds: [-0.9, 0.3, 1.4], dispersion: [family === 'gaussian' || family === 'inverse.gaussian' ? -1.2 : 1.1, 0.5], zi: [-0.8, 0.7] })[role]);
  const params = Float64Array.from([...made.params.subarray(0, nFixed + nTheta), ...gamma]);
  params[0] = link === 'log' ? 0.8 : 0.3;
  // Random effects large enough for every term of the gradient to count.
  for (let j = nFixed; j < nFixed + nTheta; j++) params[j] = 0.6 + 0.3 * params[j]!;
  const response = new Float64Array(design.nobs);
  createSimulator(design, params).simulate(0, 1, response, 0);
  return { design, response, params };
}

const base = (terms: readonly number[]): RandomDesign => randomDesign({ family: 'poisson', link: 'log', terms, rows: 80 });
const log = (family: DeviceDistribution['family'], zi: boolean): DeviceDistribution => ({ family, link: 'log', zi });

const everyFamily: DeviceDistribution[] = FAMILY_NAMES.filter((family) => family !== 'binomial' && family !== 'poisson').map((family) => {
  // Families of the positive half-line by their logarithm: other links have their turn row by row in families.test.ts.
  const [link] = linksOf(family).includes('log') && family !== 'beta' && family !== 'betabinomial' ? ['log' as const] : linksOf(family);
  return { family, link: link!, zi: false };
});

describeGpu('dispersion, zero inflation and thresholds on the device', () => {
  test.each(everyFamily)('$family', async (distribution) => {
    expectTwins(await compareDesign(dispersed(base([1]), distribution), { nAGQ: 1, information: 'observed' }));
  });

  test.each([log('poisson', true), log('nbinom2', true), log('truncated_nbinom1', true), log('Gamma', true)])('$family with zeros of their own', async (distribution) => {
    expectTwins(await compareDesign(dispersed(base([2]), distribution), { nAGQ: 1, information: 'observed' }));
  });

  test.each([log('nbinom2', true), { family: 'cumulative' as const, link: 'probit' as const, zi: false }])('$family, quadrature', async (distribution) => {
    expectTwins(await compareDesign(dispersed(base([1]), distribution), { nAGQ: 5, information: 'observed' }));
    expectTwins(await compareDesign(dispersed(base([2]), distribution), { nAGQ: 3, information: 'observed' }));
  });

  test('expected information', async () => {
    expectTwins(await compareDesign(dispersed(base([2]), log('nbinom2', false)), { nAGQ: 1, information: 'expected' }));
  });

  test.each([log('nbinom1', true), { family: 'cumulative' as const, link: 'logit' as const, zi: false }])('$family on several factors', async (distribution) => {
    const made = crossedDesign({ family: 'poisson', link: 'log' }, [[2], [1]]);
    expectTwins(await compareDesign(dispersed(made, distribution), { nAGQ: 1, information: 'observed' }));
    expectTwins(await compareDesign(dispersed(made, distribution), { nAGQ: 1, information: 'observed' }, { adjoint: true }));
  });
});
