import { describe, expect, test } from 'vitest';
import { DataError, OptionError } from '../../src/errors.js';
import { createEngine } from '../../src/fit/engine.js';
import { type FitBatchOptions, fitBatch } from '../../src/fit/fit-batch.js';
import type { Progress } from '../../src/fit/types.js';
import type { Batch } from '../../src/model/batch.js';
import type { BatchFit } from '../../src/model/batch-fit.js';
import { type Design, parameterLayout } from '../../src/model/design.js';
import { STATUS } from '../../src/model/status.js';
import { createSimulator } from '../../src/random/simulate.js';
import { randomDesign } from '../helpers/designs.js';
import { referenceFits, referenceFrame } from '../helpers/reference.js';

const cbpp = referenceFits.find((fit) => fit.id === 'cbpp--laplace-lme4')!;
const { design, response } = referenceFrame(cbpp);
const params = Float64Array.from([...cbpp.fixef.estimate, ...cbpp.theta!.estimate]);
const simulated = (nModels: number, first = 0): Batch => ({
  nModels, response: { kind: 'simulate', params, seed: 7, first }, start: params,
});
const cpu = { backend: 'cpu', workers: 1 } as const;

/** Everything that must not depend on how the work was divided. */
const numbers = ({ params: estimates, standardErrors, logLik, status, evaluations, decrement }: BatchFit): unknown => ({
  estimates, standardErrors, logLik, status, evaluations, decrement,
});

describe('division of work', () => {
  test('results do not depend on chunks, threads or an engine, to the last bit', async () => {
    const all = await fitBatch(design, simulated(300), { ...cpu, standardErrors: 'hessian' });
    expect(all.backend).toEqual({ backend: 'cpu', device: '1 thread', reason: "backend 'cpu' was asked for", devicesLost: 0, check: null });
    await using engine = await createEngine({ backend: 'cpu', workers: 2 });
    // The first use of the engine starts its workers.
    const big = await fitBatch(design, simulated(6000), { engine, standardErrors: 'hessian' });
    expect(big.backend.device).toBe('2 threads');
    expect(big.logLik.subarray(0, 300)).toEqual(all.logLik);
    for (const options of [{ engine }, { engine, chunk: 7 }, { ...cpu, chunk: 1 }, { ...cpu, chunk: 1000 }] satisfies FitBatchOptions[]) {
      expect(numbers(await fitBatch(design, simulated(300), { ...options, standardErrors: 'hessian' }))).toEqual(numbers(all));
    }
    // A later part of the stream is the same replicates.
    const tail = await fitBatch(design, simulated(50, 250), { engine, standardErrors: 'hessian' });
    expect(tail.logLik).toEqual(all.logLik.slice(250));
  });

  test.each<[string, Design, Partial<Batch>]>([
    // What a step may be follows from the response where the link has its units.
    ['square-root link', randomDesign({ family: 'poisson', link: 'sqrt', terms: [1], rows: 60 }).design, {}],
    ['own starts and one metric of gaussian models', randomDesign({ family: 'gaussian', link: 'identity', terms: [1], rows: 60 }).design, { metric: new Float64Array() }],
  ])('nor do they with %s', async (_, other, own) => {
    const { nParams: k } = parameterLayout(other);
    const generating = Float64Array.from({ length: k }, (__, j) => 1 + 0.1 * j);
    const batch: Batch = {
      nModels: 6, response: { kind: 'simulate', params: generating, seed: 2, first: 0 },
      ...(own.metric === undefined ? {} : {
        start: Float64Array.from({ length: 6 * k }, (__, at) => generating[at % k]! * (1 + Math.floor(at / k) / 4)),
        metric: Float64Array.from({ length: k * k }, (__, at) => (at % (k + 1) === 0 ? 0.1 : 0)),
      }),
    };
    const all = await fitBatch(other, batch, { ...cpu, chunk: 6 });
    expect(numbers(await fitBatch(other, batch, { ...cpu, chunk: 1 }))).toEqual(numbers(all));
  });

  test('drawing while fitting and fitting what was drawn are the same', async () => {
    const n = design.nobs;
    const drawn = new Float64Array(40 * n);
    const simulator = createSimulator(design, params);
    for (let b = 0; b < 40; b++) simulator.simulate(b, 7, drawn, b * n);
    const given = await fitBatch(design, { nModels: 40, response: drawn, start: params }, cpu);
    expect(numbers(await fitBatch(design, simulated(40), cpu))).toEqual(numbers(given));
  });

  test('every model is reported once to onChunk, and progress counts to the end', async () => {
    const seen = new Int32Array(6000);
    const progress: Progress[] = [];
    const fits = await fitBatch(design, simulated(6000), {
      backend: 'cpu', workers: 2,
      onProgress: (report) => { progress.push(report); },
      onChunk: ({ from, to, logLik }) => {
        for (let b = from; b < to; b++) {
          seen[b]!++;
          // Kept in the test's own column: compared with the result below.
          kept[b] = logLik[b - from]!;
        }
      },
    });
    expect(seen.every((count) => count === 1)).toBe(true);
    expect(fits.logLik).toEqual(kept);
    expect(progress[0]).toMatchObject({ done: 0, total: 6000 });
    expect(progress.at(-1)).toMatchObject({ done: 6000, secondsLeft: 0 });
    progress.forEach((report, i) => { if (i > 0) expect(report.done).toBeGreaterThan(progress[i - 1]!.done); });
  });
  const kept = new Float64Array(6000);
});

