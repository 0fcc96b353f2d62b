/**
 * The parameters people ask intervals of, each as one coordinate that can be held while the others move freely.
 *
 * Fixed effects and coefficients of auxiliary predictors are coordinates already, and so are, up to their scale, the parameters of structured
 * covariances. Where the covariance is free, a standard deviation is the first entry of the Cholesky factor when its column comes first, and the
 * correlation ρ of the first two columns means Λ₂₁ = κ Λ₂₂ with κ = ρ / √(1 − ρ²): so each of them is profiled on the design whose columns are in
 * the order that makes it so. No bounds, no constrained search. Likewise a coefficient among nearly collinear ones: with its column last it is a
 * multiple of the last coordinate of its block of `predictorBasis`.
 */
import { OptionError } from '../errors.js';
import { parameterNames } from '../fit/parameter-names.js';
import { covarianceColumns } from '../model/covariance-columns.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { commonCorrelation, thetaEntries } from '../model/covariance-structure.js';
import { type Design, type RandomTerm, isLinearMixed, parameterLayout, thetaCount } from '../model/design.js';
import closestName from '../names.js';
import { semidefiniteFactor } from '../numerics/cholesky.js';
import { blockOf, predictorBasis } from './profile-basis.js';

export interface ProfileParameter {
  /** `period2`, `sd_(Intercept)|herd`, `cor_Days.(Intercept)|Subject`, `sigma`. */
  readonly name: string;
  readonly kind: 'coefficient' | 'sd' | 'correlation';
  /** Values it can take; the ends belong to it for standard deviations of random effects only. */
  readonly range: readonly [low: number, high: number];
  /** The order of columns in which it is the coordinate `at`. */
  readonly order: ColumnOrder;
  /** Place of the coordinate: of β, γ or σ, of an entry of θ, or of Λ₂₁. */
  readonly at: number;
  /** For a correlation that is held through Λ₂₁ = κ Λ₂₂: place of Λ₂₂; null otherwise. */
  readonly diagonal: number | null;
  /** The coordinate at a value of the parameter, and its derivative there. */
  readonly coordinate: (value: number) => number;
  readonly rate: (value: number) => number;
}

/** Places that columns come from. */
export interface ColumnOrder {
  /** Of the fixed effects. */
  readonly fixed: readonly number[];
  /** Of each random term. */
  readonly random: readonly (readonly number[])[];
  /** Of each auxiliary predictor. */
  readonly auxiliary: readonly (readonly number[])[];
}

const SAME = { diagonal: null, coordinate: (value: number) => value, rate: () => 1 };
const WHOLE_LINE = [-Infinity, Infinity] as const;
const HALF_LINE = [0, Infinity] as const;

type Place = Omit<ProfileParameter, 'name'>;

/** All parameters of a design: fixed effects, standard deviations and correlations term by term, then what follows θ. */
export function profileParameters(design: Design): ProfileParameter[] {
  const { nFixed, nTheta } = parameterLayout(design);
  const places = (names: readonly string[]): number[] => names.map((_, j) => j);
  const natural: ColumnOrder = {
    fixed: places(design.fixedNames), random: design.random.map(({ names }) => places(names)), auxiliary: design.auxiliary.map(({ names }) => places(names)),
  };
  const names = parameterNames(design);
  const basis = predictorBasis(design);
  const coefficient = (name: string, at: number): ProfileParameter => {
    const plain: ProfileParameter = {
      ...SAME, name, at, order: natural, ...(name === 'sigma' && isLinearMixed(design) ? { kind: 'sd', range: HALF_LINE } : { kind: 'coefficient', range: WHOLE_LINE }),
    };
    const block = blockOf(basis, at);
    // In the coordinates of nearly collinear columns the last one can be held alone.
    return block === undefined ? plain : { ...plain, at: block.at + block.size - 1, order: withLast(natural, design, at) };
  };
  let at = nFixed;
  const covariance = design.random.flatMap((term, t) => {
    const places = term.covariance === 'unstructured' ? triangle(term.names.length, at, t, natural) : structured(term, at, natural);
    at += thetaCount(term);
    return places;
  });
  const covarianceNames = covarianceColumns(design).names;
  return [
    ...names.slice(0, nFixed).map(coefficient),
    ...covariance.map((place, j) => ({ ...place, name: covarianceNames[j]! })),
    ...names.slice(nFixed + nTheta).map((name, j) => coefficient(name, nFixed + nTheta + j)),
  ];
}

/** The order with the column of a coefficient at the end of its predictor. */
function withLast(order: ColumnOrder, design: Design, place: number): ColumnOrder {
  const moved = (columns: readonly number[], column: number): number[] => [...columns.filter((other) => other !== column), column];
  const { nFixed, nTheta } = parameterLayout(design);
  if (place < nFixed) return { ...order, fixed: moved(order.fixed, place) };
  let first = nFixed + nTheta;
  return {
    ...order,
    auxiliary: order.auxiliary.map((columns) => {
      const own = place - first;
      first += columns.length;
      return own >= 0 && own < columns.length ? moved(columns, own) : columns;
    }),
  };
}

