/**
 * Batched quasi-Newton maximisation: one BFGS state per model, all active models evaluated together, converged models dropped from the
 * next round. It sees functions of k parameters with gradients and knows nothing of what they are.
 *
 * State is kept in plain arrays, one column per quantity.
 */

import { checkpoint } from './checkpoint.js';

/** What is maximised; `Objective` is one. */
export interface Surface {
  readonly nParams: number;
  /** Relative noise of a value. */
  readonly valueNoise: number;
  evaluate(round: {
    count: number; models: Int32Array; params: Float64Array; value: Float64Array; gradient: Float64Array; keepModes: boolean;
  }): Promise<void>;
}

export interface MaximizeProblem {
  /** Models 0 … count − 1. */
  readonly count: number;
  /** count × k; overwritten by the maximisers. */
  readonly params: Float64Array;
  /** count × k flags (1 = held at its start), or null. */
  readonly held: Uint8Array | null;
  /** First inverse Hessians of −value: k × k for all models, or count × k × k; kept unchanged. */
  readonly metric: Float64Array;
  /** Whether the metric is only a guess of the scale, to be rescaled after the first step. */
  readonly coldMetric: boolean;
  /** k positive numbers: a step d of model b is shortened so that Σ stepScale_j |d_j| ≤ maxStep[b]. */
  readonly stepScale: Float64Array;
  readonly maxStep: Float64Array;
  readonly tolerance: number;
  readonly maxEvaluations: number;
  /**
   * Whether a converged model takes its last, negligible step without another evaluation: the estimate is nearer to the maximum than the
   * point at which value and gradient were taken.
   */
  readonly lastStep: boolean;
  readonly signal?: AbortSignal | undefined;
}

export const OUTCOME = { running: 0, converged: 1, maxEvaluations: 2, lineSearch: 3, nonFinite: 4 } as const;

export interface Maximum {
  readonly params: Float64Array;
  readonly value: Float64Array;
  /** count × k gradients of the value. */
  readonly gradient: Float64Array;
  /** count × k × k inverse Hessian estimates of −value. */
  readonly metric: Float64Array;
  /** Codes of OUTCOME. */
  readonly outcome: Uint8Array;
  readonly evaluations: Int32Array;
  /** ½ g'Hg: predicted rise of the value that is left. */
  readonly decrement: Float64Array;
}

/** The surface of some of the models: model m of the result is model `models[m]` of the surface. */
export function restrict(surface: Surface, models: Int32Array): Surface {
  return {
    nParams: surface.nParams,
    valueNoise: surface.valueNoise,
    evaluate: (round) => surface.evaluate({ ...round, models: Int32Array.from(round.models.subarray(0, round.count), (m) => models[m]!) }),
  };
}

/** Sufficient increase (Armijo) constant. */
const SUFFICIENT = 1e-4;
/** Halvings of one line search before the metric is thrown away, then before the model is given up. */
const MAX_HALVINGS = 25;
/** The value's noise times this is what a comparison of two values must allow. */
const NOISE_MARGIN = 8;

