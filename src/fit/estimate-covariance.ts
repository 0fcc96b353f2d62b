/** Covariance matrices of the estimates of a chunk. */
import { inverse } from '../numerics/cholesky.js';
import type { Objective } from '../objective/objective.js';
import { hessian } from '../optimize/hessian.js';
import type { Maximum, Surface } from '../optimize/quasi-newton.js';

/** Predicted rise below which a Newton step cannot improve the estimate in float64. */
const POLISHED = 1e-18;

/**
 * From the joint Hessian of (β, θ). The Hessian at hand, one Newton step is taken where it raises the likelihood: `best` is updated.
 * Parameters that are held (flags, count × k) have NaN rows and columns, the others are conditional on them. Where the whole matrix is not
 * positive definite (variances at the limit of what the data can tell) the fixed effects' block is inverted alone, given θ.
 */
export async function hessianCovariance(objective: Surface, best: Maximum, held: Uint8Array, nFixed: number): Promise<Float64Array> {
  const k = objective.nParams;
  const count = best.value.length;
  const scale = new Float64Array(count * k);
  for (let b = 0; b < count; b++) {
    for (let j = 0; j < k; j++) {
      const variance = best.metric[(b * k + j) * k + j]!;
      // Quasi-Newton variances are rough; a step must not leave the neighbourhood of the estimate.
      const most = 1 + Math.abs(best.params[b * k + j]!);
      scale[b * k + j] = Math.min(most, variance > 0 ? Math.sqrt(variance) : 0.1 * most);
    }
  }
  const information = await hessian(objective, count, best.params, scale, held);
  const covariance = new Float64Array(count * k * k).fill(NaN);
  const trial = best.params.slice(0, count * k);
  for (let b = 0; b < count; b++) {
    const whole = information.subarray(b * k * k, (b + 1) * k * k);
    let inverted = inverse(whole, k);
    if (inverted === null) {
      for (let t = nFixed; t < k; t++) {
        held[b * k + t] = 1;
        for (let i = 0; i < k; i++) whole[t * k + i] = whole[i * k + t] = t === i ? 1 : 0;
      }
      inverted = inverse(whole, k);
      if (inverted === null) continue;
    }
    let rise = 0;
    for (let i = 0; i < k; i++) {
      if (held[b * k + i]) continue;
      let step = 0;
      for (let j = 0; j < k; j++) if (!held[b * k + j]) step += inverted[i * k + j]! * best.gradient[b * k + j]!;
      rise += 0.5 * step * best.gradient[b * k + i]!;
      trial[b * k + i]! += step;
    }
    best.decrement[b] = rise;
    if (!(rise > POLISHED)) trial.set(best.params.subarray(b * k, (b + 1) * k), b * k);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        covariance[(b * k + i) * k + j] = held[b * k + i] || held[b * k + j] ? NaN : inverted[i * k + j]!;
      }
    }
  }
  const models = Int32Array.from({ length: count }, (_, b) => b);
  const value = new Float64Array(count);
  const gradient = new Float64Array(count * k);
  await objective.evaluate({ count, models, params: trial, value, gradient, keepModes: true });
  for (let b = 0; b < count; b++) {
    if (!(value[b]! >= best.value[b]! - objective.valueNoise * (1 + Math.abs(best.value[b]!)))) continue;
    best.value[b] = value[b]!;
    best.params.set(trial.subarray(b * k, (b + 1) * k), b * k);
    best.gradient.set(gradient.subarray(b * k, (b + 1) * k), b * k);
  }
  return covariance;
}

/** From penalised weighted least squares given θ (lme4's RX): β block only, the rest NaN. */
export async function wlsCovariance(
  objective: Objective, params: Float64Array, count: number, nFixed: number, weights: 'observed' | 'expected',
): Promise<Float64Array> {
  const k = objective.nParams;
  const p = nFixed;
  const models = Int32Array.from({ length: count }, (_, b) => b);
  const score = new Float64Array(count * p);
  const schur = new Float64Array(count * p * p);
  await objective.profile({ count, models, params, weights, score, schur });
  const covariance = new Float64Array(count * k * k).fill(NaN);
  for (let b = 0; b < count; b++) {
    const inverted = inverse(schur.subarray(b * p * p, (b + 1) * p * p), p);
    if (inverted === null) continue;
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) covariance[(b * k + i) * k + j] = inverted[i * p + j]!;
  }
  return covariance;
}
