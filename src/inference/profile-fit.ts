/** Constrained maxima: what lies at given values of parameters when all others are free. */
import { type ParameterBasis, turned, turnedSurface } from '../fit/parameter-basis.js';
import { isOnBoundary, liftTheta, thetaGeometry } from '../fit/theta-geometry.js';
import { type Design, parameterLayout } from '../model/design.js';
import { inverse } from '../numerics/cholesky.js';
import { hessian } from '../optimize/hessian.js';
import { type Maximum, OUTCOME, type Surface, maximize } from '../optimize/quasi-newton.js';
import type { FittedModel } from '../studies/fitted-model.js';
import { blockOf, predictorBasis } from './profile-basis.js';
import type { ProfileParameter } from './profile-parameters.js';
import { type Shear, likelihoodSurface, shearedSurface } from './profile-surface.js';
import type { Trial } from './profile-walk.js';

/** ζ that rounding can take from a flat curve. */
const FLAT = 1e-3;
/** A standard deviation is not stationary by symmetry alone when the search starts at least this far from zero (units of the linear predictor). */
const NEAR_ZERO = 0.05;
const LIFTED = 0.2;

export interface Fitter {
  readonly model: FittedModel;
  readonly design: Design;
  readonly curvature: Curvature;
  readonly signal: AbortSignal | undefined;
}

/** Inverse Hessian of −L at the estimates, k × k; coordinates on the boundary get guesses. */
export interface Curvature {
  /** Coordinates for predictors with nearly collinear columns; null where there are none. */
  readonly basis: ParameterBasis | null;
  /** By the parameters, and by the coordinates: the same without a basis. */
  readonly covariance: Float64Array;
  readonly turned: Float64Array;
}

export async function curvature({ response, settings }: FittedModel, design: Design, params: Float64Array): Promise<Curvature> {
  const surface = await likelihoodSurface(design, response, settings.integration, 1);
  const { nFixed, nTheta, nParams: k } = parameterLayout(design);
  const geometry = thetaGeometry(design);
  const guess = (j: number): number => geometry[j - nFixed]?.variance ?? 1;
  const basis = predictorBasis(design);
  const size = (j: number): number => (blockOf(basis, j) === undefined ? Math.abs(params[j]!) : 0);
  const scale = params.map((_, j) => Math.min(Math.sqrt(guess(j)), 0.1 * (1 + size(j))));
  const theta = params.subarray(nFixed, nFixed + nTheta);
  const held = Uint8Array.from(params, (_, j) => (j >= nFixed && j < nFixed + nTheta && isOnBoundary(geometry, theta, j - nFixed) ? 1 : 0));
  const information = await (basis === null ? hessian(surface, 1, params, scale, held) : hessian(turnedSurface(surface, basis, params), 1, new Float64Array(k), scale, held));
  held.forEach((flag, j) => { if (flag) information[j * k + j] = 1 / guess(j); });
  const inverted = inverse(information, k)
    ?? Float64Array.from(information, (value, at) => (at % (k + 1) === 0 ? (value > 0 ? 1 / value : guess(at / (k + 1))) : 0));
  return { basis, turned: inverted, covariance: basis === null ? inverted : turned.covarianceBack(basis, inverted, k) };
}

/** Of the estimate, from the curvature. */
export function standardError({ curvature: { covariance } }: Fitter, { range, at, diagonal, rate }: ProfileParameter, params: Float64Array, estimate: number): number {
  const k = params.length;
  const entry = (i: number, j: number): number => covariance[i * k + j]!;
  let variance = entry(at, at);
  if (diagonal === null) {
    variance /= rate(estimate) ** 2;
  } else {
    const [below, on] = [params[at]!, params[diagonal]!];
    const length = Math.hypot(below, on) ** 3;
    const g1 = (on * on) / length;
    const g2 = (-below * on) / length;
    variance = g1 * g1 * entry(at, at) + 2 * g1 * g2 * entry(at, diagonal) + g2 * g2 * entry(diagonal, diagonal);
  }
  // At the end of its range a correlation's curvature says nothing; any step inwards does.
  return variance > 0 ? Math.sqrt(variance) : 0.1 * Math.min(range[1] - range[0], 1 + Math.abs(estimate));
}