export async function maximize(surface: Surface, problem: MaximizeProblem): Promise<Maximum> {
  const { count, params, held, stepScale, maxStep, tolerance, maxEvaluations, signal } = problem;
  const k = surface.nParams;
  const sharedMetric = problem.metric.length === k * k;
  const metric = new Float64Array(count * k * k);
  for (let b = 0; b < count; b++) metric.set(sharedMetric ? problem.metric : problem.metric.subarray(b * k * k, (b + 1) * k * k), b * k * k);

  const value = new Float64Array(count).fill(NaN);
  const gradient = new Float64Array(count * k);
  const direction = new Float64Array(count * k);
  const slope = new Float64Array(count);
  const step = new Float64Array(count);
  const halvings = new Int32Array(count);
  const resets = new Uint8Array(count);
  const updated = new Uint8Array(count);
  const outcome = new Uint8Array(count);
  const evaluations = new Int32Array(count);
  const decrement = new Float64Array(count).fill(NaN);

  const active = Int32Array.from({ length: count }, (_, b) => b);
  const trial = new Float64Array(count * k);
  const trialValue = new Float64Array(count);
  const trialGradient = new Float64Array(count * k);
  const change = new Float64Array(k);
  const work = new Float64Array(k);

  if (held !== null) for (let b = 0; b < count; b++) maskMetric(b);
  trial.set(params.subarray(0, count * k));
  let nActive = count;
  const pass = checkpoint(signal);
  while (nActive > 0) {
    await pass();
    await surface.evaluate({ count: nActive, models: active, params: trial, value: trialValue, gradient: trialGradient, keepModes: true });
    let kept = 0;
    for (let e = 0; e < nActive; e++) {
      const b = active[e]!;
      evaluations[b]!++;
      if (held !== null) for (let j = 0; j < k; j++) if (held[b * k + j]) trialGradient[e * k + j] = 0;
      advance(b, e);
      if (outcome[b] === OUTCOME.running) active[kept++] = b;
    }
    nActive = kept;
    for (let e = 0; e < nActive; e++) {
      const b = active[e]!;
      for (let j = 0; j < k; j++) trial[e * k + j] = params[b * k + j]! + step[b]! * direction[b * k + j]!;
    }
  }
  return { params, value, gradient, metric, outcome, evaluations, decrement };

  /** Takes the result of entry e, the trial point of model b. */
  function advance(b: number, e: number): void {
    const newValue = trialValue[e]!;
    const first = evaluations[b] === 1;
    let finite = Number.isFinite(newValue);
    for (let j = 0; finite && j < k; j++) finite = Number.isFinite(trialGradient[e * k + j]!);
    if (first) {
      if (!finite) {
        outcome[b] = OUTCOME.nonFinite;
        return;
      }
      accept(b, e);
      newDirection(b);
      return;
    }
    if (finite && rises(b, e)) {
      updateMetric(b, e);
      accept(b, e);
      newDirection(b);
      return;
    }
    shorten(b, e, finite);
  }

  function rises(b: number, e: number): boolean {
    const expected = step[b]! * slope[b]!;
    const noise = NOISE_MARGIN * surface.valueNoise * (1 + Math.abs(value[b]!));
    const gain = trialValue[e]! - value[b]!;
    if (gain >= SUFFICIENT * expected && gain >= noise) return true;
    // Within the noise of the value the gradient decides: the slope along the step must have shrunk.
    return gain > -noise && Math.abs(slopeAt(b, e)) <= slope[b]!;
  }

  function slopeAt(b: number, e: number): number {
    let sum = 0;
    for (let j = 0; j < k; j++) sum += trialGradient[e * k + j]! * direction[b * k + j]!;
    return sum;
  }

  function accept(b: number, e: number): void {
    value[b] = trialValue[e]!;
    for (let j = 0; j < k; j++) {
      params[b * k + j] = trial[e * k + j]!;
      gradient[b * k + j] = trialGradient[e * k + j]!;
    }
  }

  /** d = Hg; ends the model when the predicted rise is below the tolerance or no evaluation is left. */
  function newDirection(b: number): void {
    let rise = 0;
    let size = 0;
    const direct = (): void => {
      multiply(b, gradient, b * k, direction, b * k);
      rise = size = 0;
      for (let j = 0; j < k; j++) {
        rise += gradient[b * k + j]! * direction[b * k + j]!;
        size += stepScale[j]! * Math.abs(direction[b * k + j]!);
      }
    };
    direct();
    // A metric that is not positive definite says nothing of how near the maximum is.
    if (0.5 * rise < -tolerance) {
      keepDiagonal(b);
      direct();
    }
    decrement[b] = 0.5 * rise;
    if (decrement[b] < tolerance) {
      outcome[b] = OUTCOME.converged;
      if (problem.lastStep) for (let j = 0; j < k; j++) params[b * k + j]! += direction[b * k + j]!;
      return;
    }
    if (evaluations[b]! >= maxEvaluations) {
      outcome[b] = OUTCOME.maxEvaluations;
      return;
    }
    slope[b] = rise;
    step[b] = size > maxStep[b]! ? maxStep[b]! / size : 1;
    halvings[b] = 0;
  }

  /** The trial was too far: interpolate (cubic through both ends) within [0.1, 0.5] of the step. */
  function shorten(b: number, e: number, finite: boolean): void {
    const old = step[b]!;
    let factor = 0.25;
    if (finite) {
      // Hermite cubic of the value along the step, written for its interior maximum.
      const s0 = slope[b]! * old;
      const s1 = slopeAt(b, e) * old;
      const rise = trialValue[e]! - value[b]!;
      const a = s0 + s1 - 3 * rise;
      const root = a * a - s0 * s1;
      const t = root >= 0 ? 1 - (-s1 + Math.sqrt(root) + a) / (-s1 + s0 + 2 * Math.sqrt(root)) : 0.5;
      factor = Number.isFinite(t) ? Math.min(0.5, Math.max(0.1, t)) : 0.5;
    }
    step[b] = old * factor;
    if (evaluations[b]! >= maxEvaluations) {
      outcome[b] = OUTCOME.maxEvaluations;
    } else if (++halvings[b]! > MAX_HALVINGS) {
      if (resets[b]!++ > 0) {
        outcome[b] = OUTCOME.lineSearch;
        return;
      }
      keepDiagonal(b);
      newDirection(b);
    }
  }

  /** A metric that no longer gives ascent: start again from its diagonal. */
  function keepDiagonal(b: number): void {
    for (let i = 0; i < k; i++) {
      const row = (b * k + i) * k;
      const own = Math.abs(metric[row + i]!);
      metric.fill(0, row, row + k);
      metric[row + i] = own;
    }
  }

  /** BFGS update of the inverse Hessian from the step and the change of the gradient. */
  function updateMetric(b: number, e: number): void {
    let sy = 0;
    for (let j = 0; j < k; j++) {
      change[j] = gradient[b * k + j]! - trialGradient[e * k + j]!;
      sy += step[b]! * direction[b * k + j]! * change[j]!;
    }
    const base = b * k * k;
    if (!(sy > 1e-8 * step[b]! * slope[b]!)) {
      // The value curves upwards along the step: the metric is too short there.
      for (let i = 0; i < k * k; i++) metric[base + i]! *= 2;
      return;
    }
    multiply(b, change, 0, work, 0);
    let yhy = 0;
    for (let j = 0; j < k; j++) yhy += change[j]! * work[j]!;
    if (problem.coldMetric && !updated[b]) {
      const scale = Math.min(10, Math.max(0.1, sy / yhy));
      for (let i = 0; i < k * k; i++) metric[base + i]! *= scale;
      for (let j = 0; j < k; j++) work[j]! *= scale;
      yhy *= scale;
    }
    updated[b] = 1;
    const rho = 1 / sy;
    const weight = rho * (1 + rho * yhy) * step[b]! * step[b]!;
    for (let i = 0; i < k; i++) {
      const di = direction[b * k + i]!;
      for (let j = 0; j <= i; j++) {
        const dj = direction[b * k + j]!;
        const entry = metric[base + i * k + j]! + weight * di * dj - rho * step[b]! * (work[i]! * dj + di * work[j]!);
        metric[base + i * k + j] = entry;
        metric[base + j * k + i] = entry;
      }
    }
  }

  /** out ← H_b v. */
  function multiply(b: number, v: Float64Array, vBase: number, out: Float64Array, outBase: number): void {
    for (let i = 0; i < k; i++) {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += metric[(b * k + i) * k + j]! * v[vBase + j]!;
      out[outBase + i] = sum;
    }
  }

  /** Held parameters do not move: their rows and columns of the metric are zero. */
  function maskMetric(b: number): void {
    for (let i = 0; i < k; i++) {
      if (!held![b * k + i]) continue;
      for (let j = 0; j < k; j++) metric[(b * k + i) * k + j] = metric[(b * k + j) * k + i] = 0;
    }
  }
}
