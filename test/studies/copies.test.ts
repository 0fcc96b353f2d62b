/** Copies of rows and levels by counting equal copies of the data. */
import { describe, expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import type { Batch } from '../../src/model/batch.js';
import type { BatchFit } from '../../src/model/batch-fit.js';
import type { Design } from '../../src/model/design.js';
import { STATUS } from '../../src/model/status.js';
import { createSimulator } from '../../src/random/simulate.js';
import { type Shape, randomDesign } from '../helpers/designs.js';

type Options = Parameters<typeof fitBatch>[2];
const LEVEL_COPIES = [2, 0, 1, 3, 1, 1, 0, 2, 1];

/** The design and response with the rows `from`, each belonging to the level `level`. */
function copied(design: Design, y: Float64Array, from: readonly number[], level: readonly number[], levels: number): { design: Design; y: Float64Array } {
  const rows = <T extends Float64Array | null>(values: T, width = 1): T =>
    (values === null ? null : Float64Array.from(from.flatMap((i) => [...values.subarray(i * width, (i + 1) * width)]))) as T;
  return {
    design: {
      ...design, nobs: from.length, x: rows(design.x, design.fixedNames.length), trials: rows(design.trials), weights: rows(design.weights), offset: rows(design.offset),
      random: design.random.map((term) => ({
        ...term, z: rows(term.z, term.names.length), index: Int32Array.from(level), levels: Array.from({ length: levels }, (_, l) => `l${l}`),
      })),
    },
    y: rows(y),
  };
}

function withLevels(design: Design, y: Float64Array): { design: Design; y: Float64Array } {
  const from: number[] = [];
  const level: number[] = [];
  let next = 0;
  LEVEL_COPIES.forEach((copies, g) => {
    for (let c = 0; c < copies; c++, next++) design.random[0]!.index.forEach((own, i) => { if (own === g) { from.push(i); level.push(next); } });
  });
  return copied(design, y, from, level, next);
}

function data(shape: Shape): { design: Design; y: Float64Array } {
  const { design, response, params } = randomDesign({ groups: LEVEL_COPIES.length, rows: 90, ...shape });
  if (shape.family !== 'gaussian') return { design, y: response };
  const y = new Float64Array(design.nobs);
  createSimulator(design, params.map((value, j) => (j === params.length - 1 ? 0.7 : j >= 2 ? 0.8 : value))).simulate(3, 1, y, 0);
  return { design, y };
}

const fit = (design: Design, batch: Omit<Batch, 'nModels'>, options: Options): Promise<BatchFit> =>
  fitBatch(design, { nModels: 1, ...batch }, { backend: 'cpu', workers: 1, standardErrors: 'hessian', ...options });

function expectSame(a: BatchFit, b: BatchFit): void {
  expect(a.logLik[0]!).toBeCloseTo(b.logLik[0]!, 7);
  a.params.forEach((column, j) => {
    expect(Math.abs(column[0]! - b.params[j]![0]!)).toBeLessThan(2e-5);
    const [own, other] = [a.standardErrors![j]![0]!, b.standardErrors![j]![0]!];
    if (Number.isFinite(other)) expect(own / other).toBeCloseTo(1, 3);
  });
}

describe.each<[string, Shape, Options]>([
  ['binomial, Laplace', { family: 'binomial', link: 'logit', terms: [1] }, {}],
  ['binomial, quadrature', { family: 'binomial', link: 'logit', terms: [1] }, { nAGQ: 7 }],
  ['binomial, joint mode', { family: 'binomial', link: 'logit', terms: [1] }, { nAGQ: 0, standardErrors: 'wls' }],
  ['Poisson, two effects', { family: 'poisson', link: 'log', terms: [2] }, {}],
  ['Poisson, two effects, quadrature', { family: 'poisson', link: 'log', terms: [2] }, { nAGQ: 3 }],
  ['gaussian, REML', { family: 'gaussian', link: 'identity', terms: [1] }, {}],
  ['gaussian, two effects, ML', { family: 'gaussian', link: 'identity', terms: [2] }, { REML: false }],
])('%s', (_, shape, options) => {
  const { design, y } = data(shape);
  test('copies of levels', async () => {
    const whole = withLevels(design, y);
    expectSame(await fit(design, { response: y, levelCopies: Float64Array.from(LEVEL_COPIES) }, options), await fit(whole.design, { response: whole.y }, options));
  });

  test('copies of rows', async () => {
    const copies = Float64Array.from({ length: design.nobs }, (__, i) => [1, 0, 2, 1, 3, 1, 0][i % 7]!);
    const from = [...copies.keys()].flatMap((i) => new Array<number>(copies[i]!).fill(i));
    const whole = copied(design, y, from, from.map((i) => design.random[0]!.index[i]!), LEVEL_COPIES.length);
    const own = shape.family === 'gaussian' ? { rowCopies: copies } : { weights: copies.map((times, i) => times * design.weights![i]!) };
    expectSame(await fit(design, { response: y, ...own }, options), await fit(whole.design, { response: whole.y }, options));
  });
});

test('rows that do not determine a linear mixed model are its status, and no trouble for the others', async () => {
  const { design, y } = data({ family: 'gaussian', link: 'identity', terms: [1] });
  const copies = new Float64Array(2 * design.nobs).fill(1);
  copies.fill(0, 1, design.nobs);
  const both = await fitBatch(design, { nModels: 2, response: Float64Array.from([...y, ...y]), rowCopies: copies }, { backend: 'cpu', workers: 1 });
  expect([...both.status]).toEqual([STATUS.nonFinite, STATUS.converged]);
});

test('what cannot be counted is refused', async () => {
  const { design, y } = data({ family: 'binomial', link: 'logit', terms: [1] });
  const ones = new Float64Array(LEVEL_COPIES.length).fill(1);
  await expect(fit(design, { response: y, rowCopies: new Float64Array(design.nobs) }, {})).rejects.toThrow(/multiply the weights instead/);
  await expect(fit(design, { response: y, levelCopies: ones.map(() => -1) }, {})).rejects.toThrow(/levelCopies holds a value/);
  await expect(fit(design, { response: y, levelCopies: ones.subarray(1) }, {})).rejects.toThrow(/levelCopies has 8 values/);
  await expect(fit(design, { response: y, levelCopies: ones }, { backend: 'webgpu' })).rejects.toThrow(/counted in float64/);
});
