/** Along a curve: which values of a parameter to try next, and where the other parameters are likely to be there. */
import type { Design } from '../model/design.js';
import { blockOf, predictorBasis } from './profile-basis.js';
import type { ProfileParameter } from './profile-parameters.js';

/** A constrained maximum. */
export interface Point {
  readonly value: number;
  readonly zeta: number;
  /** dζ/dψ. */
  readonly slope: number;
  readonly logLik: number;
  /** Parameters of the (reordered) design. */
  readonly params: Float64Array;
}

/** One side of a curve, growing outwards from the estimate. */
export interface Side {
  readonly parameter: ProfileParameter;
  readonly sign: 1 | -1;
  readonly points: Point[];
  /** Longest step of the parameter. */
  readonly longest: number;
  failed: number;
  ended: boolean;
}

export interface Trial {
  readonly side: Side;
  readonly value: number;
  readonly start: Float64Array;
}

/** Most steps of ζ that are trusted to one slope once a curve has bent. */
const STEPS_AHEAD = 3;

/** Values of a side that are to lie a step of ζ apart, from its outermost point to the target, by its slope there. */
export function nextTrials(side: Side, target: number, step: number, covariance: Float64Array): Trial[] {
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

export function longestStep(design: Design, { at }: ProfileParameter): number {
  const { nobs, x, fixedNames: { length: p }, link } = design;
  // The linear predictor of these links has the units of the response.
  if (at >= p || link === 'identity' || link === 'sqrt' || link === 'inverse' || link === '1/mu^2') return Infinity;
  const block = blockOf(predictorBasis(design), at);
  // Nearly collinear columns make up for each other: what counts is what the others leave of the last one.
  if (block !== undefined) return LONGEST_STEP / block.r.at(-1)!;
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
