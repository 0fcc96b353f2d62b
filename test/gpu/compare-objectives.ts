/** Both objectives on the same models: what they say of values, gradients, modes and profiles. */
import { expect } from 'vitest';
import type { Batch } from '../../src/model/batch.js';
import { parameterLayout } from '../../src/model/design.js';
import { createCpuObjective } from '../../src/objective/cpu.js';
import type { Integration, Objective } from '../../src/objective/objective.js';
import { createWebGpuObjective } from '../../src/objective/webgpu.js';
import { type RandomDesign, type Shape, generator, randomDesign } from '../helpers/designs.js';
import { gpu } from './adapter.js';

/** Models of a comparison. */
export const MODELS = 5;

/** Five models of a random design near the generating parameters, evaluated by both objectives. */
export function compare(shape: Shape, integration: Integration, options: CompareOptions = {}) {
  return compareDesign(randomDesign(shape), integration, options);
}

export interface CompareOptions {
  adjoint?: boolean;
  batch?: (d: RandomDesign) => Partial<Batch>;
}

/** The same of a given design. */
export async function compareDesign(made: RandomDesign, integration: Integration, options: CompareOptions = {}) {
  const { design, response, params } = made;
  const { nParams: k, nFixed: p } = parameterLayout(design);
  const random = generator(7);
  const responses = new Float64Array(MODELS * design.nobs);
  for (let b = 0; b < MODELS; b++) responses.set(response, b * design.nobs);
  const batch = { ...options.batch?.(made), nModels: MODELS, response: responses };
  const points = Float64Array.from({ length: MODELS * k }, (_, at) => params[at % k]! * (1 + 0.1 * (random() - 0.5)));
  const adjoint = options.adjoint === true ? Float64Array.from({ length: MODELS * p }, () => 0.1 * (random() - 0.5)) : undefined;
  const own = {
    trials: batch.trials !== undefined, weights: batch.weights !== undefined, offset: batch.offset !== undefined,
    x: batch.x !== undefined, z: batch.z !== undefined, groups: batch.groupSizes !== undefined,
  };
  const run = async (objective: Objective) => {
    await objective.load(batch, 0, MODELS);
    const evaluation = {
      count: MODELS, models: Int32Array.from({ length: MODELS }, (_, b) => MODELS - 1 - b), params: points,
      value: new Float64Array(MODELS), gradient: new Float64Array(MODELS * k), keepModes: true, ...(adjoint && { adjoint }),
    };
    await objective.evaluate(evaluation);
    const profile = {
      count: MODELS, models: evaluation.models, params: points, weights: integration.information,
      score: new Float64Array(MODELS * p), schur: new Float64Array(MODELS * p * p),
    };
    await objective.profile(profile);
    const modes = await objective.modes(2);
    objective.dispose();
    return { ...evaluation, ...profile, modes };
  };
  const exact = await run(createCpuObjective(design, integration));
  const float = await run(await createWebGpuObjective(gpu.device, design, integration, { own }));
  return { exact, float };
}

/** Largest difference relative to the size of the array. */
function gap(a: Float64Array, b: Float64Array): number {
  expect(b.every(Number.isFinite)).toBe(true);
  const size = Math.max(1, ...a.map(Math.abs));
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / size;
}

/** Fails unless values, gradients, profiles and modes agree. */
export function expectTwins({ exact, float }: Awaited<ReturnType<typeof compare>>, tolerance = 3e-6): void {
  expect(gap(exact.value, float.value)).toBeLessThan(tolerance);
  expect(gap(exact.gradient, float.gradient)).toBeLessThan(2 * tolerance);
  expect(gap(exact.score, float.score)).toBeLessThan(2 * tolerance);
  expect(gap(exact.schur, float.schur)).toBeLessThan(2 * tolerance);
  expect(gap(exact.modes, float.modes)).toBeLessThan(10 * tolerance);
}
