/**
 * Fits the models of one chunk on one Objective: start, optimise, look again where a fit ended at a variance of zero, covariance of the
 * estimates, statuses. A single fit, a worker's share of a batch and a device's chunk all pass through here.
 */
import { familyOf } from '../families/registry.js';
import type { Batch } from '../model/batch.js';
import { type Design, parameterLayout } from '../model/design.js';
import { STATUS } from '../model/status.js';
import type { Integration, Objective } from '../objective/objective.js';
import { profiledSurface } from '../optimize/profiled.js';
import { type Maximum, OUTCOME, type Surface } from '../optimize/quasi-newton.js';
import { isSuspect, separationDirection } from '../optimize/separation.js';
import { tracedSurface } from '../optimize/traced.js';
import { auxiliaryLimits, hasEmptyCategory } from './auxiliary-limits.js';
import { withAuxiliary } from './auxiliary-start.js';
import { hessianCovariance, wlsCovariance } from './estimate-covariance.js';
import { type Conditioned, type ParameterBasis, condition, conditioned, turned } from './parameter-basis.js';
import type { Control } from './options.js';
import { glmData, perModel, startingPoint } from './starting-point.js';
import { type ThetaGeometry, entrySize, normaliseTheta, thetaGeometry } from './theta-geometry.js';
import { maximizeOverTheta } from './theta-search.js';
import { turnedBatch, turnedFit } from './turned-batch.js';
import { inCoordinates } from './turned-objective.js';

export interface FitSettings {
  /** nAGQ may be 0. */
  readonly integration: Integration;
  readonly control: Control;
  readonly standardErrors: 'hessian' | 'wls' | 'none';
  /** Gaussian models: restricted maximum likelihood (default) or maximum likelihood. */
  readonly REML?: boolean;
  /** Linear mixed models: σ is 1, not estimated. */
  readonly sigmaKnown?: boolean;
  /** Pseudo-likelihood instead of the likelihood. */
  readonly pseudo?: 'MPL' | 'REMPL';
}

type NumericBatch = Batch & { readonly response: Float64Array };

/** Results of a chunk, model-major. */
export interface ChunkFit {
  /** count × k estimates (β, θ), diagonals of θ non-negative. */
  readonly params: Float64Array;
  /** count × k × k covariance matrices of the estimates or null; NaN for parameters on the boundary or held, and for θ with 'wls'. */
  readonly covariance: Float64Array | null;
  readonly logLik: Float64Array;
  /** Codes of STATUS. */
  readonly status: Uint8Array;
  readonly evaluations: Int32Array;
  /** Predicted rise of the log-likelihood that was left. */
  readonly decrement: Float64Array;
  /** count × k gradients of the log-likelihood at the estimates. */
  readonly gradient: Float64Array;
}

/** A standard deviation of this many units of the linear predictor raises the question whether groups are all-or-nothing. */
const HUGE_SD = 15;

/** What goes with a fit and changes nothing of it. */
export interface FitHooks {
  readonly signal?: AbortSignal | undefined;
  /** Told the value and the parameters of every evaluation; the parameters are the last ones of (β, θ, γ), of linear mixed models the relative θ. */
  readonly told?: ((value: number, params: Float64Array) => void) | undefined;
}

/** The integration an Objective needs for the settings: nAGQ = 0 is built on the Laplace objective. */
export function objectiveIntegration(settings: FitSettings): Integration {
  return { ...settings.integration, nAGQ: Math.max(1, settings.integration.nAGQ) };
}

/**
 * Fits models [from, to) of a batch. The objective must have been made for `objectiveIntegration(settings)` and hold to − from models.
 * @throws the signal's reason when aborted.
 */
export async function fitChunk(
  objective: Objective, design: Design, batch: NumericBatch, from: number, to: number, settings: FitSettings, hooks: FitHooks = {},
): Promise<ChunkFit> {
  const turn = conditionedFor(design, batch, settings);
  if (turn === null) return fitApart(objective, design, batch, from, to, settings, hooks);
  const { basis } = turn;
  const { nFixed, nParams: k } = parameterLayout(design);
  const { told, signal } = hooks;
  const fit = await fitApart(inCoordinates(objective, basis, nFixed), turn.design, turnedBatch(batch, basis, k), from, to, settings, {
    signal, told: told === undefined ? undefined : (value, params) => { told(value, lastOf(basis, params, k)); },
  });
  return turnedFit(fit, basis, k);
}

