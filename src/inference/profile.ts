/**
 * Profile likelihood: for values ψ of one parameter the highest log-likelihood L_p(ψ) over all others, as ζ(ψ) = sign(ψ − ψ̂) √(2 (L̂ − L_p(ψ))),
 * which is a straight line where the Wald interval is right (Bates & Watts 1988, ch. 6).
 *
 * All values of all parameters are one batch, started from where the Hessian says that the constrained maxima lie; where a curve bends so that
 * its ends do not reach the wanted ζ, further batches go on from there. At every point dL_p/dψ is the gradient of the held parameter, so that
 * ζ has exact slopes and few points suffice.
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { OptionError } from '../errors.js';
import { isOnBoundary, liftTheta, thetaGeometry } from '../fit/theta-geometry.js';
import closestName from '../names.js';
import { type Design, parameterLayout } from '../model/design.js';
import { inverse } from '../numerics/cholesky.js';
import { hessian } from '../optimize/hessian.js';
import { type Maximum, OUTCOME, type Surface, maximize } from '../optimize/quasi-newton.js';
import { type FittedModel, byMaximumLikelihood } from '../studies/fitted-model.js';
import { type ProfileParameter, profileParameters, profileValues, reorderDesign, reorderParameters } from './profile-parameters.js';
import { type Shear, likelihoodSurface, shearedSurface } from './profile-surface.js';

export interface ProfileOptions {
  /** Names of the parameters; default all. */
  readonly parameters?: readonly string[];
  /** Largest confidence level the curves are to serve, 0.5 … 0.9999; default 0.99. */
  readonly level?: number;
  /** Points on each side of the estimate that the level is divided into; default 8. */
  readonly points?: number;
  readonly signal?: AbortSignal;
}

/** The curve of one parameter, points in increasing order, the estimate among them. */
export interface ProfileCurve {
  /** `period2`, `sd_(Intercept)|herd`, `cor_Days.(Intercept)|Subject`, `sigma`. */
  readonly parameter: string;
  /** Maximum-likelihood estimate. */
  readonly estimate: number;
  readonly value: Float64Array;
  readonly zeta: Float64Array;
  /** dζ/dψ. */
  readonly slope: Float64Array;
  readonly logLik: Float64Array;
  /** Range of the parameter. */
  readonly range: readonly [low: number, high: number];
  /** Points that were tried and have no maximum: not converged or outside the domain of the link. */
  readonly failed: number;
}

export interface Profile {
  readonly curves: readonly ProfileCurve[];
  /** Log-likelihood at the estimates. */
  readonly logLik: number;
  /** Constrained models that were fitted. */
  readonly nModels: number;
  readonly evaluations: number;
  /** What the reader should know, one sentence each. */
  readonly notes: readonly string[];
}

const DEFAULT_LEVEL = 0.99;
const DEFAULT_POINTS = 8;
/** Batches that go on where a curve bends. */
const MAX_ROUNDS = 20;
/** ζ beyond the level: the interpolation has a point on both sides of the limit. */
const MARGIN = 1.05;
/** Rise of the log-likelihood above the estimate that is no rounding. */
const HIGHER = 1e-6;
/** ζ that rounding can take from a flat curve. */
const FLAT = 1e-3;
/** Points of a design fitted at once, so that memory is bounded. */
const BATCH = 256;
/** A standard deviation is not stationary by symmetry alone when the search starts at least this far from zero (units of the linear predictor). */
const NEAR_ZERO = 0.05;
const LIFTED = 0.2;

/**
 * Profiles a fitted model. Gaussian models fitted by REML are profiled by maximum likelihood, as in lme4.
 * @throws OptionError for unknown parameters, impossible levels, or a fit with nAGQ = 0 (its fixed effects do not maximise the likelihood); the signal's reason when aborted.
 */
