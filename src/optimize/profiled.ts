/**
 * nAGQ = 0: the Laplace log-likelihood as a function of θ alone, with β at the joint mode of (β, u), for any Objective.
 *
 * β̂(θ) solves X'd1 = 0 (Newton with the Schur complement S). The total derivative needs dβ̂/dθ; with λ = S⁻¹ ∂L/∂β it is the ordinary
 * gradient in which a_i of likelihood.md §2 has gained w_i x_i'λ: one evaluation for ∂L/∂β, one more with the adjoint λ.
 */
import { factor, solve } from '../numerics/cholesky.js';
import type { Objective } from '../objective/objective.js';
import type { Surface } from './quasi-newton.js';

const MAX_STEPS = 50;
/** Joint mode found when the Newton decrement is below this (float64) or below the noise of the objective. */
const TOLERANCE = 1e-14;

export interface ProfiledSurface extends Surface {
  /** count × p fixed effects of the latest evaluation of each model. */
  readonly beta: Float64Array;
}

/** @param beta count × p starts; overwritten. */
export function profiledSurface(objective: Objective, nFixed: number, beta: Float64Array): ProfiledSurface {
  const p = nFixed;
  const k = objective.nParams;
  const nTheta = k - p;
  const tolerance = Math.max(TOLERANCE, objective.valueNoise);

  return {
    nParams: nTheta,
    valueNoise: objective.valueNoise,
    beta,
    async evaluate(round) {
      const { count, models, value, gradient } = round;
      const full = new Float64Array(count * k);
      const place = (e: number): void => {
        const b = models[e]!;
        full.set(beta.subarray(b * p, (b + 1) * p), e * k);
        full.set(round.params.subarray(e * nTheta, (e + 1) * nTheta), e * k + p);
      };
      for (let e = 0; e < count; e++) place(e);
      const schur = new Float64Array(count * p * p);
      const fullGradient = new Float64Array(count * k);
      const previous = new Float64Array(count).fill(Infinity);
      const step = new Float64Array(count * p);
      let pending = Int32Array.from({ length: count }, (_, e) => e);
      // Newton for β; a step after which the decrement has grown is halved.
      for (let iteration = 0; iteration < MAX_STEPS && pending.length > 0; iteration++) {
        const n = pending.length;
        const sub = { models: new Int32Array(n), params: new Float64Array(n * k) };
        const subScore = new Float64Array(n * p);
        const subSchur = new Float64Array(n * p * p);
        pending.forEach((e, at) => {
          sub.models[at] = models[e]!;
          sub.params.set(full.subarray(e * k, (e + 1) * k), at * k);
        });
        await objective.profile({ count: n, ...sub, weights: 'observed', score: subScore, schur: subSchur });
        pending = pending.filter((e, at) => {
          const s = schur.subarray(e * p * p, (e + 1) * p * p);
          s.set(subSchur.subarray(at * p * p, (at + 1) * p * p));
          const g = subScore.slice(at * p, (at + 1) * p);
          const move = g.slice();
          const usable = g.every(Number.isFinite) && factor(s, p);
          if (usable) solve(s, p, move);
          const decrement = usable ? g.reduce((sum, gj, j) => sum + gj * move[j]!, 0) : NaN;
          if (!(decrement <= 1.5 * previous[e]!)) {
            for (let j = 0; j < p; j++) {
              step[e * p + j]! *= 0.5;
              full[e * k + j]! -= step[e * p + j]!;
            }
            return previous[e] !== Infinity;
          }
          previous[e] = decrement;
          step.set(move, e * p);
          for (let j = 0; j < p; j++) full[e * k + j]! += move[j]!;
          return decrement > tolerance;
        });
      }
      await objective.evaluate({ ...round, params: full, gradient: fullGradient });
      const adjoint = new Float64Array(count * p);
      for (let e = 0; e < count; e++) {
        const lambda = adjoint.subarray(e * p, (e + 1) * p);
        lambda.set(fullGradient.subarray(e * k, e * k + p));
        solve(schur.subarray(e * p * p, (e + 1) * p * p), p, lambda);
        if (Number.isFinite(value[e]!)) beta.set(full.subarray(e * k, e * k + p), models[e]! * p);
      }
      await objective.evaluate({ ...round, params: full, gradient: fullGradient, adjoint });
      for (let e = 0; e < count; e++) gradient.set(fullGradient.subarray(e * k + p, (e + 1) * k), e * nTheta);
      // A joint mode that was not found makes the value meaningless.
      for (const e of pending) value[e] = NaN;
    },
  };
}
