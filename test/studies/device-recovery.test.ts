import { describe, expect, test } from 'vitest';
import { DeviceError, OptionError } from '../../src/errors.js';
import type { EngineResources } from '../../src/fit/engine-resources.js';
import { type FitBatchOptions, fitBatch } from '../../src/fit/fit-batch.js';
import type { BatchFit } from '../../src/model/batch-fit.js';
import { referenceFits, referenceFrame } from '../helpers/reference.js';
import { type FakeOptions, type FakeLog, fakeEngine } from './fake-device.js';

const cbpp = referenceFits.find((fit) => fit.id === 'cbpp--laplace-lme4')!;
const { design } = referenceFrame(cbpp);
const params = Float64Array.from([...cbpp.fixef.estimate, ...cbpp.theta!.estimate]);
const B = 230;
const batch = { nModels: B, response: { kind: 'simulate', params, seed: 2, first: 0 }, start: params } as const;
const expected = fitBatch(design, batch, { backend: 'cpu', workers: 1 });

/** Runs the batch on fake devices and checks what must hold whatever happens to them. */
async function run(
  fake: FakeOptions, options: FitBatchOptions = {}, backend: 'auto' | 'webgpu' = 'webgpu',
): Promise<{ fits: BatchFit; log: FakeLog; engine: EngineResources }> {
  const { engine, log } = fakeEngine(backend, fake);
  const seen = new Int32Array(B);
  const fits = await fitBatch(design, batch, { engine, check: 4, ...options, onChunk: ({ from, to }) => { for (let b = from; b < to; b++) seen[b]!++; } });
  expect(seen.every((count) => count === 1), 'every replicate exactly once').toBe(true);
  const { logLik, params: estimates, status } = await expected;
  expect(fits.status).toEqual(status);
  expect(fits.logLik).toEqual(logLik);
  expect(fits.params).toEqual(estimates);
  expect(log.objectivesAlive).toBe(0);
  await engine.dispose();
  expect(log.disposed).toBe(log.acquired);
  return { fits, log, engine };
}

describe('a device that lives', () => {
  test('does it all, two chunks in flight, and is checked in float64', async () => {
    const { fits, log } = await run({});
    const { check, ...report } = fits.backend;
    expect(report).toEqual({ backend: 'webgpu', device: 'fake device 0', reason: "backend 'webgpu' was asked for", devicesLost: 0 });
    expect(check!.models).toBe(4);
    // The float64 refits are polished by a Newton step with the Hessian, which the batch does not compute.
    expect(check!.maxErrorInStandardErrors).toBeLessThan(1e-4);
    expect(check!.maxLogLikDifference).toBeLessThan(1e-9);
    expect(log.capacities).toEqual([50, 50]);
  });

  test('a small batch is split between the two objectives; chunk caps the size', async () => {
    const { engine, log } = fakeEngine('webgpu', {});
    await fitBatch(design, { ...batch, nModels: 9 }, { engine });
    expect(log.capacities).toEqual([5, 5]);
    expect((await run({}, { chunk: 20 })).log.capacities).toEqual([20, 20]);
  });

  test('the check finds the error of the device', async () => {
    const { engine } = fakeEngine('webgpu', { error: 0.25 });
    const { check } = (await fitBatch(design, batch, { engine, check: 6 })).backend;
    expect(check!.models).toBe(6);
    expect(check!.maxLogLikDifference).toBeCloseTo(0.25, 9);
    const without = await fitBatch(design, batch, { engine, check: 0 });
    expect(without.backend.check).toBeNull();
  });
});

