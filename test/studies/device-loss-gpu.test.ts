/** A real device destroyed in the middle of a batch (fakes cover the rest: device-recovery.test.ts). */
import { expect, test } from 'vitest';
import { acquireBatchDevice } from '../../src/fit/batch-webgpu.js';
import { EngineResources, type OwnedDevice } from '../../src/fit/engine-resources.js';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { describeGpu } from '../gpu/adapter.js';
import { referenceFits, referenceFrame } from '../helpers/reference.js';

describeGpu('a WebGPU device that is lost', () => {
  test('is replaced; every replicate is fitted once and as without the loss', async () => {
    const cbpp = referenceFits.find((fit) => fit.id === 'cbpp--laplace-lme4')!;
    const { design } = referenceFrame(cbpp);
    const params = Float64Array.from([...cbpp.fixef.estimate, ...cbpp.theta!.estimate]);
    const batch = { nModels: 300, response: { kind: 'simulate', params, seed: 1, first: 0 }, start: params } as const;
    const devices: OwnedDevice[] = [];
    await using engine = new EngineResources({ backend: 'webgpu', workers: 1 }, async (allowSoftware) => {
      const device = await acquireBatchDevice(allowSoftware);
      if (!('unavailable' in device)) devices.push(device);
      return device;
    });
    const seen = new Int32Array(300);
    const fits = await fitBatch(design, batch, {
      engine, chunk: 50,
      onChunk: ({ from, to }) => {
        for (let b = from; b < to; b++) seen[b]!++;
        // The other chunk is on the device at this moment.
        if (devices.length === 1) devices[0]!.dispose();
      },
    });
    expect(fits.backend).toMatchObject({ backend: 'webgpu', devicesLost: 1 });
    expect(devices.length).toBe(2);
    expect(seen.every((count) => count === 1)).toBe(true);
    const exact = await fitBatch(design, batch, { backend: 'cpu', workers: 1 });
    expect(fits.status).toEqual(exact.status);
    fits.logLik.forEach((value, b) => { expect(Math.abs(value - exact.logLik[b]!)).toBeLessThan(1e-3); });
  });
});
