/** An Objective of free Cholesky factors as one of structured covariances: parameters go in through the map, gradients come back through its Jacobian. */
import { type Design, parameterLayout } from '../model/design.js';
import { thetaMap } from '../model/structured-theta.js';
import type { Objective } from './objective.js';

/** @param free the objective of `freeDesign(design)`; returned as it is where the design has no structured term */
export function structuredObjective(free: Objective, design: Design): Objective {
  const map = thetaMap(design);
  if (map === null) return free;
  const { nFixed: p, nTheta, nParams } = parameterLayout(design);
  const { nFree } = map;
  const width = free.nParams;
  const thetaOf = (all: Float64Array, e: number): Float64Array => all.subarray(e * nParams + p, e * nParams + p + nTheta);

  const expand = (count: number, params: Float64Array): Float64Array => {
    const out = new Float64Array(count * width);
    for (let e = 0; e < count; e++) {
      out.set(params.subarray(e * nParams, e * nParams + p), e * width);
      map.expand(thetaOf(params, e), out.subarray(e * width + p, e * width + p + nFree));
      out.set(params.subarray(e * nParams + p + nTheta, (e + 1) * nParams), e * width + p + nFree);
    }
    return out;
  };
  return {
    backend: free.backend, capacity: free.capacity, nParams, valueNoise: free.valueNoise,
    load: (batch, from, to) => free.load(batch, from, to),
    async evaluate(evaluation) {
      const { count, params, gradient } = evaluation;
      const inner = new Float64Array(count * width);
      await free.evaluate({ ...evaluation, params: expand(count, params), gradient: inner });
      for (let e = 0; e < count; e++) {
        gradient.set(inner.subarray(e * width, e * width + p), e * nParams);
        map.pullBack(thetaOf(params, e), inner.subarray(e * width + p, e * width + p + nFree), thetaOf(gradient, e));
        gradient.set(inner.subarray(e * width + p + nFree, (e + 1) * width), e * nParams + p + nTheta);
      }
    },
    profile: (profile) => free.profile({ ...profile, params: expand(profile.count, profile.params) }),
    modes: (model) => free.modes(model),
    dispose: () => { free.dispose(); },
  };
}