/** Coordinates for nearly collinear columns, as far as the models have these columns and all of their parameters are free. */
function conditionedFor(design: Design, batch: NumericBatch, { integration: { nAGQ } }: FitSettings): Conditioned | null {
  const whole = conditioned(design);
  if (whole === null || (nAGQ > 0 && batch.x === undefined && batch.z === undefined && batch.held === undefined)) return whole;
  // The joint mode of β is one at given thresholds: moved ones would be others.
  const own = { fixed: batch.x !== undefined, random: batch.z !== undefined, auxiliary: false, thresholds: nAGQ === 0 };
  const k = parameterLayout(design).nParams;
  return condition(design, (part, at, size) => !own[part] && batch.held?.some((flag, place) => flag === 1 && place % k >= at && place % k < at + size) !== true);
}

/** The last parameters of one model from their coordinates. */
function lastOf(basis: ParameterBasis, coordinates: Float64Array, k: number): Float64Array {
  const whole = new Float64Array(k);
  whole.set(coordinates, k - coordinates.length);
  return turned.step(basis, whole, k).subarray(k - coordinates.length);
}

/** `fitChunk` for a design whose columns are apart. */
async function fitApart(
  objective: Objective, design: Design, batch: NumericBatch, from: number, to: number, settings: FitSettings, hooks: FitHooks,
): Promise<ChunkFit> {
  const count = to - from;
  const { nFixed: p, nTheta, nAuxiliary, nParams: k } = parameterLayout(design);
  const geometry = thetaGeometry(design);
  const { control } = settings;
  await objective.load(batch, from, to);
  const start = startingPoint(design, geometry, batch, from, to);
  const held = batch.held === undefined ? null : perModel(batch.held, k, from, to);
  const thetaOf = (all: Float64Array, b: number): Float64Array => all.subarray(b * k + p, b * k + p + nTheta);

  const limits = auxiliaryLimits(design);

  // With nAGQ = 0 the optimiser sees θ (and γ) only; β follows at the joint mode.
  const profiled = settings.integration.nAGQ === 0 ? profiledSurface(objective, p, columns(start.params, count, k, 0, p)) : null;
  const plain: Surface = profiled ?? objective;
  const surface = hooks.told === undefined ? plain : tracedSurface(plain, hooks.told);
  const width = surface.nParams;
  const skip = k - width;
  const surfaceHeld = held === null ? null : columns(held, count, k, skip, k);
  const surfaceMetric = block(start.metric, k, skip);
  const first = columns(start.params, count, k, skip, k);
  const best = await maximizeOverTheta(surface, {
    count, params: first, held: surfaceHeld, metric: surfaceMetric,
    coldMetric: batch.metric === undefined, stepScale: start.stepScale.subarray(skip), maxStep: start.maxStep,
    tolerance: control.tolerance, maxEvaluations: control.maxEvaluations, signal: hooks.signal,
    // The Newton step of the Hessian wants the gradient at the very point.
    lastStep: settings.standardErrors !== 'hessian',
  }, { geometry, nTheta, nAfterTheta: nAuxiliary, coldStart: batch.start === undefined, retreat: limits?.retreat });

  const full: Maximum = profiled === null ? best : withFixedEffects(best, profiled.beta, count, p, k);
  const boundary = held?.slice() ?? new Uint8Array(count * k);
  const status = new Uint8Array(count);
  for (let b = 0; b < count; b++) {
    const flags = boundary.subarray(b * k + p, b * k + p + nTheta);
    const heldHere = flags.slice();
    normaliseTheta(geometry, thetaOf(full.params, b), thetaOf(full.gradient, b), control.singularTolerance, flags);
    status[b] = STATUS_OF_OUTCOME[full.outcome[b] as keyof typeof STATUS_OF_OUTCOME];
    const gone = limits?.flag(full.params.subarray(b * k + p + nTheta, b * k + p + nTheta + nAuxiliary), boundary.subarray(b * k + p + nTheta, (b + 1) * k)) === true;
    const empty = hasEmptyCategory(design, batch.response.subarray((from + b) * design.nobs, (from + b + 1) * design.nobs));
    if (status[b] === STATUS.converged && (gone || empty || flags.some((flag, t) => flag && !heldHere[t]))) status[b] = STATUS.boundary;
  }

  let covariance: Float64Array | null = null;
  if (settings.standardErrors === 'hessian' && profiled === null) {
    covariance = await hessianCovariance(objective, full, boundary, p);
  } else if (settings.standardErrors !== 'none') {
    covariance = await wlsCovariance(objective, full.params, count, p, settings.integration.information);
  }
  markSeparated(design, batch, from, full.params, status, geometry);
  return {
    params: full.params, covariance, logLik: full.value, status, evaluations: full.evaluations,
    decrement: full.decrement, gradient: full.gradient,
  };
}