/** Fits the constrained models and appends them to their sides; returns the number of evaluations. */
export async function fitTrials({ model, design, curvature: { basis, turned: covariance }, signal }: Fitter, trials: readonly Trial[]): Promise<number> {
  const { nFixed, nTheta, nParams: k } = parameterLayout(design);
  const count = trials.length;
  const geometry = thetaGeometry(design);
  const params = new Float64Array(count * k);
  const held = new Uint8Array(count * k);
  const metric = new Float64Array(count * k * k);
  const shears = trials.map(({ side: { parameter: { at, diagonal } }, value }): Shear | null =>
    (diagonal === null ? null : { at, diagonal, kappa: value / Math.sqrt(1 - value * value) }));
  trials.forEach(({ side: { parameter }, start }, b) => {
    const own = params.subarray(b * k, (b + 1) * k);
    own.set(start);
    liftTheta(geometry, own.subarray(nFixed, nFixed + nTheta), NEAR_ZERO, LIFTED);
    own[parameter.at] = start[parameter.at]!;
    held[b * k + parameter.at] = 1;
    metric.set(conditional(covariance, k, parameter.at), b * k * k);
  });
  const sheared = shearedSurface(await likelihoodSurface(design, model.response, model.settings.integration, count), shears);
  const surface = basis === null ? sheared : turnedSurface(sheared, basis, params);
  const best = await maximize(surface, {
    count, params: basis === null ? params : new Float64Array(count * k), held, metric, coldMetric: false, stepScale: new Float64Array(k).fill(1), maxStep: new Float64Array(count).fill(Infinity),
    tolerance: model.settings.control.tolerance, maxEvaluations: model.settings.control.maxEvaluations, lastStep: false, signal,
  });
  // The maximiser hides the gradient of what is held.
  const slopes = await gradients(surface, best);
  const found = basis === null ? best.params : turned.step(basis, best.params, k).map((step, at) => params[at]! + step);
  trials.forEach(({ side, value }, b) => {
    const shear = shears[b]!;
    const own = found.slice(b * k, (b + 1) * k);
    const { at } = side.parameter;
    const block = blockOf(basis, at);
    // Held is the last coordinate of a block, so many times the parameter.
    let rate = side.parameter.rate(value) * (block === undefined ? 1 : block.r.at(-1)!);
    if (shear !== null) {
      rate = own[shear.diagonal]! / (1 - value * value) ** 1.5;
      own[shear.at]! += shear.kappa * own[shear.diagonal]!;
    }
    // At a standard deviation of zero the likelihood is flat.
    const slope = value === side.parameter.range[0] ? 0 : slopes[b * k + at]! * rate;
    const zeta = side.sign * Math.sqrt(Math.max(0, 2 * (model.logLik - best.value[b]!)));
    if (best.outcome[b] !== OUTCOME.converged || !(Math.abs(zeta) > Math.abs(side.points.at(-1)!.zeta) - FLAT)) {
      side.failed++;
      side.ended = true;
      return;
    }
    if (!side.ended) side.points.push({ value, zeta, slope: zeta === 0 ? 0 : -slope / zeta, logLik: best.value[b]!, params: own });
  });
  return best.evaluations.reduce((sum, evaluations) => sum + evaluations, 0);
}

async function gradients(surface: Surface, best: Maximum): Promise<Float64Array> {
  const count = best.value.length;
  const gradient = new Float64Array(best.params.length);
  await surface.evaluate({
    count, models: Int32Array.from({ length: count }, (_, b) => b), params: best.params, value: new Float64Array(count), gradient, keepModes: false,
  });
  return gradient;
}

/** Covariance of the others given parameter `at`. */
function conditional(covariance: Float64Array, k: number, at: number): Float64Array {
  return covariance.map((value, place) => {
    const i = Math.floor(place / k);
    const j = place % k;
    return value - (covariance[i * k + at]! * covariance[at * k + j]!) / covariance[at * k + at]!;
  });
}

/** Log-likelihood of a model at its estimates, in float64. */
export async function logLikAt({ frame: { design }, response, params, settings }: FittedModel): Promise<number> {
  const surface = await likelihoodSurface(design, response, settings.integration, 1);
  const value = new Float64Array(1);
  await surface.evaluate({ count: 1, models: new Int32Array(1), params, value, gradient: new Float64Array(params.length), keepModes: false });
  return value[0]!;
}
