/** Likelihood surfaces of one response on which a batch of constrained models is maximised. */
import { type Design, isLinearMixed } from '../model/design.js';
import { createCpuObjective } from '../objective/cpu.js';
import type { Integration } from '../objective/objective.js';
import type { Surface } from '../optimize/quasi-newton.js';
import { dispersionDesign, linearSurface } from './linear-surface.js';

/** The log-likelihood (maximum likelihood, not REML) of `count` models that share a response. */
export async function likelihoodSurface(design: Design, response: Float64Array, integration: Integration, count: number): Promise<Surface> {
  const { nobs } = design;
  const linear = isLinearMixed(design);
  const objective = createCpuObjective(linear ? dispersionDesign(design) : design, integration, { capacity: count });
  const responses = new Float64Array(count * nobs);
  for (let b = 0; b < count; b++) responses.set(response, b * nobs);
  await objective.load({ nModels: count, response: responses }, 0, count);
  return linear ? linearSurface(design, objective) : objective;
}

/** Of model b: parameter `at` is its coordinate plus κ times parameter `diagonal`. */
export interface Shear {
  readonly at: number;
  readonly diagonal: number;
  readonly kappa: number;
}

/** The surface in coordinates φ with ψ_at = φ_at + κ φ_diagonal for the models that have a shear. */
export function shearedSurface(surface: Surface, shears: readonly (Shear | null)[]): Surface {
  const k = surface.nParams;
  return {
    nParams: k,
    valueNoise: surface.valueNoise,
    async evaluate(round) {
      const { count, models, params, gradient } = round;
      const points = params.slice(0, count * k);
      const shearOf = (e: number): Shear | null => shears[models[e]!]!;
      for (let e = 0; e < count; e++) {
        const shear = shearOf(e);
        if (shear !== null) points[e * k + shear.at]! += shear.kappa * points[e * k + shear.diagonal]!;
      }
      await surface.evaluate({ ...round, params: points });
      for (let e = 0; e < count; e++) {
        const shear = shearOf(e);
        if (shear !== null) gradient[e * k + shear.diagonal]! += shear.kappa * gradient[e * k + shear.at]!;
      }
    },
  };
}