export async function profile(fit: FittedModel, options: ProfileOptions = {}): Promise<Profile> {
  const { level = DEFAULT_LEVEL, points = DEFAULT_POINTS, signal } = options;
  if (!(level >= 0.5 && level <= 0.9999)) throw new OptionError(`level must be from 0.5 to 0.9999, not ${level}`);
  if (!Number.isSafeInteger(points) || points < 2) throw new OptionError(`points must be an integer of at least 2, not ${points}`);
  if (fit.settings.integration.nAGQ === 0) throw new OptionError('with nAGQ = 0 the fixed effects do not maximise the likelihood; fit with nAGQ = 1 or more to profile it');
  const fitted = await byMaximumLikelihood(fit);
  const { design } = fitted.frame;
  // What the constrained maxima are compared with is computed as they are, also where a device made the fit.
  const model = { ...fitted, logLik: await logLikAt(fitted) };
  const wanted = choose(profileParameters(design), options.parameters);
  const estimates = new Map(profileParameters(design).map(({ name }, j) => [name, profileValues(design, model.params)[j]!]));
  const notes: string[] = [];
  const undefinedOnes = wanted.filter(({ name }) => Number.isNaN(estimates.get(name)));
  if (undefinedOnes.length > 0) notes.push(`no profile of ${undefinedOnes.map(({ name }) => name).join(', ')}: a standard deviation is estimated as zero`);

  const byOrder = new Map<string, ProfileParameter[]>();
  for (const parameter of wanted) {
    if (undefinedOnes.includes(parameter)) continue;
    const key = JSON.stringify(parameter.order);
    byOrder.set(key, [...(byOrder.get(key) ?? []), parameter]);
  }
  const curves = new Map<string, ProfileCurve>();
  const target = MARGIN * normalQuantile(0.5 + level / 2, 0, 1);
  let nModels = 0;
  let evaluations = 0;
  for (const parameters of byOrder.values()) {
    const run = await profileTogether(model, parameters, parameters.map(({ name }) => estimates.get(name)!), target, points, signal);
    run.curves.forEach((curve) => curves.set(curve.parameter, curve));
    nModels += run.nModels;
    evaluations += run.evaluations;
  }
  const ordered = wanted.flatMap(({ name }) => curves.get(name) ?? []);
  const higher = ordered.filter(({ logLik }) => logLik.some((value) => value > model.logLik + HIGHER));
  if (higher.length > 0) notes.push(`the likelihood is higher than at the estimates along ${higher.map(({ parameter }) => parameter).join(', ')}: the fit is not the maximum; fit again from other starts (multiStart)`);
  const short = ordered.filter(({ failed }) => failed > 0);
  if (short.length > 0) notes.push(`the profile of ${short.map(({ parameter }) => parameter).join(', ')} ends early: further out the search for the other parameters has no end`);
  return { curves: ordered, logLik: model.logLik, nModels, evaluations, notes };
}

async function logLikAt({ frame: { design }, response, params, settings }: FittedModel): Promise<number> {
  const surface = await likelihoodSurface(design, response, settings.integration, 1);
  const value = new Float64Array(1);
  await surface.evaluate({ count: 1, models: new Int32Array(1), params, value, gradient: new Float64Array(params.length), keepModes: false });
  return value[0]!;
}

function choose(all: readonly ProfileParameter[], names: readonly string[] | undefined): readonly ProfileParameter[] {
  if (names === undefined) return all;
  return names.map((name) => {
    const found = all.find((parameter) => parameter.name === name);
    if (found === undefined) throw new OptionError(`the model has no parameter '${name}'; use ${all.map((parameter) => parameter.name).join(', ')}${closestName(name, all.map((parameter) => parameter.name))}`);
    return found;
  });
}

/** A constrained maximum. */
interface Point {
  readonly value: number;
  readonly zeta: number;
  /** dζ/dψ. */
  readonly slope: number;
  readonly logLik: number;
  /** Parameters of the (reordered) design. */
  readonly params: Float64Array;
}

/** One side of a curve, growing outwards from the estimate. */
interface Side {
  readonly parameter: ProfileParameter;
  readonly sign: 1 | -1;
  readonly points: Point[];
  /** Longest step of the parameter. */
  readonly longest: number;
  failed: number;
  ended: boolean;
}

