/** The likelihood of a linear mixed model in all its parameters (β, θ, σ), none of them profiled out. */
import { thetaGeometry } from '../fit/theta-geometry.js';
import type { Design } from '../model/design.js';
import { createCpuObjective } from '../objective/cpu.js';
import type { Surface } from '../optimize/quasi-newton.js';

/**
 * Any model number stands for the same response. At unit residual variance the Laplace objective is exact, −2 L₁(β, θ) = c + log|A| + r², and
 * c + log|A| is −2 L₀, that of a response of zeros at β = 0. With θ in units of σ (a θ of degree d in units of σ^d) then
 *
 *     L(β, θ, σ) = L₀(θ/σ) + (L₁(β, θ/σ) − L₀(θ/σ)) / σ² − n log σ
 */
export async function linearSurface(design: Design, response: Float64Array): Promise<Surface> {
  const { nobs } = design;
  const p = design.fixedNames.length;
  const objective = createCpuObjective(design, { nAGQ: 1, information: 'observed' }, { capacity: 2 });
  const k = objective.nParams;
  const last = k - 1;
  const degrees = [...design.fixedNames.map(() => 0), ...thetaGeometry(design).map(({ degree }) => degree)];
  const twoResponses = new Float64Array(2 * nobs);
  twoResponses.set(response);
  const twoOffsets = new Float64Array(2 * nobs);
  if (design.offset !== null) twoOffsets.set(design.offset);
  await objective.load({ nModels: 2, response: twoResponses, offset: twoOffsets }, 0, 2);
  // Rows of weight zero say nothing of σ.
  const rows = design.weights === null ? nobs : design.weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0);
  return {
    nParams: k,
    valueNoise: objective.valueNoise,
    async evaluate({ count, params, value, gradient }) {
      const points = new Float64Array(2 * count * k);
      const models = new Int32Array(2 * count);
      for (let e = 0; e < count; e++) {
        const sigma = params[e * k + last]!;
        models[2 * e + 1] = 1;
        for (let j = 0; j < last; j++) {
          const own = params[e * k + j]! / sigma ** degrees[j]!;
          points[2 * e * k + j] = own;
          points[(2 * e + 1) * k + j] = j < p ? 0 : own;
        }
      }
      const values = new Float64Array(2 * count);
      const slopes = new Float64Array(points.length);
      await objective.evaluate({ count: 2 * count, models, params: points, value: values, gradient: slopes, keepModes: false });
      for (let e = 0; e < count; e++) {
        const sigma = params[e * k + last]!;
        const [whole, determinant] = [values[2 * e]!, values[2 * e + 1]!];
        value[e] = sigma > 0 ? determinant + (whole - determinant) / sigma ** 2 - rows * Math.log(sigma) : NaN;
        // θ/σ moves with σ as well.
        let bySigma = (-2 * (whole - determinant)) / sigma ** 3 - rows / sigma;
        for (let j = 0; j < last; j++) {
          const g1 = slopes[2 * e * k + j]!;
          if (j < p) {
            gradient[e * k + j] = g1 / sigma ** 2;
            continue;
          }
          const g0 = slopes[(2 * e + 1) * k + j]!;
          const byRelative = g0 + (g1 - g0) / sigma ** 2;
          const degree = degrees[j]!;
          gradient[e * k + j] = byRelative / sigma ** degree;
          bySigma -= (degree * byRelative * params[e * k + j]!) / sigma ** (degree + 1);
        }
        gradient[e * k + last] = bySigma;
      }
    },
  };
}
