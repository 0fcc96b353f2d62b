/**
 * Maximisation where some parameters are entries of Cholesky factors: σ = 0 is a stationary point whatever the data say (and so are the ends
 * of a correlation that is an angle), so starts are kept away from it, and fits that end near it are looked at again.
 */
import { type Maximum, type MaximizeProblem, OUTCOME, type Surface, maximize, restrict } from '../optimize/quasi-newton.js';
import { type ThetaGeometry, atDistance, boundaryDistance, coldTheta, liftTheta } from './theta-geometry.js';

/** A diagonal entry of θ closer to zero than this (units of the linear predictor) is no start: θ = 0 is stationary whatever the data say. */
const NEAR_ZERO = 0.05;
const LIFTED_START = 0.2;
/** Where a fit that ended near σ = 0 is probed for a higher likelihood. */
const PROBE = 0.1;
/** Where the sign of the slope tells whether a small diagonal entry belongs to zero. */
const NEAR_BOUNDARY = 1e-3;
/** Log-likelihood that setting such an entry to zero may cost: what the tolerance of the optimiser leaves open. */
const BOUNDARY_COST = 1e-7;
/** Log-likelihood by which a maximum must be higher than the limit of a family: between points out there it differs by less. */
const ABOVE_LIMIT = 1e-6;
/** Second start of a model whose likelihood does not exist at the first, or from which the search ended where the likelihood has no maximum. */
const SMALL_START = 0.05;
export interface ThetaSearch {
  readonly geometry: ThetaGeometry;
  /** Places of θ among the parameters of the surface, counted from the end. */
  readonly nTheta: number;
  readonly nAfterTheta: number;
  /** Whether the start is ours, so that a model whose likelihood does not exist there may be started elsewhere. */
  readonly coldStart: boolean;
  /** Brings parameters after θ back that have run off to a limit of the family, by the gradient there; returns whether there were any. */
  readonly retreat?: ((this: void, afterTheta: Float64Array, gradient: Float64Array) => boolean) | undefined;
}

/** `maximize`, with θ lifted off zero before and looked at there afterwards; entries that are held stay where they are. */
export async function maximizeOverTheta(surface: Surface, problem: MaximizeProblem, { geometry, nTheta, nAfterTheta, coldStart, retreat }: ThetaSearch): Promise<Maximum> {
  const { count, params: first, held, metric, maxStep } = problem;
  const width = surface.nParams;
  const thetaOf: ThetaOf = (all, b, size) => all.subarray((b + 1) * size - nAfterTheta - nTheta, (b + 1) * size - nAfterTheta) as typeof all;
  const heldOf: HeldOf = (b) => (held === null ? null : thetaOf(held, b, width));
  for (let b = 0; b < count; b++) liftTheta(geometry, thetaOf(first, b, width), NEAR_ZERO, LIFTED_START, heldOf(b));

  const run = (models: Int32Array | null, params: Float64Array): Promise<Maximum> => {
    const pick = <T extends Float64Array | Uint8Array>(values: T, size: number): T =>
      models === null || values.length === size ? values : rowsOf(values, models, size);
    return maximize(models === null ? surface : restrict(surface, models), {
      ...problem, count: models?.length ?? count, params, held: held === null ? null : pick(held, width), metric: pick(metric, width * width), maxStep: pick(maxStep, 1),
    });
  };
  const starts = first.slice();
  const best = await run(null, first);

  /** Fits some models again from changed parameters; the new fit is taken if it is higher by `gain` at least. */
  const secondStart = async (models: number[], change: (params: Float64Array, b: number) => void, gain: (b: number) => number): Promise<void> => {
    if (models.length === 0) return;
    const subset = Int32Array.from(models);
    const params = rowsOf(best.params, subset, width);
    subset.forEach((b, s) => { change(params.subarray(s * width, (s + 1) * width), b); });
    const again = await run(subset, params);
    subset.forEach((b, s) => {
      best.evaluations[b]! += again.evaluations[s]!;
      const better = best.outcome[b] === OUTCOME.lineSearch ? again.outcome[s] === OUTCOME.converged
        : again.value[s]! > best.value[b]! + gain(b) || Number.isNaN(best.value[b]!);
      if (better) takeOver(best, b, again, s, width);
    });
  };
  const theta = (params: Float64Array): Float64Array => thetaOf(params, 0, width);
  const noise = (b: number): number => 10 * surface.valueNoise * (1 + Math.abs(best.value[b]!));
  if (held === null) {
    const failed = Array.from({ length: count }, (_, b) => b).filter((b) => best.outcome[b] === OUTCOME.lineSearch || (coldStart && best.outcome[b] === OUTCOME.nonFinite));
    await secondStart(failed, (params, b) => {
      params.set(starts.subarray(b * width, (b + 1) * width));
      coldTheta(geometry, theta(params), SMALL_START);
    }, () => 0);
  }
  // What is held may be what the limit is about.
  if (held === null && retreat !== undefined) {
    const after = (all: Float64Array, b: number): Float64Array => all.subarray((b + 1) * width - nAfterTheta, (b + 1) * width);
    const gone = Array.from({ length: count }, (_, b) => b).filter((b) => retreat(after(best.params, b).slice(), after(best.gradient, b)));
    await secondStart(gone, (params, b) => { retreat(after(params, 0), after(best.gradient, b)); }, (b) => noise(b) + ABOVE_LIMIT);
  }
  const rising = await higherInside(surface, best, geometry, thetaOf, heldOf, width, noise);
  await secondStart(rising, (params, b) => { liftTheta(geometry, theta(params), NEAR_ZERO, PROBE, heldOf(b)); }, () => 0);
  const falling = await fallingToZero(surface, best, geometry, thetaOf, heldOf, width);
  await secondStart([...falling.keys()], (params, b) => { theta(params).set(falling.get(b)!); }, (b) => -noise(b) - BOUNDARY_COST);
  return best;
}