/** Parameters that are coordinates of the same reordered design. */
async function profileTogether(
  model: FittedModel, parameters: readonly ProfileParameter[], estimates: readonly number[], target: number, points: number, signal: AbortSignal | undefined,
): Promise<{ curves: ProfileCurve[]; nModels: number; evaluations: number }> {
  const { order } = parameters[0]!;
  const design = reorderDesign(model.frame.design, order);
  const params = reorderParameters(model.frame.design, order, model.params);
  const fitter: Fitter = { model, design, covariance: await curvature(model, design, params), signal };
  const sides = parameters.flatMap((parameter, j): Side[] => {
    const at: Point = { value: estimates[j]!, zeta: 0, slope: 1 / standardError(fitter, parameter, params, estimates[j]!), logLik: model.logLik, params };
    return ([-1, 1] as const).map((sign): Side => ({ parameter, sign, longest: longestStep(design, parameter), points: [at], failed: 0, ended: at.value === parameter.range[sign === 1 ? 1 : 0] }));
  });
  let nModels = 0;
  let evaluations = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const trials = sides.filter(({ ended }) => !ended).flatMap((side) => nextTrials(side, target, target / points, fitter.covariance));
    if (trials.length === 0) break;
    for (let from = 0; from < trials.length; from += BATCH) evaluations += await fitTrials(fitter, trials.slice(from, from + BATCH));
    nModels += trials.length;
    for (const side of sides) side.ended ||= Math.abs(side.points.at(-1)!.zeta) >= target || side.points.at(-1)!.value === side.parameter.range[side.sign === 1 ? 1 : 0];
  }
  return {
    nModels, evaluations,
    curves: parameters.map((parameter, j) => curveOf(parameter, estimates[j]!, sides[2 * j]!, sides[2 * j + 1]!)),
  };
}

interface Fitter {
  readonly model: FittedModel;
  readonly design: Design;
  /** Inverse Hessian at the estimates, k × k, guesses where there is none. */
  readonly covariance: Float64Array;
  readonly signal: AbortSignal | undefined;
}

/** Inverse Hessian of −L at the estimates; coordinates on the boundary get guesses. */
async function curvature({ response, settings }: FittedModel, design: Design, params: Float64Array): Promise<Float64Array> {
  const surface = await likelihoodSurface(design, response, settings.integration, 1);
  const { nFixed, nTheta, nParams: k } = parameterLayout(design);
  const geometry = thetaGeometry(design);
  const guess = (j: number): number => geometry[j - nFixed]?.variance ?? 1;
  const scale = params.map((value, j) => Math.min(Math.sqrt(guess(j)), 0.1 * (1 + Math.abs(value))));
  const theta = params.subarray(nFixed, nFixed + nTheta);
  const held = Uint8Array.from(params, (_, j) => (j >= nFixed && j < nFixed + nTheta && isOnBoundary(geometry, theta, j - nFixed) ? 1 : 0));
  const information = await hessian(surface, 1, params, scale, held);
  held.forEach((flag, j) => { if (flag) information[j * k + j] = 1 / guess(j); });
  const inverted = inverse(information, k);
  if (inverted !== null) return inverted;
  return Float64Array.from(information, (value, at) => (at % (k + 1) === 0 ? (value > 0 ? 1 / value : guess(at / (k + 1))) : 0));
}

