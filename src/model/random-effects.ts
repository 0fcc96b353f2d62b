import { termFactor, thetaByTerm } from './covariance.js';
import type { Design } from './design.js';
import { effectPlaces } from './effects.js';

/** b = Λu: for each term of the design one number per level and effect, the effects of a level side by side. @param modes u, in the layout of `effectPlaces` */
export function randomEffects(design: Design, params: Float64Array, modes: Float64Array): Float64Array[] {
  const thetas = thetaByTerm(design, params);
  return effectPlaces(design).places.map(({ term, q, first, stride }, t) => {
    const factor = termFactor(term, thetas[t]!);
    return Float64Array.from({ length: term.levels.length * q }, (_, at) => {
      const [level, r] = [Math.floor(at / q), at % q];
      let sum = 0;
      for (let c = 0; c <= r; c++) sum += factor[r * q + c]! * modes[first + level * stride + c]!;
      return sum;
    });
  });
}
