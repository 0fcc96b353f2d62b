/** Log-likelihood and conditional modes of a model at given parameters: nothing is fitted. */
import { createLmmSystem } from '../lmm/system.js';
import type { Batch } from '../model/batch.js';
import { type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { createCpuObjective } from '../objective/cpu.js';
import { type FitSettings, objectiveIntegration } from './fit-chunk.js';

/** One model: a response, and which rows count how often (weights; for linear mixed models copies). */
export type WeightedResponse = Pick<Batch, 'weights' | 'rowCopies'> & { readonly response: Float64Array };

export interface AtParameters {
  readonly logLik: number;
  /** Spherical modes in the layout of `effectPlaces`. */
  readonly modes: Float64Array;
}

/** Linear mixed models: the likelihood itself, not the REML criterion. nAGQ = 0 gives the Laplace approximation. */
export async function atParameters(design: Design, settings: Pick<FitSettings, 'integration'>, model: WeightedResponse, params: Float64Array): Promise<AtParameters> {
  if (isLinearMixed(design)) return linearAt(design, model, params);
  const objective = createCpuObjective(design, objectiveIntegration({ ...settings } as FitSettings), { capacity: 1 });
  try {
    await objective.load({ ...model, nModels: 1 }, 0, 1);
    const value = new Float64Array(1);
    await objective.evaluate({ count: 1, models: new Int32Array(1), params, value, gradient: new Float64Array(params.length), keepModes: true });
    return { logLik: value[0]!, modes: await objective.modes(0) };
  } finally {
    objective.dispose();
  }
}

/**
 * With Xβ as offset and no fixed effects the kernel's residual sum of squares s is that of the given β, and with ν rows
 * −2 L = log|A| − log|W| + ν log(2πσ²) + s/σ².
 */
function linearAt(design: Design, { response, rowCopies, weights }: WeightedResponse, params: Float64Array): AtParameters {
  const { nobs: n, x, fixedNames } = design;
  const p = fixedNames.length;
  const { nTheta } = parameterLayout(design);
  const sigma = params[params.length - 1]!;
  const offset = Float64Array.from({ length: n }, (_, i) => {
    let sum = design.offset?.[i] ?? 0;
    for (let j = 0; j < p; j++) sum += x[i * p + j]! * params[j]!;
    return sum;
  });
  const bare: Design = { ...design, fixedNames: [], x: new Float64Array(0), weights: weights ?? design.weights };
  const { kernel } = createLmmSystem(bare, false, { rows: rowCopies ?? null, levels: null });
  const sums = kernel.createSums();
  kernel.take(response, 0, offset, sums);
  const profiled = kernel.evaluate(sums, params.slice(p, p + nTheta).map((value) => value / sigma), null);
  const { divisor, squares } = kernel.profile;
  const best = divisor * (1 + Math.log((2 * Math.PI * squares) / divisor));
  const own = divisor * Math.log(2 * Math.PI * sigma * sigma) + squares / (sigma * sigma);
  return { logLik: profiled + 0.5 * (best - own), modes: kernel.modes(sums).map((u) => u / sigma) };
}