/** Of the estimate, from the curvature. */
function standardError({ covariance }: Fitter, { range, at, diagonal, rate }: ProfileParameter, params: Float64Array, estimate: number): number {
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

interface Trial {
  readonly side: Side;
  readonly value: number;
  readonly start: Float64Array;
}

/** Most steps of ζ that are trusted to one slope once a curve has bent. */
const STEPS_AHEAD = 3;

/** Values of a side that are to lie a step of ζ apart, from its outermost point to the target, by its slope there. */
function nextTrials(side: Side, target: number, step: number, covariance: Float64Array): Trial[] {
  const { parameter, sign, points } = side;
  const last = points.at(-1)!;
  const missing = Math.ceil((target - Math.abs(last.zeta)) / step - 1e-9);
  const length = Math.min(step / Math.abs(last.slope), side.longest);
  const count = length === side.longest ? 1 : points.length === 1 ? missing : Math.min(missing, STEPS_AHEAD);
  const [low, high] = parameter.range;
  const trials: Trial[] = [];
  for (let j = 1; j <= count; j++) {
    let value = moved(parameter, last, sign * j * length);
    const outside = value <= low || value >= high;
    if (outside) {
      if (!reachesEnd(parameter)) break;
      value = low;
    }
    trials.push({ side, value, start: startAt(parameter, points, value, covariance) });
    if (outside) break;
  }
  if (trials.length === 0) side.ended = true;
  return trials;
}

/** Separated coefficients have standard errors that say nothing; their profiles are followed in steps of this change of the linear predictor. */
const LONGEST_STEP = 2;

function longestStep({ nobs, x, fixedNames: { length: p }, link }: Design, { at }: ProfileParameter): number {
  // The linear predictor of these links has the units of the response.
  if (at >= p || link === 'identity' || link === 'sqrt' || link === 'inverse' || link === '1/mu^2') return Infinity;
  let squares = 0;
  for (let i = 0; i < nobs; i++) squares += x[i * p + at]! ** 2;
  return LONGEST_STEP / Math.sqrt(squares / nobs);
}

/** A random effect's standard deviation of zero is a model; σ = 0 and a correlation of ±1 are not. */
function reachesEnd({ kind, name }: ProfileParameter): boolean {
  return kind === 'sd' && name !== 'sigma';
}

/** ψ after a step from a point; correlations move on the scale of Fisher's z, σ on the logarithmic one, so that they stay in range. */
function moved(parameter: ProfileParameter, { value }: Point, change: number): number {
  if (parameter.kind === 'correlation') return Math.tanh(Math.atanh(value) + change / (1 - value * value));
  return parameter.kind === 'sd' && !reachesEnd(parameter) ? value * Math.exp(change / value) : value + change;
}

/** Where the other parameters are likely to be: on the line of the last two points, at first along the regression on the held one. */
function startAt({ at, diagonal, coordinate }: ProfileParameter, points: readonly Point[], value: number, covariance: Float64Array): Float64Array {
  const last = points.at(-1)!;
  const start = last.params.slice();
  const k = start.length;
  if (diagonal !== null) {
    const sd = Math.hypot(start[at]!, start[diagonal]!);
    start[at] = 0;
    start[diagonal] = sd * Math.sqrt(1 - value * value);
    return start;
  }
  const before = points.at(-2);
  const held = coordinate(value);
  const change = held - last.params[at]!;
  for (let j = 0; j < k; j++) {
    const rate = before === undefined
      ? covariance[j * k + at]! / covariance[at * k + at]!
      : (last.params[j]! - before.params[j]!) / (last.params[at]! - before.params[at]!);
    start[j]! += rate * change;
  }
  start[at] = held;
  return start;
}

/** Fits the constrained models and appends them to their sides; returns the number of evaluations. */
async function fitTrials({ model, design, covariance, signal }: Fitter, trials: readonly Trial[]): Promise<number> {
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
  const surface = shearedSurface(await likelihoodSurface(design, model.response, model.settings.integration, count), shears);
  const best = await maximize(surface, {
    count, params, held, metric, coldMetric: false, stepScale: new Float64Array(k).fill(1), maxStep: Infinity,
    tolerance: model.settings.control.tolerance, maxEvaluations: model.settings.control.maxEvaluations, lastStep: false, signal,
  });
  // The maximiser hides the gradient of what is held.
  const slopes = await gradients(surface, best);
  trials.forEach(({ side, value }, b) => {
    const shear = shears[b]!;
    const own = best.params.slice(b * k, (b + 1) * k);
    let rate = side.parameter.rate(value);
    if (shear !== null) {
      rate = own[shear.diagonal]! / (1 - value * value) ** 1.5;
      own[shear.at]! += shear.kappa * own[shear.diagonal]!;
    }
    // At a standard deviation of zero the likelihood is flat.
    const slope = value === side.parameter.range[0] ? 0 : slopes[b * k + side.parameter.at]! * rate;
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

function curveOf(parameter: ProfileParameter, estimate: number, below: Side, above: Side): ProfileCurve {
  const points = [...below.points.slice(1).reverse(), ...above.points];
  const column = (pick: (point: Point) => number): Float64Array => Float64Array.from(points, pick);
  return {
    parameter: parameter.name, estimate, range: parameter.range, failed: below.failed + above.failed,
    value: column((point) => point.value), zeta: column((point) => point.zeta), slope: column((point) => point.slope), logLik: column((point) => point.logLik),
  };
}