/**
 * The parameters of these names, in their order; all without names.
 * @throws OptionError for a name that the design does not have.
 */
export function chooseParameters(design: Design, names?: readonly string[]): readonly ProfileParameter[] {
  const all = profileParameters(design);
  if (names === undefined) return all;
  const known = all.map(({ name }) => name);
  return names.map((name) => {
    const found = all[known.indexOf(name)];
    if (found === undefined) throw new OptionError(`the model has no parameter '${name}'; use ${known.join(', ')}${closestName(name, known)}`);
    return found;
  });
}

/** Standard deviations and correlations of a term with a free covariance: each in an order of columns that makes it a coordinate. */
function triangle(q: number, at: number, term: number, natural: ColumnOrder): Place[] {
  const first = (...columns: number[]): ColumnOrder =>
    ({ ...natural, random: natural.random.map((own, t) => (t === term ? [...columns, ...own.filter((column) => !columns.includes(column))] : own)) });
  const places: Place[] = natural.random[term]!.map((column): Place => ({ ...SAME, kind: 'sd', range: HALF_LINE, order: first(column), at }));
  for (let a = 0; a < q; a++) {
    for (let b = a + 1; b < q; b++) places.push({ kind: 'correlation', range: [-1, 1], order: first(a, b), at: at + 1, diagonal: at + q, coordinate: () => 0, rate: () => 0 });
  }
  return places;
}

/** Parameters of a structured term: its θ one by one. */
function structured({ names, covariance }: RandomTerm, at: number, order: ColumnOrder): Place[] {
  const q = names.length;
  return thetaEntries(covariance, q).map(({ kind }, j): Place => {
    const place = { order, at: at + j, diagonal: null };
    if (kind === 'root') return { ...place, kind: 'sd', range: HALF_LINE, coordinate: Math.sqrt, rate: (value) => 0.5 / Math.sqrt(value) };
    if (kind !== 'angle') return { ...SAME, ...place, kind: 'sd', range: HALF_LINE };
    const low = commonCorrelation(covariance, q, 0);
    const sine = (rho: number): number => Math.sqrt((rho - low) / (1 - low));
    return {
      ...place, kind: 'correlation', range: [low, 1], coordinate: (rho) => Math.asin(sine(rho)),
      rate: (rho) => 0.5 / Math.sqrt((rho - low) * (1 - rho)),
    };
  });
}

/** Values of those parameters at (β, θ, …). */
export function profileValues(design: Design, params: Float64Array): number[] {
  const { nFixed, nTheta } = parameterLayout(design);
  return [...params.subarray(0, nFixed), ...covarianceColumns(design).from(params), ...params.subarray(nFixed + nTheta)];
}

/** The design with its columns in another order. */
export function reorderDesign(design: Design, { fixed, random, auxiliary }: ColumnOrder): Design {
  const picked = <T>(values: readonly T[], columns: readonly number[]): T[] => columns.map((column) => values[column]!);
  const pickedColumns = (matrix: Float64Array, columns: readonly number[]): Float64Array =>
    matrix.map((_, at) => matrix[at - (at % columns.length) + columns[at % columns.length]!]!);
  return {
    ...design,
    fixedNames: picked(design.fixedNames, fixed),
    x: pickedColumns(design.x, fixed),
    random: design.random.map((term, t) => ({ ...term, names: picked(term.names, random[t]!), z: pickedColumns(term.z, random[t]!) })),
    auxiliary: design.auxiliary.map((predictor, t) => ({ ...predictor, names: picked(predictor.names, auxiliary[t]!), x: pickedColumns(predictor.x, auxiliary[t]!) })),
  };
}

/** Parameters of the reordered design that describe the same model. */
export function reorderParameters(design: Design, { fixed, random, auxiliary }: ColumnOrder, params: Float64Array): Float64Array {
  const out = params.slice();
  const { nFixed, nTheta } = parameterLayout(design);
  const place = (columns: readonly number[], at: number): void => { columns.forEach((column, j) => { out[at + j] = params[at + column]!; }); };
  place(fixed, 0);
  let at = nFixed + nTheta;
  for (const columns of auxiliary) {
    place(columns, at);
    at += columns.length;
  }
  const thetas = thetaByTerm(design, params);
  const targets = thetaByTerm(design, out);
  design.random.forEach((term, t) => {
    if (term.covariance !== 'unstructured') return;
    const q = term.names.length;
    const factor = termFactor(term, thetas[t]!);
    const columns = random[t]!;
    const covariance = new Float64Array(q * q);
    columns.forEach((a, i) => {
      columns.forEach((b, j) => { for (let c = 0; c < q; c++) covariance[i * q + j]! += factor[a * q + c]! * factor[b * q + c]!; });
    });
    const root = semidefiniteFactor(covariance, q);
    let entry = 0;
    for (let column = 0; column < q; column++) for (let row = column; row < q; row++) targets[t]![entry++] = root[row * q + column]!;
  });
  return out;
}
