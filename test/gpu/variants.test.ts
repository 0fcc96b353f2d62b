/**
 * Every variant of the kernels on groups is valid: families × information × approximation, and each thing a model may bring of its own.
 * Modules only: pipelines, half a second each on the software adapter, are made where objective.test.ts runs them.
 */
import { expect, test } from 'vitest';
import { type KernelName, type KernelShape, type OwnColumns, groupKernel, kernelSource } from '../../src/gpu/kernels.js';
import { describeGpu, gpu } from './adapter.js';
import { type DeviceDistribution, auxiliarySizes, deviceDistributions, twinOf } from './distributions.js';

const nothing: OwnColumns = { trials: false, weights: false, offset: false, x: false, z: false, groups: false };

const binomial = (link: 'logit' | 'probit'): DeviceDistribution => ({ family: 'binomial', link, zi: false });

function shapeOf(distribution: DeviceDistribution, q: number, nodes: number): KernelShape {
  const { family, link } = distribution;
  return {
    rows: 10, nFixed: 2, q, groups: 3, effects: 3 * q, nodes, own: nothing, auxiliary: auxiliarySizes(distribution), sparse: null, family, link,
    canonical: twinOf(distribution).canonical, places: { trials: 40, weights: null, offset: 50, nodes: 60, auxiliary: 70, auxiliaryOffset: 80 },
  };
}

async function isValid(name: KernelName, shape: KernelShape, variant: { expected: boolean; adjoint?: boolean }): Promise<void> {
  const code = kernelSource(name, shape, variant);
  gpu.device.pushErrorScope('validation');
  const module = gpu.device.createShaderModule({ label: name, code });
  const { messages } = await module.getCompilationInfo();
  const problem = await gpu.device.popErrorScope();
  expect(messages.map(({ type, lineNum, message }) => `${type} at line ${lineNum} (${code.split('\n')[lineNum - 1]}): ${message}`)).toEqual([]);
  expect(problem).toBeNull();
}

describeGpu('variants of the kernels', () => {
  test.each(deviceDistributions)('$family $link, zi $zi', async (distribution) => {
    for (const expected of [false, true]) {
      for (const [q, nodes] of [[1, 0], [1, 5], [2, 0], [2, 9], [3, 27]] as const) {
        await isValid('group_loglik', shapeOf(distribution, q, nodes), { expected });
      }
      await isValid('profile_rows', shapeOf(distribution, 2, 0), { expected });
    }
    await isValid('profile_sums', shapeOf(distribution, 2, 0), { expected: false });
  });

  const owns = (Object.keys(nothing) as (keyof OwnColumns)[]).map((column) => ({ column }));
  test.each(owns)('own $column', async ({ column }) => {
    const shape = { ...shapeOf(binomial('logit'), 2, 4), own: { ...nothing, [column]: true } };
    for (const name of ['group_loglik', 'profile_rows', 'profile_sums'] as const) await isValid(name, shape, { expected: false });
  });

  test.each([1, 2])('adjoint, %i effects', async (q) => {
    await isValid('group_loglik', shapeOf(binomial('probit'), q, 0), { expected: false, adjoint: true });
    await isValid('group_loglik', shapeOf(binomial('probit'), q, 0), { expected: true, adjoint: true });
  });

  test('a shader that does not compile says where, with its source', async () => {
    const broken = kernelSource('profile_rows', shapeOf(binomial('logit'), 1, 0), { expected: false }).replace('var failed = false;', 'var failed = 1.0;');
    await expect(groupKernel(gpu.device, 'broken', broken)).rejects.toThrow(/shader broken: [^]*error at line \d+:\d+[^]*fn main/);
  });
});
