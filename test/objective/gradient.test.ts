import { describe, expect, test } from 'vitest';
import { getFamily, linksOf } from '../../src/families/registry.js';
import { createCpuObjective } from '../../src/objective/cpu.js';
import type { Integration } from '../../src/objective/objective.js';
import { type Shape, crossedDesign, randomDesign } from '../helpers/designs.js';
import { ALL_PARTS, derivativeRows, fisher } from '../../src/families/family.js';

async function evaluator(shape: Shape, integration: Integration) {
  const { design, response, params } = randomDesign(shape);
  const objective = createCpuObjective(design, integration);
  await objective.load({ nModels: 1, response }, 0, 1);
  const models = new Int32Array(1);
  const at = async (point: Float64Array) => {
    const value = new Float64Array(1);
    const gradient = new Float64Array(objective.nParams);
    await objective.evaluate({ count: 1, models, params: point, value, gradient, keepModes: false });
    return { value: value[0]!, gradient };
  };
  return { at, params };
}

const all = (['binomial', 'poisson'] as const).flatMap((family) => linksOf(family).map((link) => ({ family, link })));

describe('log-density derivatives agree with central differences', () => {
  test.each(all)('$family $link', ({ family, link }) => {
    const f = getFamily(family, link);
    const negative = family === 'binomial' && link === 'log';
    const positive = link === 'identity' || link === 'sqrt';
    // Beyond η = 2.5 the cloglog mean is 1 to the last bit and its variance 0.
    const grid = [-6, -3, -1.3, -0.2, 0.15, 0.9, 2.5, link === 'cloglog' ? 1.7 : 5].map((x) => (negative ? -Math.abs(x) : positive ? Math.abs(x) : x));
    const one = Float64Array.of(1.5);
    for (const eta of grid) {
      for (const [y, m] of [[0, 3], [2, 3], [3, 3]] as const) {
        const at = (x: number) => {
          const rows = derivativeRows(1);
          const l = f.evaluate(Float64Array.of(x), Float64Array.of(y), Float64Array.of(m), one, 0, 1, ALL_PARTS, rows, []);
          return { l, d1: rows.d1[0]!, w: rows.w[0]!, dw: rows.dw[0]!, we: fisher(f, rows).weight[0]!, dwe: fisher(f, rows).derivative[0]! };
        };
        const h = 1e-5;
        const [low, mid, high] = [at(eta - h), at(eta), at(eta + h)];
        const near = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThan(2e-8 * (1 + Math.abs(b)) * 20);
        near((high.l - low.l) / (2 * h), mid.d1);
        near(-(high.d1 - low.d1) / (2 * h), mid.w);
        near((high.w - low.w) / (2 * h), mid.dw);
        near((high.we - low.we) / (2 * h), mid.dwe);
        // Expected weight: (dμ/dη)² / variance per trial.
        const size = family === 'binomial' ? m : 1;
        near(mid.we, (1.5 * size * f.meanDerivative(eta) ** 2) / f.variance(f.mean(eta)));
        expect(f.linkOf(f.mean(eta))).toBeCloseTo(eta, 6);
      }
    }
  });
});

describe('gradient of the log-likelihood agrees with central differences', () => {
  const shapes: Omit<Shape, 'family' | 'link'>[] = [
    { terms: [1] }, { terms: [2] }, { terms: [1, 1] }, { terms: [2, 1], groups: 5 }, { terms: [2], covariance: 'diagonal' },
  ];
  const cases = all.flatMap((f) => shapes.flatMap((shape) => [1, 5].flatMap((nAGQ) =>
    (['observed', 'expected'] as const).map((information) => ({ ...f, ...shape, nAGQ, information })))));
  test.each(cases)('$family $link, terms $terms $covariance, nAGQ $nAGQ, $information', async ({ nAGQ, information, ...shape }) => {
    const { at, params } = await evaluator(shape, { nAGQ, information });
    const { value, gradient } = await at(params);
    expect(Number.isFinite(value)).toBe(true);
    for (let j = 0; j < params.length; j++) {
      const h = 2e-4;
      const shifted = async (by: number) => {
        const point = params.slice();
        point[j]! += by;
        return (await at(point)).value;
      };
      // Fourth-order central difference.
      const slope = (8 * ((await shifted(h)) - (await shifted(-h))) - ((await shifted(2 * h)) - (await shifted(-2 * h)))) / (12 * h);
      expect(Math.abs(slope - gradient[j]!)).toBeLessThan(2e-7 * (1 + Math.abs(gradient[j]!)));
    }
  });
});

describe('several grouping factors: gradient agrees with central differences', () => {
  const structures = { crossed: [[1], [1]], slopes: [[2], [1]], three: [[1], [1], [2]], nested: [[1], [2]] } as const;
  const cases = all.flatMap((f) => Object.keys(structures).flatMap((structure) =>
    (['observed', 'expected'] as const).map((information) => ({ ...f, structure: structure as keyof typeof structures, information }))));
  test.each(cases)('$family $link, $structure, $information', async ({ structure, information, ...f }) => {
    const made = crossedDesign(f, structures[structure], structure === 'nested');
    const objective = createCpuObjective(made.design, { nAGQ: 1, information });
    await objective.load({ nModels: 1, response: made.response }, 0, 1);
    const at = async (point: Float64Array) => {
      const value = new Float64Array(1);
      const gradient = new Float64Array(objective.nParams);
      await objective.evaluate({ count: 1, models: new Int32Array(1), params: point, value, gradient, keepModes: false });
      return { value: value[0]!, gradient };
    };
    const { params } = made;
    const { value, gradient } = await at(params);
    expect(Number.isFinite(value)).toBe(true);
    for (let j = 0; j < params.length; j++) {
      const h = 2e-4;
      const shifted = async (by: number) => {
        const point = params.slice();
        point[j]! += by;
        return (await at(point)).value;
      };
      const slope = (8 * ((await shifted(h)) - (await shifted(-h))) - ((await shifted(2 * h)) - (await shifted(-2 * h)))) / (12 * h);
      expect(Math.abs(slope - gradient[j]!)).toBeLessThan(2e-7 * (1 + Math.abs(gradient[j]!)));
    }
  });

  test('the sparse path gives what the path on groups gives', async () => {
    // Two factors that are the same one: as terms of one factor they take the path on groups.
    const { design, response, params } = randomDesign({ family: 'binomial', link: 'logit', terms: [2, 1] });
    const renamed = { ...design, random: design.random.map((term, t) => ({ ...term, group: `g${t}` })) };
    const run = async (d: typeof design) => {
      const objective = createCpuObjective(d, { nAGQ: 1, information: 'observed' });
      await objective.load({ nModels: 1, response }, 0, 1);
      const one = { count: 1, models: new Int32Array(1), params };
      const value = new Float64Array(1);
      const gradient = new Float64Array(params.length);
      await objective.evaluate({ ...one, value, gradient, keepModes: true });
      const score = new Float64Array(2);
      const schur = new Float64Array(4);
      await objective.profile({ ...one, weights: 'observed', score, schur });
      return [...value, ...gradient, ...score, ...schur];
    };
    const groups = await run(design);
    (await run(renamed)).forEach((value, i) => { expect(Math.abs(value - groups[i]!)).toBeLessThan(1e-9 * (1 + Math.abs(value))); });
  });
});
