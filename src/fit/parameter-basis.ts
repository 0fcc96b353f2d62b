/**
 * The parameters of a model with nearly collinear columns, in coordinates φ in which the columns are orthogonal.
 *
 * Coefficients of a predictor (fixed effects, dispersion, zero inflation): X = QR and φ = Rβ. Free covariances: Z = QA with A lower triangular, and column c
 * of the factor Λ, of which the rows from c on are parameters, becomes AΛ, which is lower triangular again. Ordered responses have their intercepts among the
 * thresholds: there the columns of X are centred and the thresholds moved by x̄'β. All of this is linear: ψ = Dφ, D with a triangular block for each predictor
 * and each column of Λ and the shift of the thresholds, and 1 elsewhere.
 */
import { type AuxiliaryPredictor, type Design, type RandomTerm, parameterLayout, thetaCount } from '../model/design.js';
import { type ColumnBasis, columnBasis, leastSquares, turn, turnBack } from '../numerics/column-basis.js';
import type { Surface } from '../optimize/quasi-newton.js';

/** Parameters from place `at` on: φ = Rψ with R upper triangular, or φ = R'ψ where `lower`. */
export interface ParameterBlock extends ColumnBasis {
  readonly at: number;
  readonly lower: boolean;
}

/** Thresholds Tγ of which x̄'β is taken off: the coefficients from `at` on lose x̄'β times those of a constant. */
interface ThresholdShift {
  readonly at: number;
  /** Coefficients of a constant 1 among the thresholds. */
  readonly constant: Float64Array;
  /** x̄. */
  readonly means: Float64Array;
}

export interface ParameterBasis {
  /** In the order of the parameters. */
  readonly blocks: readonly ParameterBlock[];
  readonly shift: ThresholdShift | null;
}

/** The same model in the coordinates of a basis. */
export interface Conditioned {
  readonly basis: ParameterBasis;
  readonly design: Design;
}

/** What may be given other coordinates. */
export type Part = 'fixed' | 'random' | 'auxiliary' | 'thresholds';

/** Closeness of a combination of thresholds to 1 at which it is a constant. */
const EXACT = 1e-9;

const known = new WeakMap<Design, Conditioned | null>();

/** Null where all columns are well enough apart. */
export function conditioned(design: Design): Conditioned | null {
  let found = known.get(design);
  if (found === undefined) known.set(design, (found = condition(design, () => true)));
  return found;
}

/** @param allowed whether the parameters [at, at + size) of a part may be turned */
export function condition(design: Design, allowed: (part: Part, at: number, size: number) => boolean): Conditioned | null {
  const { nFixed, nTheta } = parameterLayout(design);
  const blocks: ParameterBlock[] = [];
  const collinear = (found: ColumnBasis | null): ColumnBasis | null => (found?.apart === false ? found : null);

  const predictor = (x: Float64Array, found: ColumnBasis | null, at: number): Float64Array => {
    if (found === null) return x;
    const block = { ...found, at, lower: false };
    blocks.push(block);
    return turnedRows(x, block);
  };
  const free = allowed('fixed', 0, nFixed);
  const centring = free ? thresholdCentring(design, (at, size) => allowed('thresholds', at, size)) : null;
  const x = centring === null ? predictor(design.x, free ? collinear(columnBasis(design.x, design.nobs, nFixed)) : null, 0)
    : predictor(centring.x, centring.columns, 0);
  let theta = nFixed;
  const random = design.random.map((term) => {
    const at = theta;
    theta += thetaCount(term);
    const isOpen = term.covariance === 'unstructured' && term.names.length > 1 && allowed('random', at, theta - at);
    const found = isOpen ? collinear(reversedBasis(term, design.nobs)) : null;
    if (found === null) return term;
    const columns = factorBlocks(found, at);
    blocks.push(...columns);
    return { ...term, z: turnedRows(term.z, columns[0]!) };
  });
  let at = nFixed + nTheta;
  const auxiliary = design.auxiliary.map((own) => {
    const first = at;
    at += own.names.length;
    const isOpen = own.role !== 'thresholds' && allowed('auxiliary', first, own.names.length);
    return isOpen ? { ...own, x: predictor(own.x, collinear(auxiliaryBasis(own)), first) } : own;
  });
  return blocks.length === 0 ? null : { basis: { blocks, shift: centring?.shift ?? null }, design: { ...design, x, random, auxiliary } };
}

