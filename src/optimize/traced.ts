/** A surface that tells what the optimiser sees. */
import type { Surface } from './quasi-newton.js';

/** @param told each evaluation of each model on the way to its maximum, in order, with the parameters of the surface */
export function tracedSurface(surface: Surface, told: (value: number, params: Float64Array) => void): Surface {
  const { nParams, valueNoise } = surface;
  return {
    nParams, valueNoise,
    async evaluate(round) {
      await surface.evaluate(round);
      // What keeps no modes is a look around, no step: differences for a Hessian, a trial off the boundary.
      if (!round.keepModes) return;
      for (let e = 0; e < round.count; e++) told(round.value[e]!, round.params.slice(e * nParams, (e + 1) * nParams));
    },
  };
}
