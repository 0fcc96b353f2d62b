/**
 * Auxiliary coefficients whose estimates have run off towards a limit of the family: θ → ∞ of a negative binomial is the Poisson distribution, the logit of
 * a zero-inflation probability → −∞ is none. Such a fit lies on the boundary of the model: a valid maximum without a finite estimate.
 */
import { familyOf } from '../families/registry.js';
import { type AuxiliaryPredictor, type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { inverse } from '../numerics/cholesky.js';
import { type ColumnBasis, leastSquares, turn, turnBack } from '../numerics/column-basis.js';
import { auxiliaryBasis, conditioned, turned } from './parameter-basis.js';

/** Logarithm or logit beyond which the likelihood of a row no longer tells the parameter from its limit (e^−10 is 5e-5). */
const LIMIT = 10;
/** Where rows of a fit that ended beyond are started again: the limit may be a ridge beside the maximum. */
const RETREAT = 1;
/** The same for the level of a predictor that has more than a level: nearer to the limit, from where the search does not leap back before it has felt a slope. */
const RETREAT_LEVEL = 5;
/** Weight of a row beyond, against 1, and how many times its variance over equal rows a coefficient may then have and still be told by the other rows. */
const GONE = 1e-10;
const INFLATED = 1e6;

export interface AuxiliaryLimits {
  /** Flags (1) the coefficients that have no finite estimate; returns whether there are any. */
  flag(gamma: Float64Array, flags: Uint8Array): boolean;
  /** Brings the rows that such coefficients have left beyond back inside, by the gradient of the log-likelihood there; returns whether there were any. */
  readonly retreat: (gamma: Float64Array, gradient: Float64Array) => boolean;
}

/** Null for designs without such a limit. */
export function auxiliaryLimits(design: Design): AuxiliaryLimits | null {
  const predictors = limitedPredictors(design);
  if (predictors.length === 0) return null;
  return {
    flag(gamma, flags) {
      let any = false;
      for (const { at, width, lost } of predictors) {
        const found = lost(gamma.subarray(at, at + width));
        if (found === null) continue;
        found.flags.forEach((flag, j) => { if (flag) flags[at + j] = 1; });
        any = true;
      }
      return any;
    },
    retreat(gamma, gradient) {
      let any = false;
      for (const { at, width, lost, inside } of predictors) {
        const own = gamma.subarray(at, at + width);
        if (lost(own) === null) continue;
        own.set(inside(own, gradient.subarray(at, at + width)));
        any = true;
      }
      return any;
    },
  };
}

interface LimitedPredictor {
  readonly predictor: AuxiliaryPredictor;
  /** Place among the coefficients of all auxiliary predictors. */
  readonly at: number;
  readonly width: number;
  /** Coefficients without a finite estimate, and whether all rows are beyond the limit that is a smaller family; null where there is none. */
  readonly lost: (gamma: Float64Array) => { readonly flags: Uint8Array; readonly all: boolean } | null;
  /** Coefficients that have brought back the rows beyond. */
  readonly inside: (gamma: Float64Array, gradient: Float64Array) => Float64Array;
}

const known = new WeakMap<Design, readonly LimitedPredictor[]>();

function limitedPredictors(design: Design): readonly LimitedPredictor[] {
  let found = known.get(design);
  if (found === undefined) known.set(design, (found = isLinearMixed(design) ? [] : makeLimited(design)));
  return found;
}

function makeLimited(design: Design): LimitedPredictor[] {
  const { dispersionLimit } = familyOf(design);
  let end = 0;
  return design.auxiliary.flatMap((predictor): LimitedPredictor[] => {
    const at = end;
    end += predictor.names.length;
    const direction = predictor.role === 'thresholds' ? 0 : predictor.role === 'zi' ? -1 : dispersionLimit;
    return direction === 0 || predictor.names.length === 0 ? [] : [limited(predictor, at, direction)];
  });
}

/** @param direction of the limit that is a smaller family: 1 or −1 */
function limited(predictor: AuxiliaryPredictor, at: number, direction: number): LimitedPredictor {
  const { names, x, offset } = predictor;
  const m = names.length;
  const constant = m === 1 && names[0] === '(Intercept)';
  const basis = auxiliaryBasis(predictor)!;
  const rows = x.length / m;
  const valuesOf = (gamma: Float64Array): Float64Array => Float64Array.from({ length: rows }, (_, i) => {
    let sum = offset?.[i] ?? 0;
    for (let j = 0; j < m; j++) sum += x[i * m + j]! * gamma[j]!;
    return sum;
  });
  // A constant has one limit; what differs between rows may run off either way.
  const isBeyond = (value: number): boolean => (constant ? value * direction > LIMIT : Math.abs(value) > LIMIT);
  return {
    predictor, at, width: m,
    lost(gamma) {
      const values = valuesOf(gamma);
      if (!values.some(isBeyond)) return null;
      const flags = undetermined(basis, x, (i) => isBeyond(values[i]!));
      return flags.includes(1) ? { flags, all: values.every((value) => value * direction > LIMIT) } : null;
    },
    inside(gamma, gradient) {
      const values = valuesOf(gamma);
      // Rows that are beyond one by one come back one by one, the others stay where they are.
      if (!values.every(isBeyond)) return leastSquares(basis, x, (i) => (isBeyond(values[i]!) ? Math.sign(values[i]!) * RETREAT : values[i]!) - (offset?.[i] ?? 0));
      // All beyond: a level, and differences in the directions that the likelihood, all but flat out there, prefers.
      const point = gamma.slice();
      turn(basis.r, m, point, 0);
      const slope = gradient.slice();
      turnBack(basis.t, m, slope, 0);
      point.forEach((value, j) => {
        const isLevel = j === 0 && names[0] === '(Intercept)';
        point[j] = isLevel ? Math.sign(value) * (constant ? RETREAT : RETREAT_LEVEL) : RETREAT * (Math.sign(slope[j]!) || 1);
      });
      turn(basis.t, m, point, 0);
      return point;
    },
  };
}

/** Flags the coefficients that the rows not beyond do not determine: with next to no weight on the others, their variances grow without bound. */
function undetermined({ size: m, t }: ColumnBasis, x: Float64Array, isBeyond: (row: number) => boolean): Uint8Array {
  const information = new Float64Array(m * m);
  const rows = x.length / m;
  const row = new Float64Array(m);
  for (let i = 0; i < rows; i++) {
    row.set(x.subarray(i * m, (i + 1) * m));
    turnBack(t, m, row, 0);
    const weight = (isBeyond(i) ? GONE : 1) / rows;
    for (let a = 0; a < m; a++) for (let b = 0; b < m; b++) information[a * m + b]! += weight * row[a]! * row[b]!;
  }
  const covariance = inverse(information, m);
  return Uint8Array.from({ length: m }, (_, j) => {
    if (covariance === null) return 1;
    let variance = 0;
    let even = 0;
    for (let a = j; a < m; a++) {
      even += t[j * m + a]! ** 2;
      for (let b = j; b < m; b++) variance += t[j * m + a]! * covariance[a * m + b]! * t[j * m + b]!;
    }
    return variance > INFLATED * even ? 1 : 0;
  });
}

/** The family that a family without its dispersion is. */
const LIMIT_FAMILY: Readonly<Partial<Record<Design['family'], string>>> = {
  nbinom1: 'poisson', nbinom2: 'poisson', betabinomial: 'binomial', truncated_nbinom1: 'truncated_poisson', truncated_nbinom2: 'truncated_poisson',
};

/** What a reader should know of estimates (β, θ, γ) that lie beyond a limit, one sentence each, with what to fit instead. */
export function limitRemarks(design: Design, params: Float64Array): string[] {
  const { nFixed, nTheta } = parameterLayout(design);
  return limitedPredictors(design).flatMap(({ predictor: { role, names }, at, width, lost }): string[] => {
    const first = nFixed + nTheta + at;
    const found = lost(params.subarray(first, first + width));
    if (found === null) return [];
    if (found.all) {
      return [role === 'zi' ? 'the zero-inflation model finds no excess of zeros: its intercept has no finite estimate; leave that model out or simplify it'
        : `the dispersion parameter is estimated at its limit, where the family is ${LIMIT_FAMILY[design.family]!}; fit that one`];
    }
    const model = role === 'zi' ? 'zero-inflation model' : 'dispersion model';
    return names.flatMap((name, j) => (found.flags[j] === 1 ? [`coefficient '${name}' of the ${model} has no finite estimate; a simpler one may do`] : []));
  });
}

/** Standard error of a threshold, on the scale of the link, from which on the data do not say where it is. */
const NO_THRESHOLD = 1e3;

/** Whether the data do not say where some threshold is, at predictors near their means: at raw years of 0 they never do. */
export function hasLostThreshold(design: Design, covariance: Float64Array): boolean {
  const { nFixed, nTheta, nParams: k } = parameterLayout(design);
  const basis = conditioned(design)?.basis;
  const own = basis === undefined ? covariance : turned.covariance(basis, covariance, k);
  let at = nFixed + nTheta;
  return design.auxiliary.some(({ role, names }) => {
    const first = at;
    at += names.length;
    return role === 'thresholds' && names.some((_, j) => !(Math.sqrt(own[(first + j) * (k + 1)]!) < NO_THRESHOLD));
  });
}

/** Whether no row of an ordered response is in some category: a threshold beside it then has no finite estimate of its own. */
export function hasEmptyCategory({ auxiliary }: Pick<Design, 'auxiliary'>, response: Float64Array): boolean {
  const thresholds = auxiliary.find(({ role }) => role === 'thresholds');
  if (thresholds === undefined) return false;
  const categories = thresholds.x.length / thresholds.names.length + 1;
  return new Set(response).size < categories;
}
