/** The WebGPU objective against its float64 twin: values, gradients, modes, profiles, for every family, link and structure. */
import { expect, test } from 'vitest';
import { linksOf } from '../../src/families/registry.js';
import type { Batch } from '../../src/model/batch.js';
import type { Integration } from '../../src/objective/objective.js';
import { createWebGpuObjective } from '../../src/objective/webgpu.js';
import { type RandomDesign, crossedDesign, generator, randomDesign } from '../helpers/designs.js';
import { describeGpu, gpu } from './adapter.js';
import { MODELS, compare, compareDesign, expectTwins } from './compare-objectives.js';

const families = (['binomial', 'poisson'] as const).flatMap((family) => linksOf(family).map((link) => ({ family, link })));

describeGpu('objective on the device', () => {
  test.each(families.flatMap((f) => [1, 5].map((nAGQ) => ({ ...f, nAGQ }))))('$family $link, nAGQ $nAGQ, one effect', async ({ nAGQ, ...f }) => {
    expectTwins(await compare({ ...f, terms: [1] }, { nAGQ, information: 'observed' }));
  });

  test.each(families.filter((f) => f.link !== 'logit'))('$family $link, expected information, two effects', async (f) => {
    expectTwins(await compare({ ...f, terms: [2] }, { nAGQ: 1, information: 'expected' }));
  });

  test.each([
    { terms: [2], nAGQ: 5 }, { terms: [1, 1], nAGQ: 1 }, { terms: [1, 1], nAGQ: 4 }, { terms: [2, 1], nAGQ: 1 }, { terms: [3], nAGQ: 3 },
    { terms: [2], covariance: 'diagonal' as const, nAGQ: 3 },
  ])('structure $terms $covariance, nAGQ $nAGQ', async ({ nAGQ, ...shape }) => {
    expectTwins(await compare({ family: 'binomial', link: 'logit', ...shape }, { nAGQ, information: 'observed' }));
    expectTwins(await compare({ family: 'poisson', link: 'log', ...shape }, { nAGQ, information: 'observed' }));
  });

  test.each([1, 2])('adjoint of the joint mode, %i effects', async (q) => {
    expectTwins(await compare({ family: 'binomial', link: 'probit', terms: [q] }, { nAGQ: 1, information: 'observed' }, { adjoint: true }));
  });

  test('groups of one row, and one group of thousands', async () => {
    expectTwins(await compare({ family: 'poisson', link: 'log', terms: [1], groups: 90, rows: 90 }, { nAGQ: 1, information: 'observed' }));
    expectTwins(await compare({ family: 'binomial', link: 'logit', terms: [2], groups: 1, rows: 4000 }, { nAGQ: 1, information: 'observed' }));
    expectTwins(await compare({ family: 'binomial', link: 'logit', terms: [1], groups: 300, rows: 3000 }, { nAGQ: 9, information: 'observed' }));
  });

  test('many fixed effects', async () => {
    expectTwins(await compare({ family: 'binomial', link: 'logit', terms: [1], groups: 20, rows: 400, fixed: 40 }, { nAGQ: 1, information: 'observed' }));
  });

  test('sizes, weights, offsets, covariates and group sizes of single models', async () => {
    const batch = ({ design }: RandomDesign): Partial<Batch> => {
      const random = generator(3);
      const n = design.nobs;
      const make = (width: number, draw: () => number) => Float64Array.from({ length: MODELS * n * width }, draw);
      const sizes = Int32Array.from({ length: MODELS * 7 }, (_, at) => (at % 7 === 6 ? n - 6 * 6 - 2 : 6));
      return {
        trials: make(1, () => 4 + Math.floor(3 * random())), weights: make(1, () => 0.5 + random()), offset: make(1, () => 0.2 * random()),
        x: make(2, () => random() - 0.5), z: make(2, () => random()), groupSizes: sizes,
      };
    };
    expectTwins(await compare({ family: 'binomial', link: 'logit', terms: [2] }, { nAGQ: 1, information: 'observed' }, { batch }));
    expectTwins(await compare({ family: 'binomial', link: 'logit', terms: [2] }, { nAGQ: 3, information: 'observed' }, { batch }));
  });

  test('infeasible parameters give NaN, and the next evaluation is sound again', async () => {
    const { design, response, params } = randomDesign({ family: 'poisson', link: 'identity', terms: [1] });
    const objective = await createWebGpuObjective(gpu.device, design, { nAGQ: 1, information: 'observed' });
    await objective.load({ nModels: 1, response }, 0, 1);
    const at = async (point: Float64Array) => {
      const value = new Float64Array(1);
      await objective.evaluate({
        count: 1, models: new Int32Array(1), params: point, value, gradient: new Float64Array(params.length), keepModes: true,
      });
      return value[0]!;
    };
    const bad = params.slice();
    bad[0] = -5;
    expect(await at(bad)).toBeNaN();
    expect(Number.isFinite(await at(params))).toBe(true);
    objective.dispose();
  });
});

describeGpu('several grouping factors on the device', () => {
  const structures = { crossed: [[1], [1]], slopes: [[2], [1]], three: [[1], [1], [2]] } as const;
  const expectTwinsOf = async (f: (typeof families)[number], structure: keyof typeof structures, information: Integration['information'], adjoint: boolean): Promise<void> => {
    expectTwins(await compareDesign(crossedDesign(f, structures[structure], structure === 'three'), { nAGQ: 1, information }, { adjoint }));
  };

  // Every pair of a family, an information, a structure and an adjoint meets, not all of them with all: each is a pipeline, seconds of compiling on a
  // software adapter.
  test.each(families.flatMap((f) => (['observed', 'expected'] as const).map((information) => ({ ...f, information }))))(
    '$family $link, $information', async ({ information, ...f }) => {
      await expectTwinsOf(f, 'crossed', information, information === 'expected');
      await expectTwinsOf(f, 'slopes', information, information === 'observed');
    });

  test.each(families.filter(({ link }) => link === 'logit' || link === 'identity').flatMap((f) => [false, true].map((adjoint) => ({ ...f, adjoint }))))(
    'three factors, nested: $family $link, adjoint $adjoint', async ({ adjoint, ...f }) => {
      await expectTwinsOf(f, 'three', 'observed', adjoint);
      await expectTwinsOf(f, 'three', 'expected', adjoint);
    });
});
