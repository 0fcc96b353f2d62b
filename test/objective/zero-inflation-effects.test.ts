/** Random effects of the zero inflation: gradient against differences, likelihood against an integral done by brute force. */
import { describe, expect, test } from 'vitest';
import { familyOf, linksOf } from '../../src/families/registry.js';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';
import { type AuxiliaryPredictor, type Design, type FamilyName, parameterLayout } from '../../src/model/design.js';
import { linearPredictors } from '../../src/model/linear-predictor.js';
import { createCpuObjective } from '../../src/objective/cpu.js';
import { createSimulator } from '../../src/random/simulate.js';
import { crossedDesign, generator, randomDesign } from '../helpers/designs.js';

const FAMILIES = ['poisson', 'nbinom1', 'nbinom2', 'betabinomial', 'Gamma', 'truncated_poisson', 'truncated_nbinom2'] as const satisfies readonly FamilyName[];

/** A design with zero inflation, the last terms of which act on it, and a response drawn from it. */
function inflated(family: FamilyName, terms: readonly number[], onExcess: number, crossed: boolean) {
  const link = family === 'Gamma' ? 'log' : linksOf(family)[0]!;
  const base = crossed ? crossedDesign({ family: 'poisson', link: 'log' }, terms.map((q) => [q])) : randomDesign({ family: 'poisson', link: 'log', terms });
  const { nobs } = base.design;
  const random = generator(5);
  const x = Float64Array.from({ length: 2 * nobs }, (_, i) => (i % 2 === 0 ? 1 : random() - 0.5));
  const roles: AuxiliaryPredictor['role'][] = [...(family === 'poisson' || family === 'truncated_poisson' ? [] : ['dispersion' as const]), 'zi'];
  const design: Design = {
    ...base.design, family, link,
    trials: family === 'betabinomial' ? new Float64Array(nobs).fill(6) : null,
    random: base.design.random.map((term, t) => (t < terms.length - onExcess ? term : { ...term, predictor: 'zi' as const })),
    auxiliary: roles.map((role): AuxiliaryPredictor => ({ role, names: ['a', 'b'], x, offset: null })),
  };
  const { nParams, nFixed, nTheta } = parameterLayout(design);
  const params = Float64Array.from({ length: nParams }, (_, j) => (j < nFixed ? 0.5 - 0.3 * j : j < nFixed + nTheta ? 0.7 - 0.2 * (j % 3) : 0.4 - 0.5 * random()));
  const response = new Float64Array(nobs);
  createSimulator(design, params).simulate(0, 3, response, 0);
  return { design, response, params };
}

async function evaluator(design: Design, response: Float64Array) {
  const objective = createCpuObjective(design, { nAGQ: 1, information: 'observed' });
  await objective.load({ nModels: 1, response }, 0, 1);
  return async (params: Float64Array, adjoint?: Float64Array) => {
    const value = new Float64Array(1);
    const gradient = new Float64Array(params.length);
    await objective.evaluate({ count: 1, models: new Int32Array(1), params, value, gradient, keepModes: false, ...(adjoint === undefined ? {} : { adjoint }) });
    return { value: value[0]!, gradient };
  };
}

const STRUCTURES: Record<string, readonly [terms: readonly number[], onExcess: number, crossed: boolean]> = { 'one factor': [[1, 1], 1, false], slopes: [[2, 2], 1, false], crossed: [[1, 1], 1, true], three: [[1, 2, 1], 2, true], 'excess only': [[1], 1, false] };

describe.each(FAMILIES)('%s', (family) => {
  test.each(Object.entries(STRUCTURES))('gradient agrees with differences, %s', async (_structure, shape) => {
    const { design, response, params } = inflated(family, ...shape);
    const at = await evaluator(design, response);
    const { value, gradient } = await at(params);
    expect(Number.isFinite(value)).toBe(true);
    for (let j = 0; j < params.length; j++) {
      const h = 2e-4;
      const shifted = async (by: number) => (await at(params.map((own, i) => own + (i === j ? by : 0)))).value;
      const slope = (8 * ((await shifted(h)) - (await shifted(-h))) - ((await shifted(2 * h)) - (await shifted(-2 * h)))) / (12 * h);
      expect(Math.abs(slope - gradient[j]!)).toBeLessThan(1e-6 * (1 + Math.abs(gradient[j]!)));
    }
  });
});