type ThetaOf = <T extends Float64Array | Uint8Array>(all: T, b: number, width: number) => T;
/** Flags of the entries of θ of model b that are held, or null. */
type HeldOf = (b: number) => Uint8Array | null;

/** Models that ended near a zero on the diagonal of Λ although the likelihood is higher a little inside: σ = 0 was a saddle, not the maximum. */
async function higherInside(
  surface: Surface, best: Maximum, geometry: ThetaGeometry, thetaOf: ThetaOf, heldOf: HeldOf, width: number, noise: (b: number) => number,
): Promise<number[]> {
  const { models, value } = await evaluateNearZero(surface, best, width, (params, b) => liftTheta(geometry, thetaOf(params, 0, width), NEAR_ZERO, PROBE, heldOf(b)));
  return models.filter((b, s) => value[s]! > best.value[b]! + noise(b));
}

/**
 * Models whose maximum lies at σ = 0 but which stopped a little before it: near the boundary the likelihood can be so flat that the
 * optimiser's tolerance says nothing of σ. The slope at a tiny σ has the sign of dL/dσ² there. Returns their θ with those entries zero.
 */
async function fallingToZero(
  surface: Surface, best: Maximum, geometry: ThetaGeometry, thetaOf: ThetaOf, heldOf: HeldOf, width: number,
): Promise<Map<number, Float64Array>> {
  const near = (theta: Float64Array, b: number, t: number): boolean => {
    const distance = boundaryDistance(geometry[t]!, theta[t]!);
    return heldOf(b)?.[t] !== 1 && distance > 0 && distance < NEAR_ZERO;
  };
  const { models, params, gradient } = await evaluateNearZero(surface, best, width, (point, b) => {
    const theta = thetaOf(point, 0, width);
    let any = false;
    geometry.forEach((entry, t) => {
      if (!near(theta, b, t)) return;
      any = true;
      theta[t] = atDistance(entry, theta[t]!, Math.min(boundaryDistance(entry, theta[t]!), NEAR_BOUNDARY));
    });
    return any;
  });
  const found = new Map<number, Float64Array>();
  models.forEach((b, s) => {
    const slope = thetaOf(gradient, s, width);
    const probe = thetaOf(params, s, width);
    const theta = thetaOf(best.params, b, width).slice();
    let any = false;
    geometry.forEach((entry, t) => {
      if (!near(theta, b, t)) return;
      const turn = atDistance(entry, theta[t]!, 0);
      if (slope[t]! * (probe[t]! - turn) > 0) return;
      any = true;
      theta[t] = turn;
    });
    if (any) found.set(b, theta);
  });
  return found;
}

/** Converged models that `change` moves (returning whether it did), evaluated there. */
async function evaluateNearZero(surface: Surface, best: Maximum, width: number, change: (params: Float64Array, b: number) => boolean) {
  const models: number[] = [];
  const points: Float64Array[] = [];
  best.outcome.forEach((outcome, b) => {
    if (outcome !== OUTCOME.converged) return;
    const point = best.params.slice(b * width, (b + 1) * width);
    if (!change(point, b)) return;
    models.push(b);
    points.push(point);
  });
  const count = models.length;
  const params = new Float64Array(count * width);
  points.forEach((point, s) => { params.set(point, s * width); });
  const value = new Float64Array(count);
  const gradient = new Float64Array(count * width);
  if (count > 0) await surface.evaluate({ count, models: Int32Array.from(models), params, value, gradient, keepModes: false });
  for (const b of models) best.evaluations[b]!++;
  return { models, params, value, gradient };
}

/** Row s of `again` becomes model b of `best`. */
export function takeOver(best: Maximum, b: number, again: Maximum, s: number, width: number): void {
  best.value[b] = again.value[s]!;
  best.outcome[b] = again.outcome[s]!;
  best.decrement[b] = again.decrement[s]!;
  best.params.set(again.params.subarray(s * width, (s + 1) * width), b * width);
  best.gradient.set(again.gradient.subarray(s * width, (s + 1) * width), b * width);
  best.metric.set(again.metric.subarray(s * width * width, (s + 1) * width * width), b * width * width);
}

/** Rows `models` of an array with `size` entries a model. */
function rowsOf<T extends Float64Array | Uint8Array>(values: T, models: Int32Array, size: number): T {
  const out = new (values.constructor as new (length: number) => T)(models.length * size);
  models.forEach((b, s) => { out.set(values.subarray(b * size, (b + 1) * size), s * size); });
  return out;
}
