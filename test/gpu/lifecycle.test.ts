/** Devices that are lost, refuse or are given up: every call answers, with an error that says why. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DeviceError, OptionError } from '../../src/errors.js';
import { parameterLayout } from '../../src/model/design.js';
import type { Objective } from '../../src/objective/objective.js';
import { deviceCapacity } from '../../src/objective/device-sizes.js';
import { createWebGpuObjective } from '../../src/objective/webgpu.js';
import { type Shape, randomDesign } from '../helpers/designs.js';
import { anotherDevice, describeGpu, gpu } from './adapter.js';

const laplace = { nAGQ: 1, information: 'observed' as const };
const shape: Shape = { family: 'binomial', link: 'logit', terms: [1] };

/** The calls of an objective, on one loaded model. */
function calls(objective: Objective) {
  const { design, response, params } = randomDesign(shape);
  const { nParams: k, nFixed: p } = parameterLayout(design);
  const common = { count: 1, models: new Int32Array(1), params };
  return {
    load: () => objective.load({ nModels: 1, response }, 0, 1),
    evaluate: () => objective.evaluate({ ...common, value: new Float64Array(1), gradient: new Float64Array(k), keepModes: true }),
    profile: () => objective.profile({ ...common, weights: 'observed', score: new Float64Array(p), schur: new Float64Array(p * p) }),
    modes: () => objective.modes(0),
  };
}

/** What a promise was rejected with; fails when it is not settled within seconds. */
async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const late = new Promise((resolve) => setTimeout(resolve, 60_000, 'still pending'));
  return Promise.race([promise.then(() => 'fulfilled', (error: unknown) => error), late]);
}

/** A device that behaves like the real one except for what `replaced` holds. */
function disguised(replaced: Partial<Record<keyof GPUDevice, unknown>>): GPUDevice {
  return new Proxy(gpu.device, {
    get(device, name: keyof GPUDevice) {
      if (name in replaced) return replaced[name];
      const value: unknown = Reflect.get(device, name, device);
      return typeof value === 'function' ? (value as () => unknown).bind(device) : value;
    },
  });
}

