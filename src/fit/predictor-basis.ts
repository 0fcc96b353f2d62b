/**
 * The parameters of a model with nearly collinear columns in a predictor, in coordinates φ in which they are not: those of `columnBasis` for the
 * coefficients of such a predictor (fixed effects, dispersion, zero inflation), the parameters themselves for all others.
 */
import { type AuxiliaryPredictor, type Design, parameterLayout } from '../model/design.js';
import { type ColumnBasis, columnBasis, turn, turnBack } from '../numerics/column-basis.js';
import type { Surface } from '../optimize/quasi-newton.js';

/** The coefficients of one predictor, from parameter `at` on. */
export interface PredictorBlock extends ColumnBasis {
  readonly at: number;
}

/** In the order of the parameters; at least one. */
export type PredictorBasis = readonly PredictorBlock[];

const known = new WeakMap<Design, PredictorBasis | null>();

/** Null where the columns of every predictor are well enough apart. */
export function predictorBasis(design: Design): PredictorBasis | null {
  let found = known.get(design);
  if (found === undefined) known.set(design, (found = makeBasis(design)));
  return found;
}

function makeBasis(design: Design): PredictorBasis | null {
  const { x, nobs, auxiliary } = design;
  const { nFixed, nTheta } = parameterLayout(design);
  const blocks: PredictorBlock[] = [];
  const take = (basis: ColumnBasis | null, at: number): void => { if (basis?.apart === false) blocks.push({ ...basis, at }); };
  take(columnBasis(x, nobs, nFixed), 0);
  let at = nFixed + nTheta;
  for (const predictor of auxiliary) {
    if (predictor.role !== 'thresholds') take(auxiliaryBasis(predictor), at);
    at += predictor.names.length;
  }
  return orNull(blocks);
}

const knownAuxiliary = new WeakMap<AuxiliaryPredictor, ColumnBasis | null>();

/** Of an auxiliary predictor, nearly collinear or not; null where it has no coefficients. */
export function auxiliaryBasis(predictor: AuxiliaryPredictor): ColumnBasis | null {
  let found = knownAuxiliary.get(predictor);
  if (found === undefined) {
    const { x, names: { length } } = predictor;
    knownAuxiliary.set(predictor, (found = length === 0 ? null : columnBasis(x, x.length / length, length)));
  }
  return found;
}

const orNull = (blocks: PredictorBasis): PredictorBasis | null => (blocks.length === 0 ? null : blocks);

/** What is left without the p fixed effects, for parameters of which the first `skipped` are left out. */
export function withoutFixed(basis: PredictorBasis | null, p: number, skipped: number): PredictorBasis | null {
  return basis === null ? null : orNull(basis.filter(({ at }) => at >= p).map((block) => ({ ...block, at: block.at - skipped })));
}

/** The block that holds the parameter at a place. */
export function blockOf(basis: PredictorBasis | null, place: number): PredictorBlock | undefined {
  return basis?.find(({ at, size }) => place >= at && place < at + size);
}

/**
 * Length of a step at `from`: the root mean square changes of the predictors with nearly collinear columns, and Σ stepScale_j |d_j| over the other
 * parameters.
 */
export function reachOf(basis: PredictorBasis, stepScale: Float64Array, steps: Float64Array, from: number): number {
  const step = steps.slice(from, from + stepScale.length);
  let reach = 0;
  for (const { at, size, r } of basis) {
    turn(r, size, step, at);
    reach += Math.hypot(...step.subarray(at, at + size));
    step.fill(0, at, at + size);
  }
  for (let j = 0; j < step.length; j++) reach += stepScale[j]! * Math.abs(step[j]!);
  return reach;
}

/** The surface in φ with ψ = origin + Dφ, D = T on the blocks and 1 elsewhere; `origin` has k numbers per model. */
export function turnedSurface(surface: Surface, basis: PredictorBasis, origin: Float64Array): Surface {
  const { nParams: k, valueNoise } = surface;
  return {
    nParams: k, valueNoise,
    async evaluate(round) {
      const { count, models } = round;
      const params = turned.step(basis, round.params.subarray(0, count * k), k);
      for (let e = 0; e < count; e++) for (let j = 0; j < k; j++) params[e * k + j]! += origin[models[e]! * k + j]!;
      const gradient = new Float64Array(count * k);
      await surface.evaluate({ ...round, params, gradient });
      round.gradient.set(turned.gradient(basis, gradient, k));
    },
  };
}

/** Turns the part of a vector that belongs to a block, the vector beginning at `from`; in place. */
type Turn = (block: PredictorBlock, vector: Float64Array, from: number) => void;
const toParameters: Turn = ({ t, size, at }, vector, from) => { turn(t, size, vector, from + at); };
const toCoordinates: Turn = ({ r, size, at }, vector, from) => { turn(r, size, vector, from + at); };
const slopesToCoordinates: Turn = ({ t, size, at }, vector, from) => { turnBack(t, size, vector, from + at); };
const slopesToParameters: Turn = ({ r, size, at }, vector, from) => { turnBack(r, size, vector, from + at); };

/** Vectors of k numbers and matrices of k × k, one or many after another, between ψ and φ; all return new arrays. */
export const turned = {
  /** Dφ. */
  step: (basis: PredictorBasis, phi: Float64Array, k: number): Float64Array => eachRow(basis, toParameters, phi, k),
  /** D⁻¹ψ. */
  stepBack: (basis: PredictorBasis, psi: Float64Array, k: number): Float64Array => eachRow(basis, toCoordinates, psi, k),
  /** D'g: gradients by φ. */
  gradient: (basis: PredictorBasis, psi: Float64Array, k: number): Float64Array => eachRow(basis, slopesToCoordinates, psi, k),
  /** Gradients by ψ from those by φ. */
  gradientBack: (basis: PredictorBasis, phi: Float64Array, k: number): Float64Array => eachRow(basis, slopesToParameters, phi, k),
  /** D⁻¹MD⁻ᵀ: covariances of φ. */
  covariance: (basis: PredictorBasis, psi: Float64Array, k: number): Float64Array => congruent(basis, toCoordinates, psi, k),
  /** DCD': covariances of ψ. */
  covarianceBack: (basis: PredictorBasis, phi: Float64Array, k: number): Float64Array => congruent(basis, toParameters, phi, k),
  /** D'SD: information matrices of φ. */
  information: (basis: PredictorBasis, psi: Float64Array, k: number): Float64Array => congruent(basis, slopesToCoordinates, psi, k),
};

function eachRow(basis: PredictorBasis, change: Turn, values: Float64Array, k: number): Float64Array {
  const out = values.slice();
  for (let from = 0; from < out.length; from += k) for (const block of basis) change(block, out, from);
  return out;
}

/** Rows, then columns of each k × k matrix. */
function congruent(basis: PredictorBasis, change: Turn, matrices: Float64Array, k: number): Float64Array {
  return eachRow(basis, change, transposed(eachRow(basis, change, matrices, k), k), k);
}

function transposed(matrices: Float64Array, k: number): Float64Array {
  return matrices.map((_, at) => {
    const place = at % (k * k);
    return matrices[at - place + (place % k) * k + Math.floor(place / k)]!;
  });
}