describe('batches that bring their own', () => {
  const nModels = 5;
  const shape = randomDesign({ family: 'binomial', link: 'logit', terms: [2], rows: 90 });

  test('trials, weights, offset, x and z per model: as the design with those numbers', async () => {
    const other = randomDesign({ family: 'binomial', link: 'logit', terms: [2], rows: 90, seed: 2 });
    const n = 90;
    const repeat = (values: Float64Array): Float64Array => Float64Array.from({ length: nModels * values.length }, (_, i) => values[i % values.length]!);
    const { design: theirs } = other;
    // Same levels: the grouping stays the design's.
    const reference = { ...theirs, random: [{ ...shape.design.random[0]!, z: theirs.random[0]!.z }] };
    const response = { kind: 'simulate', params: other.params, seed: 3, first: 0 } as const;
    const fits = await fitBatch(shape.design, {
      nModels, response, trials: repeat(theirs.trials ?? new Float64Array(n).fill(1)), weights: repeat(theirs.weights ?? new Float64Array(n).fill(1)),
      offset: repeat(theirs.offset ?? new Float64Array(n)), x: repeat(theirs.x), z: repeat(theirs.random[0]!.z),
    }, { ...cpu, chunk: 2 });
    const alone = await fitBatch(reference, { nModels, response }, cpu);
    // The optimiser takes the scale of its steps from the shared design: another path to the same maximum.
    expect(fits.status).toEqual(alone.status);
    fits.logLik.forEach((value, b) => { expect(value).toBeCloseTo(alone.logLik[b]!, 8); });
  });

  test('held parameters stay, per model or for all', async () => {
    const { nParams: k } = parameterLayout(design);
    const start = new Float64Array(3 * k);
    const held = new Uint8Array(3 * k);
    for (let b = 0; b < 3; b++) {
      start.set(params, b * k);
      start[b * k + 1] = 0 - 0.5 * b;
      held[b * k + 1] = 1;
    }
    const own = await fitBatch(design, { nModels: 3, response: { kind: 'simulate', params, seed: 7, first: 0 }, start, held }, { ...cpu, chunk: 2 });
    expect([...own.params[1]!]).toEqual([0, -0.5, -1]);
    const common = await fitBatch(
      design, { nModels: 3, response: { kind: 'simulate', params, seed: 7, first: 0 }, start: start.slice(k, 2 * k), held: held.slice(0, k) }, cpu,
    );
    expect([...common.params[1]!]).toEqual([-0.5, -0.5, -0.5]);
    expect(common.logLik[1]).toBe(own.logLik[1]);
  });

  test('a standard deviation that is not held leaves zero although a coefficient is held', async () => {
    const start = Float64Array.from([-1.5, 0, 0, 0, 0]);
    const fitFrom = (theta: number): Promise<BatchFit> => {
      start[4] = theta;
      return fitBatch(design, { nModels: 1, response, start, held: Uint8Array.of(1, 0, 0, 0, 0) }, cpu);
    };
    const [fromZero, fromInside] = [await fitFrom(0), await fitFrom(0.6)];
    expect(fromZero.params[4]![0]).toBeCloseTo(fromInside.params[4]![0]!, 4);
    expect(fromZero.status[0]).toBe(STATUS.converged);
    start[4] = 0;
    const held = await fitBatch(design, { nModels: 1, response, start, held: Uint8Array.of(1, 0, 0, 0, 1) }, cpu);
    expect(held.params[4]![0]).toBe(0);
  });

  test('a metric that is not positive definite ends no search', async () => {
    const batch = { nModels: 1, response, start: Float64Array.of(-1, -1, -1, -1, 0.5) } satisfies Batch;
    const fits = await fitBatch(design, { ...batch, metric: new Float64Array(25).fill(-1) }, cpu);
    expect(Math.abs(fits.logLik[0]! / cbpp.logLik - 1)).toBeLessThan(1e-9);
  });

  test('own group sizes', async () => {
    const levels = design.random[0]!.levels.length;
    const n = design.nobs;
    const sizes = Int32Array.from({ length: 2 * levels }, (_, g) => (g < levels ? 3 : 2));
    const x = new Float64Array(2 * n * 4);
    for (let i = 0; i < 2 * n; i++) {
      x[4 * i] = 1;
      if (i % 4 > 0) x[4 * i + (i % 4)] = 1;
    }
    const batch: Batch = {
      nModels: 2, response: { kind: 'simulate', params, seed: 1, first: 0 }, x, groupSizes: sizes, trials: new Float64Array(2 * n).fill(20), start: params,
    };
    const fits = await fitBatch(design, batch, { ...cpu, chunk: 1 });
    // The second model as an ordinary design of 2 rows per level.
    const rows = 2 * levels;
    const small = {
      ...design, nobs: rows, x: x.slice(n * 4, (n + rows) * 4), trials: new Float64Array(rows).fill(20),
      random: [{ ...design.random[0]!, index: Int32Array.from({ length: rows }, (_, i) => Math.floor(i / 2)), z: new Float64Array(rows).fill(1) }],
    };
    const alone = await fitBatch(small, { nModels: 1, response: { kind: 'simulate', params, seed: 1, first: 1 }, start: params }, cpu);
    fits.params.forEach((column, j) => { expect(column[1]).toBeCloseTo(alone.params[j]![0]!, 6); });
    expect(fits.logLik[1]).toBeCloseTo(alone.logLik[0]!, 8);
  });
});

