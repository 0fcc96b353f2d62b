/** Random designs of every random part: the log-likelihood against whole matrices, the gradient against differences, in both solvers. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLmmSystem } from '../../src/lmm/system.js';
import type { CovarianceStructure } from '../../src/model/covariance-structure.js';
import { type Design, type RandomTerm, parameterLayout, thetaCount } from '../../src/model/design.js';
import { createCpuObjective } from '../../src/objective/cpu.js';
import { denseGaussian, denseLaplace } from '../helpers/dense-likelihood.js';
import { generator } from '../helpers/designs.js';

const STRUCTURES: readonly CovarianceStructure[] = ['unstructured', 'diagonal', 'isotropic', 'cs', 'homcs', 'ar1', 'hetar1'];
const NOBS = 36;

/** How the levels of a second factor lie among those of the first. */
type Layout = 'one factor' | 'nested' | 'crossed' | 'partially crossed';

interface Recipe {
  readonly layout: Layout;
  /** Structure, columns and factor (0 or 1) of each term. */
  readonly terms: readonly { readonly structure: CovarianceStructure; readonly q: number; readonly factor: number }[];
  readonly seed: number;
}

const recipes = (layout: Layout): fc.Arbitrary<Recipe> => fc.record({
  layout: fc.constant(layout),
  terms: fc.array(fc.record({ structure: fc.constantFrom(...STRUCTURES), q: fc.integer({ min: 1, max: 3 }), factor: fc.integer({ min: 0, max: 1 }) }), { minLength: 1, maxLength: 3 })
    // A common correlation needs two columns.
    .map((terms) => terms.map((term) => ({ ...term, q: ['unstructured', 'diagonal', 'isotropic'].includes(term.structure) ? term.q : Math.max(2, term.q) }))),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

function build({ layout, terms, seed }: Recipe, family: 'binomial' | 'poisson' | 'gaussian'): { design: Design; response: Float64Array; params: Float64Array; counts: number[] } {
  const random = generator(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const first = Int32Array.from({ length: NOBS }, (_, i) => i % 5);
  const second = first.map((a, i) => {
    if (layout === 'nested') return 2 * a + (Math.floor(i / 5) % 2);
    // Partially crossed: a level of the first factor meets three of the four levels.
    const b = i < 20 ? Math.floor(i / 5) : Math.floor(random() * 4);
    return layout === 'partially crossed' && b === a % 4 ? (b + 1) % 4 : b;
  });
  const factors = [{ group: 'a', index: first }, layout === 'one factor' ? { group: 'a', index: first } : { group: 'b', index: second }] as const;
  const made = terms.map(({ structure, q, factor }, t): RandomTerm => {
    const { group, index } = factors[factor]!;
    // Indicators, as of a factor, for every other term; numbers else.
    const indicators = Array.from({ length: NOBS }, () => Math.floor(random() * q));
    return {
      group, index, covariance: structure,
      levels: Array.from({ length: Math.max(...index) + 1 }, (_, level) => `l${level}`),
      names: Array.from({ length: q }, (_, j) => `t${t}c${j}`),
      z: Float64Array.from({ length: NOBS * q }, (_, at) => (t % 2 === 1 ? (indicators[Math.floor(at / q)] === at % q ? 1 : 0) : at % q === 0 ? 1 : 0.7 * normal())),
    };
  });
  const design: Design = {
    nobs: NOBS, fixedNames: ['one', 'x'], x: Float64Array.from({ length: 2 * NOBS }, (_, at) => (at % 2 === 0 ? 1 : normal())),
    random: made, family, link: family === 'binomial' ? 'logit' : family === 'poisson' ? 'log' : 'identity', trials: null, weights: null, offset: null, auxiliary: [],
  };
  const counts = made.map(thetaCount);
  // Standard deviations of neither sign near zero: the definition inverts the covariance.
  const theta = made.flatMap((term, t) => Array.from({ length: counts[t]! }, () => (0.4 + 0.6 * random()) * (random() < 0.3 ? -1 : 1)));
  const params = Float64Array.of(0.2, -0.3, ...theta);
  const response = Float64Array.from({ length: NOBS }, () => (family === 'gaussian' ? 2 * normal() : family === 'binomial' ? Math.round(random()) : Math.floor(4 * random())));
  return { design, response, params, counts };
}

/** Fourth-order central differences against a gradient. */
async function expectGradient(value: (point: Float64Array) => number | Promise<number>, point: Float64Array, gradient: Float64Array): Promise<void> {
  const step = 2e-4;
  for (let j = 0; j < point.length; j++) {
    const at = async (by: number): Promise<number> => {
      const moved = point.slice();
      moved[j]! += by;
      return value(moved);
    };
    const slope = (8 * ((await at(step)) - (await at(-step))) - ((await at(2 * step)) - (await at(-2 * step)))) / (12 * step);
    expect(Math.abs(slope - gradient[j]!)).toBeLessThan(1e-6 * (1 + Math.abs(slope)));
  }
}

describe.each(['one factor', 'nested', 'crossed', 'partially crossed'] as const)('%s', (layout) => {
  test.each(['binomial', 'poisson'] as const)('%s: Laplace likelihood and gradient', async (family) => {
    await fc.assert(fc.asyncProperty(recipes(layout), async (recipe) => {
      const { design, response, params, counts } = build(recipe, family);
      const objective = createCpuObjective(design, { nAGQ: 1, information: 'observed' }, { capacity: 1 });
      await objective.load({ nModels: 1, response }, 0, 1);
      const evaluate = async (point: Float64Array, gradient: Float64Array): Promise<number> => {
        const value = new Float64Array(1);
        await objective.evaluate({ count: 1, models: new Int32Array(1), params: point, value, gradient, keepModes: false });
        return value[0]!;
      };
      const gradient = new Float64Array(params.length);
      const value = await evaluate(params, gradient);
      const wanted = denseLaplace(design, response, params, counts);
      expect(Math.abs(value - wanted)).toBeLessThan(1e-9 * (1 + Math.abs(wanted)));
      await expectGradient((point) => evaluate(point, new Float64Array(params.length)), params, gradient);
    }), { numRuns: 12 });
  });

  test.each([true, false])('gaussian, REML %s: profiled likelihood and gradient', async (reml) => {
    await fc.assert(fc.asyncProperty(recipes(layout), async (recipe) => {
      const { design, response, params, counts } = build(recipe, 'gaussian');
      const { kernel } = createLmmSystem(design, reml);
      const sums = kernel.createSums();
      kernel.take(response, 0, null, sums);
      const { nFixed, nTheta } = parameterLayout(design);
      const theta = params.slice(nFixed, nFixed + nTheta);
      const gradient = new Float64Array(nTheta);
      const value = kernel.evaluate(sums, theta, gradient);
      const wanted = denseGaussian(design, response, theta, counts, reml);
      expect(Math.abs(value - wanted)).toBeLessThan(1e-9 * (1 + Math.abs(wanted)));
      await expectGradient((point) => kernel.evaluate(sums, point, null), theta, gradient);
    }), { numRuns: 20 });
  });
});
