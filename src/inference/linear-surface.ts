/** The likelihood of a linear mixed model in all its parameters (β, θ, σ), none of them profiled out. */
import { type Design, parameterLayout } from '../model/design.js';
import type { Surface } from '../optimize/quasi-newton.js';

/** The same model with a dispersion that is estimated beside the rest: its Laplace approximation is exact. */
export function dispersionDesign(design: Design): Design {
  return { ...design, auxiliary: [{ role: 'dispersion', names: ['(Intercept)'], x: new Float64Array(design.nobs).fill(1), offset: null }] };
}

/**
 * @param surface that of `dispersionDesign(design)`, whose last parameter is log σ²
 * @returns the same with σ as last parameter
 */
export function linearSurface(design: Design, surface: Surface): Surface {
  const { nParams: k } = parameterLayout(design);
  const last = k - 1;
  return {
    nParams: k,
    valueNoise: surface.valueNoise,
    async evaluate(round) {
      const { count, params, gradient } = round;
      const points = params.slice(0, count * k);
      for (let e = 0; e < count; e++) points[e * k + last] = 2 * Math.log(params[e * k + last]!);
      await surface.evaluate({ ...round, params: points });
      for (let e = 0; e < count; e++) gradient[e * k + last]! *= 2 / params[e * k + last]!;
    },
  };
}