describe('results', () => {
  test.each([NaN, 0.5, 1e3])('a response the family does not allow, %d, is a status of its model, and harms no other', async (notAllowed) => {
    const n = design.nobs;
    const three = new Float64Array(3 * n);
    for (let b = 0; b < 3; b++) three.set(response, b * n);
    three[n + 5] = notAllowed;
    const fits = await fitBatch(design, { nModels: 3, response: three, start: params }, cpu);
    expect([...fits.status]).toEqual([STATUS.converged, STATUS.nonFinite, STATUS.converged]);
    expect(fits.logLik[0]).toBe(fits.logLik[2]);
    expect(Math.abs(fits.logLik[0]! / cbpp.logLik - 1)).toBeLessThan(1e-9);
  });

  test('nAGQ and the kind of standard errors are passed on', async () => {
    const one = { nModels: 1, response, start: params } satisfies Batch;
    const agq = referenceFits.find((fit) => fit.id === 'cbpp--nagq0-lme4')!;
    const joint = await fitBatch(design, one, { ...cpu, nAGQ: 0, standardErrors: 'wls' });
    expect(Math.abs(joint.logLik[0]! / agq.logLik - 1)).toBeLessThan(1e-6);
    agq.fixef.seRX!.forEach((se, j) => { expect(joint.standardErrors![j]![0]! / se).toBeCloseTo(1, 3); });
    expect((await fitBatch(design, one, cpu)).standardErrors).toBeNull();
  });
});