describe('a device that is lost', () => {
  test.each([0, 1, 2, 3, 17, 40, 61])('at evaluation %i: another one goes on with half the chunk', async (at) => {
    const { fits, log } = await run({ losses: [at] });
    expect(fits.backend).toMatchObject({ backend: 'webgpu', device: 'fake device 1', devicesLost: 1 });
    expect(log.capacities.slice(0, 2)).toEqual([50, 50]);
    // Half, or what is left shared by two.
    for (const capacity of log.capacities.slice(-2)) expect(capacity).toBeLessThanOrEqual(25);
  });

  test('the loss may become known after the failure it causes', async () => {
    expect((await run({ losses: [9], lateNews: true })).fits.backend.devicesLost).toBe(1);
  });

  test('again and again: float64 does the rest, and the result says so', async () => {
    const { fits, log } = await run({ losses: [30, 30, 30, 30] });
    expect(log.acquired).toBe(4);
    expect(fits.backend.backend).toBe('webgpu');
    expect(fits.backend.devicesLost).toBe(4);
    expect(fits.backend.reason).toMatch(/the device was lost 4 times \(fake loss\), so that \d+ models were fitted in float64 on 1 thread/);
  });

  test('and no other can be had: float64 does the rest', async () => {
    const { fits } = await run({ losses: [30], available: 1 });
    expect(fits.backend.reason).toMatch(/no other one can be had: the adapter is gone, so that \d+ models/);
  });

  test('before anything was done, and no other can be had: the result is a float64 result', async () => {
    const { fits } = await run({ losses: [0], available: 1 });
    expect(fits.backend).toMatchObject({ backend: 'cpu', device: '1 thread', devicesLost: 1, check: null });
  });
});

describe('choice of backend', () => {
  test('auto takes hardware', async () => {
    expect((await run({}, {}, 'auto')).fits.backend).toMatchObject({ backend: 'webgpu', reason: 'a hardware WebGPU adapter is there' });
  });

  test('auto leaves a software adapter alone; asking for it takes it', async () => {
    const { fits } = await run({ software: true }, {}, 'auto');
    expect(fits.backend).toMatchObject({
      backend: 'cpu', device: '1 thread', reason: 'no hardware WebGPU adapter: the only adapter is a software one (fake)',
    });
    expect((await run({ software: true }, { backend: 'webgpu' }, 'auto')).fits.backend.backend).toBe('webgpu');
  });

  test('auto falls back for a design the device does not take; webgpu says why not', async () => {
    const refuses = new OptionError('design has 99 columns');
    const { fits } = await run({ refuses }, {}, 'auto');
    expect(fits.backend).toMatchObject({ backend: 'cpu', reason: 'WebGPU does not take this model: design has 99 columns' });
    await expect(run({ refuses })).rejects.toBe(refuses);
  });

  test('webgpu without a device is an error that names the remedy', async () => {
    await expect(run({ available: 0 })).rejects.toThrow(DeviceError);
    await expect(run({ available: 0 })).rejects.toThrow(/no WebGPU device: the adapter is gone; use backend 'cpu' or 'auto'/);
  });

  test('a failure that is no loss is not hidden', async () => {
    const refuses = new Error('a bug');
    await expect(run({ refuses }, {}, 'auto')).rejects.toBe(refuses);
  });
});

test('an engine that is disposed of ends the run: no fallback works on behind the caller\'s back', async () => {
  const { engine } = fakeEngine('webgpu', { disposalIsLoss: true });
  const fits = fitBatch(design, batch, { engine, onProgress: ({ done }) => { if (done > 20) void engine.dispose(); } });
  await expect(fits).rejects.toThrow(/disposed/);
});

test('cancellation ends both chunks, and the device can be used again', async () => {
  const { engine, log } = fakeEngine('webgpu', { capacity: 10 });
  const controller = new AbortController();
  const reason = new Error('enough');
  await expect(fitBatch(design, batch, {
    engine, signal: controller.signal, onProgress: ({ done }) => { if (done > 20) controller.abort(reason); },
  })).rejects.toBe(reason);
  expect(log.objectivesAlive).toBe(0);
  expect((await fitBatch(design, batch, { engine })).logLik).toEqual((await expected).logLik);
  await engine.dispose();
  await expect(fitBatch(design, batch, { engine })).rejects.toThrow(/disposed/);
});