describeGpu('life of an objective', () => {
  test('a device lost during a round: that round and all later calls reject', async () => {
    const { device } = await anotherDevice();
    const { design } = randomDesign(shape);
    const objective = await createWebGpuObjective(device, design, laplace);
    const { load, evaluate, profile, modes } = calls(objective);
    await load();
    const round = evaluate();
    const next = profile();
    // The round is submitted in the next turn of the event loop.
    await Promise.resolve();
    device.destroy();
    for (const call of [round, next, evaluate(), profile(), modes(), load()]) {
      const error = await rejection(call);
      expect(error).toBeInstanceOf(DeviceError);
      expect((error as DeviceError).message).toMatch(/^the WebGPU device was lost: /);
    }
    objective.dispose();
  });

  test('a device lost while its results are on the way', async () => {
    const { device } = await anotherDevice();
    const objective = await createWebGpuObjective(device, randomDesign({ ...shape, rows: 3000, groups: 300 }).design, { ...laplace, nAGQ: 25 });
    const { response } = randomDesign({ ...shape, rows: 3000, groups: 300 });
    await objective.load({ nModels: 1, response }, 0, 1);
    const round = objective.evaluate({
      count: 1, models: new Int32Array(1), params: Float64Array.of(0, 0, 1), value: new Float64Array(1), gradient: new Float64Array(3), keepModes: true,
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    device.destroy();
    const answer = await rejection(round);
    // On a fast device the results may have been first.
    if (answer !== 'fulfilled') expect(answer).toBeInstanceOf(DeviceError);
  });

  test('no objective on a lost device', async () => {
    const { device } = await anotherDevice();
    device.destroy();
    await device.lost;
    expect(await rejection(createWebGpuObjective(device, randomDesign(shape).design, laplace))).toBeInstanceOf(DeviceError);
  });

  test('an objective given up during a round answers', async () => {
    const objective = await createWebGpuObjective(gpu.device, randomDesign(shape).design, laplace);
    const { load, evaluate } = calls(objective);
    await load();
    const round = evaluate();
    await Promise.resolve();
    objective.dispose();
    expect(await rejection(round)).not.toBe('still pending');
    expect(await rejection(evaluate())).toBeInstanceOf(Error);
  });

  test('buffers that the device refuses are an error, not zeros', async () => {
    const device = disguised({
      createBuffer: (descriptor: GPUBufferDescriptor) =>
        gpu.device.createBuffer(descriptor.label === 'scratch' ? { ...descriptor, size: 2 ** 45 } : descriptor),
    });
    const error = await rejection(createWebGpuObjective(device, randomDesign(shape).design, laplace, { capacity: 3 }));
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).message).toMatch(/^the WebGPU device has no room for 3 models of this design at once: /);
  });

  test('a round that the device refuses is an error, not the results of the round before', async () => {
    let refuse = false;
    const device = disguised({
      createCommandEncoder: () => {
        const encoder = gpu.device.createCommandEncoder();
        // An encoder that is finished with a pass open is invalid.
        if (refuse) encoder.beginComputePass();
        return encoder;
      },
    });
    const objective = await createWebGpuObjective(device, randomDesign(shape).design, laplace);
    const { load, evaluate } = calls(objective);
    await load();
    await evaluate();
    refuse = true;
    const error = await rejection(evaluate());
    expect(error).toBeInstanceOf(DeviceError);
    expect((error as DeviceError).message).toMatch(/^the WebGPU device refused the work: /);
    refuse = false;
    await evaluate();
    objective.dispose();
  });

  test.each([
    { of: { ...shape, fixed: 65, rows: 200 }, nAGQ: 1, message: /65 fixed-effect columns; the WebGPU kernels take 64; use backend 'cpu'/ },
    { of: { ...shape, terms: [9], rows: 200 }, nAGQ: 1, message: /9 random effects per level; the WebGPU kernels take 8; use backend 'cpu'/ },
    { of: { ...shape, terms: [3] }, nAGQ: 11, message: /11 nodes in 3 dimensions are 1331 points; the WebGPU kernels take 1024; use backend 'cpu'/ },
  ])('what the kernels do not take is said: $message', async ({ of, nAGQ, message }) => {
    const { design } = randomDesign(of);
    const error = await rejection(createWebGpuObjective(gpu.device, design, { ...laplace, nAGQ }));
    expect(error).toBeInstanceOf(OptionError);
    expect((error as OptionError).message).toMatch(message);
    const own = { trials: false, weights: false, offset: false, x: false, z: false, groups: false };
    expect(deviceCapacity(gpu.device, design, { ...laplace, nAGQ }, own)).toMatchObject({ reason: expect.any(String) as string });
  });

  test('more models than there is room for, and columns that were not announced, are refused', async () => {
    const { design, response } = randomDesign(shape);
    const objective = await createWebGpuObjective(gpu.device, design, laplace, { capacity: 2 });
    expect(objective.capacity).toBe(2);
    const three = new Float64Array(3 * design.nobs);
    for (let b = 0; b < 3; b++) three.set(response, b * design.nobs);
    await expect(objective.load({ nModels: 3, response: three }, 0, 3)).rejects.toThrow('3 models do not fit an objective for 2');
    await expect(objective.load({ nModels: 3, response: three, weights: three }, 0, 2)).rejects.toThrow('without weights of single models');
    objective.dispose();
  });

  test.each(['disposed', 'left'])('the process ends by itself, device %s', (mode) => {
    const script = fileURLToPath(new URL('ends-by-itself.mjs', import.meta.url));
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, [script, mode], { timeout: 100_000, encoding: 'utf8' });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    expect(stdout).toMatch(/^log-likelihood -\d+\.\d{3}\n$/);
  });
});