describe('mistakes are told in one sentence', () => {
  const n = design.nobs;
  const fitWith = (batch: Partial<Batch>, options: Record<string, unknown> = {}): Promise<BatchFit> =>
    fitBatch(design, { nModels: 2, response: new Float64Array(2 * n), ...batch }, { ...cpu, ...options });

  test.each<[string, Partial<Batch>, RegExp]>([
    ['models', { nModels: 0 }, /nModels must be a positive integer, not 0/],
    ['response', { response: new Float64Array(n) }, /^response has 56 values; 2 models of 56 rows need 112$/],
    ['start', { start: new Float64Array(4) }, /start has 4 values; 2 models of 5 parameters need 10/],
    ['held without start', { held: new Uint8Array(5) }, /give the batch a start/],
    ['metric', { metric: new Float64Array(5) }, /metric has 5 values, 5 parameters need 25/],
    ['x', { x: new Float64Array(3) }, /x has 3 values/],
    ['simulated', { response: { kind: 'simulate', params: new Float64Array(2), seed: 1, first: 0 } }, /generating parameters have 2 values/],
    ['NaN parameters', { response: { kind: 'simulate', params: new Float64Array(5).fill(NaN), seed: 1, first: 0 } }, /not a finite number/],
    ['seed', { response: { kind: 'simulate', params, seed: -3, first: 0 } }, /seed must be an integer/],
    ['first', { response: { kind: 'simulate', params, seed: 3, first: 0.5 } }, /first replicate/],
    ['group sizes without x', { groupSizes: new Int32Array(30).fill(2) }, /needs its own x/],
    ['group sizes', { groupSizes: new Int32Array(30).fill(9), x: new Float64Array(2 * n * 4), trials: new Float64Array(2 * n) }, /model 0 add up to 135 rows/],
    ['metric with a gap', { metric: new Float64Array(25).fill(NaN) }, /metric holds a value that is not a finite number/],
    ['misspelt', { wieghts: new Float64Array(2 * n) } as Partial<Batch>, /no option 'wieghts' \(did you mean 'weights'\?\)/],
    ['list', { weights: new Array(2 * n).fill(1) as unknown as Float64Array }, /^weights must be a Float64Array, not a list$/],
    ['flags', { start: params, held: new Int8Array(5) as unknown as Uint8Array }, /^held must be a Uint8Array, not a Int8Array$/],
    ['unnamed kind', { response: { params, seed: 1, first: 0 } as unknown as Batch['response'] }, /kind of a response is 'simulate'/],
  ])('%s', async (_, batch, message) => {
    await expect(fitWith(batch)).rejects.toThrow(message);
    await expect(fitWith(batch)).rejects.toSatisfy((error) => error instanceof DataError || error instanceof OptionError);
  });

  test.each<[Record<string, unknown>, RegExp]>([
    [{ nAGQ: 101 }, /nAGQ/], [{ nAGQ: 1.5 }, /nAGQ/], [{ chunk: 0 }, /chunk/], [{ check: -1 }, /check/], [{ workers: 0 }, /workers/],
    [{ backend: 'webgp' }, /unknown backend 'webgp'.*did you mean 'webgpu'/], [{ information: 'fisher' }, /information/], [{ standardErrors: 'sandwich' }, /standardErrors/],
    [{ engine: createEngine() }, /needs an engine, not a promise; await it first/], [{ engine: {} }, /createEngine makes one/],
    [{ signal: new AbortController() }, /AbortSignal.*its \.signal/], [{ onProgress: 'yes' }, /^onProgress must be a function, not a string$/],
  ])('%o', async (options, message) => {
    await expect(fitWith({}, options)).rejects.toThrow(message);
    await expect(fitWith({}, options)).rejects.toThrow(OptionError);
  });

  test('trials for a Poisson model', async () => {
    const poisson = randomDesign({ family: 'poisson', link: 'log', terms: [1], rows: 30 });
    const rows = poisson.design.nobs;
    await expect(fitBatch(poisson.design, { nModels: 1, response: poisson.response, trials: new Float64Array(rows) }, cpu)).rejects.toThrow(/does not? have|do not have/);
  });
});

describe('cancellation', () => {
  const reason = new Error('enough');

  test.each([1, 2])('promptly with the signal\'s reason, %i thread(s)', async (workers) => {
    const controller = new AbortController();
    let aborted = 0;
    const fits = fitBatch(design, simulated(200_000), {
      backend: 'cpu', workers, signal: controller.signal,
      onProgress: ({ done }) => {
        if (done < 3000 || controller.signal.aborted) return;
        aborted = performance.now();
        controller.abort(reason);
      },
    });
    await expect(fits).rejects.toBe(reason);
    expect(performance.now() - aborted).toBeLessThan(4000);
  });

  test('a timer can fire while the calling thread computes', async () => {
    const begin = performance.now();
    await expect(fitBatch(design, simulated(200_000), { ...cpu, signal: AbortSignal.timeout(150) })).rejects.toThrow(/timeout/i);
    expect(performance.now() - begin).toBeLessThan(5000);
  });

  test('within one model, however large', async () => {
    const large = randomDesign({ family: 'binomial', link: 'logit', terms: [2], groups: 1000, rows: 100_000, fixed: 8 });
    const batch: Batch = { nModels: 1, response: large.response };
    await expect(fitBatch(large.design, batch, { ...cpu, signal: AbortSignal.timeout(20) })).rejects.toThrow(/timeout/i);
  });

  test('before it starts', async () => {
    await expect(fitBatch(design, simulated(10), { ...cpu, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test.each([1, 2])('by the end of the engine, %i thread(s)', async (workers) => {
    const engine = await createEngine({ backend: 'cpu', workers });
    const onProgress = ({ done }: Progress): void => { if (done > 3000) void engine.dispose(); };
    await expect(fitBatch(design, simulated(200_000), { engine, onProgress })).rejects.toThrow(/^the engine has been disposed of; create another one$/);
  });

  test('an engine survives it', async () => {
    await using engine = await createEngine({ backend: 'cpu', workers: 2 });
    const controller = new AbortController();
    const onProgress = ({ done }: Progress): void => { if (done > 3000) controller.abort(reason); };
    await expect(fitBatch(design, simulated(200_000), { engine, signal: controller.signal, onProgress })).rejects.toBe(reason);
    const fits = await fitBatch(design, simulated(20), { engine });
    expect(numbers(fits)).toEqual(numbers(await fitBatch(design, simulated(20), cpu)));
  });
});