/** Status of a model by the outcome of its maximisation. */
export const STATUS_OF_OUTCOME = {
  [OUTCOME.running]: STATUS.maxEvaluations,
  [OUTCOME.converged]: STATUS.converged,
  [OUTCOME.maxEvaluations]: STATUS.maxEvaluations,
  [OUTCOME.lineSearch]: STATUS.lineSearch,
  [OUTCOME.nonFinite]: STATUS.nonFinite,
} as const;

/** Results of the problem without β as results in all parameters. */
function withFixedEffects(best: Maximum, beta: Float64Array, count: number, p: number, k: number): Maximum {
  const rest = k - p;
  const params = new Float64Array(count * k);
  const gradient = new Float64Array(count * k);
  for (let b = 0; b < count; b++) {
    params.set(beta.subarray(b * p, (b + 1) * p), b * k);
    params.set(best.params.subarray(b * rest, (b + 1) * rest), b * k + p);
    gradient.set(best.gradient.subarray(b * rest, (b + 1) * rest), b * k + p);
  }
  return { ...best, params, gradient };
}

/** Models whose fit ran towards the end of the range of the mean get a certificate, or not, that no finite estimate exists. */
function markSeparated(
  design: Design, batch: Batch & { response: Float64Array }, from: number, params: Float64Array, status: Uint8Array,
  geometry: ThetaGeometry,
): void {
  const family = familyOf(design);
  const { nFixed: p, nTheta, nParams: k } = parameterLayout(design);
  for (let b = 0; b < status.length; b++) {
    if (status[b] === STATUS.nonFinite) continue;
    const data = glmData(design, batch, from + b);
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < data.nobs; i++) {
      let eta = data.offset === null ? 0 : data.offset[i]!;
      for (let j = 0; j < p; j++) eta += data.x[i * p + j]! * params[b * k + j]!;
      low = Math.min(low, eta);
      high = Math.max(high, eta);
    }
    const suspect = isSuspect(family, low) || isSuspect(family, high);
    const huge = geometry.some((entry, t) => entrySize(entry, params[b * k + p + t]!) > HUGE_SD);
    const separated = suspect && separationDirection(family, withAuxiliary(design, data, params.subarray(b * k + p + nTheta, (b + 1) * k))) !== null;
    if (separated || (huge && allOrNothing(design, batch, data))) status[b] = STATUS.separated;
  }
}

/** Every group of a binomial model has only successes or only failures: the random effects separate the data. */
function allOrNothing(design: Design, batch: Batch, data: ReturnType<typeof glmData>): boolean {
  const term = design.random[0];
  if (design.family !== 'binomial' || term === undefined || batch.groupSizes !== undefined) return false;
  const seen = new Int8Array(term.levels.length);
  for (let i = 0; i < data.nobs; i++) {
    const kind = data.y[i] === 0 ? 1 : data.y[i] === data.trials[i] ? 2 : 3;
    seen[term.index[i]!]! |= kind;
    if (seen[term.index[i]!] === 3) return false;
  }
  return true;
}

/** Columns [low, high) of a count × k array. */
function columns<T extends Float64Array | Uint8Array>(values: T, count: number, k: number, low: number, high: number): T {
  if (low === 0 && high === k) return values;
  const width = high - low;
  const out = new (values.constructor as new (length: number) => T)(count * width);
  for (let b = 0; b < count; b++) out.set(values.subarray(b * k + low, b * k + high), b * width);
  return out;
}

/** Trailing blocks of one or many k × k matrices. */
function block(matrices: Float64Array, k: number, skip: number): Float64Array {
  if (skip === 0) return matrices;
  const width = k - skip;
  const count = matrices.length / (k * k);
  const out = new Float64Array(count * width * width);
  for (let b = 0; b < count; b++) {
    for (let i = 0; i < width; i++) {
      const row = (b * k + skip + i) * k + skip;
      out.set(matrices.subarray(row, row + width), (b * width + i) * width);
    }
  }
  return out;
}