/** Of an ordered response: X about its means and the basis of that, where together with the intercept of the thresholds its columns are nearly collinear. */
function thresholdCentring(
  design: Design, allowed: (at: number, size: number) => boolean,
): { readonly x: Float64Array; readonly columns: ColumnBasis; readonly shift: ThresholdShift } | null {
  const { nFixed: p, nTheta } = parameterLayout(design);
  const which = design.auxiliary.findIndex(({ role }) => role === 'thresholds');
  const thresholds = design.auxiliary[which];
  if (thresholds === undefined || p === 0) return null;
  const at = p + nTheta + design.auxiliary.slice(0, which).reduce((sum, { names }) => sum + names.length, 0);
  const basis = allowed(at, thresholds.names.length) ? auxiliaryBasis(thresholds) : null;
  if (basis === null) return null;
  const constant = leastSquares(basis, thresholds.x, () => 1);
  const isConstant = thresholds.x.every((_, place) => place % basis.size !== 0
    || Math.abs(constant.reduce((sum, value, j) => sum + value * thresholds.x[place + j]!, 0) - 1) < EXACT);
  if (!isConstant) return null;
  const width = p + 1;
  const beside = Float64Array.from({ length: design.nobs * width }, (_, place) => (place % width === 0 ? 1 : design.x[Math.floor(place / width) * p + (place % width) - 1]!));
  const whole = columnBasis(beside, design.nobs, width);
  if (whole === null || whole.apart) return null;
  // The first row of R has the means, what is left of it is that of the centred columns.
  const means = whole.r.slice(1, width);
  return { x: design.x.map((value, place) => value - means[place % p]!), columns: trailing(whole, 1), shift: { at, constant, means } };
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

/** A' and its inverse of Z = QA: the basis of the columns from the last to the first, written backwards. */
function reversedBasis({ names: { length: q }, z }: RandomTerm, nobs: number): ColumnBasis | null {
  const backwards = (matrix: Float64Array): Float64Array => matrix.map((_, place) => {
    const [i, j] = [Math.floor(place / q), place % q];
    return matrix[(q - 1 - j) * q + q - 1 - i]!;
  });
  const found = columnBasis(z.map((_, place) => z[place - (place % q) + q - 1 - (place % q)]!), nobs, q);
  return found === null ? null : { ...found, r: backwards(found.r), t: backwards(found.t) };
}

/** One block for each column of Λ: the trailing parts of the whole. */
function factorBlocks(whole: ColumnBasis, at: number): ParameterBlock[] {
  return Array.from({ length: whole.size }, (_, c) => {
    const block = { ...trailing(whole, c), at, lower: true };
    at += block.size;
    return block;
  });
}

/** Without the first columns; the inverse of a triangle has the inverses of its trailing parts. */
function trailing({ size: q, r, t, apart }: ColumnBasis, first: number): ColumnBasis {
  const size = q - first;
  const part = (matrix: Float64Array): Float64Array =>
    Float64Array.from({ length: size * size }, (_, place) => matrix[(first + Math.floor(place / size)) * q + first + (place % size)]!);
  return { size, apart, r: part(r), t: part(t) };
}

/** A linear map of vectors that begin at `from`, in place: its part in a block, and with the shift of the thresholds, which comes before the blocks or after them. */
interface Turn {
  readonly block: (block: ParameterBlock, vector: Float64Array, from: number) => void;
  readonly shift: (shift: ThresholdShift, vector: Float64Array, from: number) => void;
  readonly shiftFirst: boolean;
}
const dot = (a: Float64Array, vector: Float64Array, from: number): number => a.reduce((sum, value, j) => sum + value * vector[from + j]!, 0);
const add = (factor: number, a: Float64Array, vector: Float64Array, from: number): void => { a.forEach((value, j) => { vector[from + j]! += factor * value; }); };
const toCoordinates: Turn = {
  block: ({ r, size, at, lower }, vector, from) => { (lower ? turnBack : turn)(r, size, vector, from + at); },
  shift: ({ at, constant, means }, vector, from) => { add(-dot(means, vector, from), constant, vector, from + at); }, shiftFirst: true,
};
const toParameters: Turn = {
  block: ({ t, size, at, lower }, vector, from) => { (lower ? turnBack : turn)(t, size, vector, from + at); },
  shift: ({ at, constant, means }, vector, from) => { add(dot(means, vector, from), constant, vector, from + at); }, shiftFirst: false,
};
const slopesToCoordinates: Turn = {
  block: ({ t, size, at, lower }, vector, from) => { (lower ? turn : turnBack)(t, size, vector, from + at); },
  shift: ({ at, constant, means }, vector, from) => { add(dot(constant, vector, from + at), means, vector, from); }, shiftFirst: true,
};
const slopesToParameters: Turn = {
  block: ({ r, size, at, lower }, vector, from) => { (lower ? turn : turnBack)(r, size, vector, from + at); },
  shift: ({ at, constant, means }, vector, from) => { add(-dot(constant, vector, from + at), means, vector, from); }, shiftFirst: false,
};

/** Rows of a matrix of which the coefficients are those of a block: a linear predictor's slopes. */
function turnedRows(matrix: Float64Array, block: ParameterBlock): Float64Array {
  const out = matrix.slice();
  for (let from = 0; from < out.length; from += block.size) slopesToCoordinates.block({ ...block, at: 0 }, out, from);
  return out;
}

/** Random-effect columns of all terms side by side, one or many models after another, as `condition` turns those of the design. */
export function turnedColumns(basis: ParameterBasis, design: Design, z: Float64Array): Float64Array {
  const q = design.random.reduce((sum, term) => sum + term.names.length, 0);
  const out = z.slice();
  let column = 0;
  let at = parameterLayout(design).nFixed;
  for (const term of design.random) {
    // The first column of Λ has all of A.
    const block = basis.blocks.find((one) => one.at === at);
    if (block !== undefined) for (let from = column; from < out.length; from += q) slopesToCoordinates.block({ ...block, at: 0 }, out, from);
    column += term.names.length;
    at += thetaCount(term);
  }
  return out;
}

/** Vectors of k numbers and matrices of k × k, one or many after another, between ψ and φ; all return new arrays. */
export const turned = {
  /** Dφ. */
  step: (basis: ParameterBasis, phi: Float64Array, k: number): Float64Array => eachRow(basis, toParameters, phi, k),
  /** D⁻¹ψ. */
  stepBack: (basis: ParameterBasis, psi: Float64Array, k: number): Float64Array => eachRow(basis, toCoordinates, psi, k),
  /** D'g: gradients by φ. */
  gradient: (basis: ParameterBasis, psi: Float64Array, k: number): Float64Array => eachRow(basis, slopesToCoordinates, psi, k),
  /** Gradients by ψ from those by φ. */
  gradientBack: (basis: ParameterBasis, phi: Float64Array, k: number): Float64Array => eachRow(basis, slopesToParameters, phi, k),
  /** D⁻¹MD⁻ᵀ: covariances of φ. */
  covariance: (basis: ParameterBasis, psi: Float64Array, k: number): Float64Array => congruent(basis, toCoordinates, psi, k),
  /** DCD': covariances of ψ. */
  covarianceBack: (basis: ParameterBasis, phi: Float64Array, k: number): Float64Array => congruent(basis, toParameters, phi, k),
  /** D'SD: information matrices of φ. */
  information: (basis: ParameterBasis, psi: Float64Array, k: number): Float64Array => congruent(basis, slopesToCoordinates, psi, k),
  /** Information matrices of ψ from those of φ. */
  informationBack: (basis: ParameterBasis, phi: Float64Array, k: number): Float64Array => congruent(basis, slopesToParameters, phi, k),
};

function eachRow(basis: ParameterBasis, change: Turn, values: Float64Array, k: number): Float64Array {
  const { blocks, shift } = basis;
  const out = values.slice();
  for (let from = 0; from < out.length; from += k) {
    if (shift !== null && change.shiftFirst) change.shift(shift, out, from);
    for (const block of blocks) change.block(block, out, from);
    if (shift !== null && !change.shiftFirst) change.shift(shift, out, from);
  }
  return out;
}

/** Rows, then columns of each k × k matrix. */
function congruent(basis: ParameterBasis, change: Turn, matrices: Float64Array, k: number): Float64Array {
  return eachRow(basis, change, transposed(eachRow(basis, change, matrices, k), k), k);
}

function transposed(matrices: Float64Array, k: number): Float64Array {
  return matrices.map((_, at) => {
    const place = at % (k * k);
    return matrices[at - place + (place % k) * k + Math.floor(place / k)]!;
  });
}

/** The surface in φ with ψ = origin + Dφ; `origin` has k numbers per model. */
export function turnedSurface(surface: Surface, basis: ParameterBasis, origin: Float64Array): Surface {
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