test('with nAGQ = 0 the fixed effects are at the joint mode', async () => {
  const { design, response } = inflated('nbinom2', [1, 1], 1, false);
  const fit = await fitBatch(design, { nModels: 1, response }, { nAGQ: 0, backend: 'cpu', workers: 1, standardErrors: 'wls' });
  expect(fit.status[0]).toBeLessThan(2);
  const params = Float64Array.from(fit.params, (column) => column[0]!);
  const objective = createCpuObjective(design, { nAGQ: 1, information: 'observed' });
  await objective.load({ nModels: 1, response }, 0, 1);
  const score = new Float64Array(2);
  await objective.profile({ count: 1, models: new Int32Array(1), params, weights: 'observed', score, schur: new Float64Array(4) });
  score.forEach((value) => { expect(Math.abs(value)).toBeLessThan(1e-5); });
});

test('the Laplace approximation is the integral where it is nearly normal', async () => {
  const { design, params } = inflated('poisson', [1, 1], 1, false);
  const large = params.slice();
  large[0] = 3;
  // Small standard deviations: the integrand is a normal density but for terms of fourth order.
  large[2] = 0.05;
  large[3] = 0.08;
  const response = new Float64Array(design.nobs);
  createSimulator(design, large).simulate(0, 8, response, 0);
  const { value } = await (await evaluator(design, response))(large);
  const family = familyOf(design);
  const steps = 81;
  const nodes = Array.from({ length: steps }, (_, k) => -6 + (12 * k) / (steps - 1));
  const levels = design.random[0]!.levels.length;
  const empty = { design, params: large, modes: new Float64Array(2 * levels) };
  const { eta, auxiliaryOf } = linearPredictors(empty);
  let total = 0;
  for (let level = 0; level < levels; level++) {
    const rows = [...design.random[0]!.index.keys()].filter((i) => design.random[0]!.index[i] === level);
    let sum = 0;
    for (const u of nodes) {
      for (const v of nodes) {
        const log = rows.reduce((part, i) => {
          const at = eta[i]! + large[2]! * u * design.random[0]!.z[i]!;
          const pi = 1 / (1 + Math.exp(-(auxiliaryOf(i)[0]! + large[3]! * v * design.random[1]!.z[i]!)));
          const mu = family.mean(at);
          const y = response[i]!;
          const density = (1 - pi) * Math.exp(y * Math.log(mu) - mu + family.constant(y, 1, 1)) + (y === 0 ? pi : 0);
          return part + (design.weights?.[i] ?? 1) * Math.log(density);
        }, 0);
        sum += Math.exp(log - 0.5 * (u * u + v * v));
      }
    }
    total += Math.log((sum * (12 / (steps - 1)) ** 2) / (2 * Math.PI));
  }
  expect(Math.abs(value - total)).toBeLessThan(2e-3);
});

test('a simulated model gives its parameters back, on the backend that can fit it', async () => {
  const random = generator(9);
  const g = Array.from({ length: 1500 }, (_, i) => `g${i % 60}`);
  const x = g.map(() => random() - 0.5);
  const start = await glmm('y ~ x + (1 | g)', { g, x, y: x.map((_, i) => i % 4) }, { family: 'poisson', ziformula: '~ 1 + (1 | g)' });
  const truth = Float64Array.of(1.2, 0.6, 0.5, 0.9, -0.4);
  const response = new Float64Array(1500);
  createSimulator(start.design, truth).simulate(0, 4, response, 0);
  const fit = await start.refit(response);
  expect(fit.status).toBe('converged');
  fit.params.forEach((value, j) => { expect(Math.abs(value - truth[j]!) / Math.sqrt(fit.covariance[j * 5 + j]!)).toBeLessThan(3.5); });
  const refits = await fit.bootstrap({ nsim: 8, seed: 2, backend: 'auto', workers: 1 });
  expect(refits.counts.converged).toBe(8);
  expect(refits.backend).toMatchObject({ backend: 'cpu', reason: expect.stringContaining('zero inflation') as string });
  expect(refits.parameters).toContain('sd_zi.(Intercept)|g');
  await expect(fit.bootstrap({ nsim: 2, seed: 2, method: 'levels' })).rejects.toThrow(/single grouping factor/);
});
