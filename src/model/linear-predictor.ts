import { termFactor, thetaByTerm } from './covariance.js';
import type { Design } from './design.js';
import { effectPlaces } from './effects.js';

/** η = Xβ + offset + ZΛu: n numbers. @param modes spherical effects u in the layout of `effectPlaces`; null leaves them out (population level). */
export function linearPredictor(design: Design, params: Float64Array, modes: Float64Array | null): Float64Array {
  const { nobs, x, offset } = design;
  const p = design.fixedNames.length;
  const eta = new Float64Array(nobs);
  for (let i = 0; i < nobs; i++) {
    let sum = offset === null ? 0 : offset[i]!;
    for (let j = 0; j < p; j++) sum += x[i * p + j]! * params[j]!;
    eta[i] = sum;
  }
  if (modes === null) return eta;
  const thetas = thetaByTerm(design, params);
  effectPlaces(design).places.forEach(({ term, q, first, stride }, t) => {
    const factor = termFactor(term, thetas[t]!);
    for (let i = 0; i < nobs; i++) {
      const at = first + term.index[i]! * stride;
      for (let r = 0; r < q; r++) {
        let effect = 0;
        for (let c = 0; c <= r; c++) effect += factor[r * q + c]! * modes[at + c]!;
        eta[i]! += term.z[i * q + r]! * effect;
      }
    }
  });
  return eta;
}
