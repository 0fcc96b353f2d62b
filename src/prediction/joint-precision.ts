/**
 * Uncertainty of linear predictors: the random effects given the data and the fixed effects, and both together.
 *
 * At the mode the precision of (β, u) given θ is [[X'WX, X'WZΛ], [·, H]] with H = I + Λ'Z'WZΛ. For a row with a = (x, l), l = Λ'z,
 *   Var(a'(β, u)) = l'H⁻¹l + (x − B l)'V(x − B l),  B = X'WZΛH⁻¹,
 * with V the covariance of β: given θ that is Henderson's (1975) formula; with V from the whole Hessian the uncertainty of θ enters too, as
 * far as it acts through β. With the covariance of all parameters φ it enters wholly, as in TMB (Kristensen et al. 2016): x becomes dη/dφ at fixed u, and
 * X'WZΛ minus the derivative by φ of the score of u.
 */
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { type Design, parameterLayout } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import { inverse } from '../numerics/cholesky.js';
import { SparseCholesky } from '../numerics/sparse-cholesky.js';
import { manyFactors } from '../objective/many-factors.js';
import type { FitRows } from './fit-rows.js';
import { parameterSlopes, rowsAtModes } from './mode-score.js';

/** What is needed of a fit. */
export interface FittedModel {
  readonly design: Design;
  readonly response: Float64Array;
  readonly params: Float64Array;
  /** Spherical modes, in the layout of `effectPlaces`. */
  readonly modes: Float64Array;
  /** Covariance of the fixed effects, p × p. */
  readonly vcov: readonly (readonly number[])[];
}

/** h'β + k'b. */
export interface Combination {
  /** h, one number per fixed effect. */
  readonly fixed: ArrayLike<number>;
  /** The entries of k that are not zero. */
  readonly random: readonly { readonly term: number; readonly level: number; readonly effect: number; readonly weight: number }[];
}

export interface JointPrecision {
  /** Variance of η of row i with the given terms, Var(a'(β, u)); a new level adds the variance of its effects. */
  variance(rows: FitRows, row: number, terms: readonly boolean[]): number;
  /**
   * The error of a row's predictors: its variance, and its derivatives by the errors of the parameters, x − B l: of the fixed effects, or of all parameters where their
   * covariance was given. The array is used again for the next row.
   * @param slopes weights of η (default 1) and of the random effects of the zero inflation (default 0) in the sum whose error is wanted
   */
  predictor(rows: FitRows, row: number, terms: readonly boolean[], slopes?: readonly [eta: number, zeta: number]): { readonly variance: number; readonly derivatives: Float64Array };
  /** Covariance of the effects b of a level of a term given the data and the other parameters, q × q. */
  levelCovariance(term: number, level: number): Float64Array;
  /** Covariance of the errors of prediction of m combinations, m × m. */
  combinationCovariance(combinations: readonly Combination[]): Float64Array;
  /** Weights W of the rows of the fit at the mode. */
  readonly weights: Float64Array;
}

/**
 * `vcov: 'wls'` takes V from the inverse of the precision above, that is given θ.
 * @param covariance of all parameters, k × k: `predictor` and `variance` then have the uncertainty of those that have a standard error
 */
export function jointPrecision(
  { design, response, params, modes, vcov: given }: Omit<FittedModel, 'vcov'> & { readonly vcov: FittedModel['vcov'] | 'wls' }, covariance?: Float64Array,
): JointPrecision {
  const layout = manyFactors(design);
  const { nobs, q, nFixed: p, nEffects, effectOfRow, pairEntry, symbolic, order, eliminated, predictorOfColumn } = layout;
  const { places } = effectPlaces(design);
  const factors = thetaByTerm(design, params).map((theta, t) => termFactor(design.random[t]!, theta));
  const model = { design, response, params, modes };
  const { weights } = rowsAtModes(model);

  /** Λ'z of each row of the layout. */
  const loading = new Float64Array(nobs * q);
  for (let i = 0; i < nobs; i++) {
    places.forEach(({ q: width, column }, t) => {
      load(factors[t]!, width, layout.z, i * q + column, loading, i * q + column);
    });
  }
  const values = new Float64Array(symbolic.rows.length);
  for (let j = 0; j < nEffects; j++) values[symbolic.starts[j]!] = 1;
  /** L⁻¹Λ'Z'WX, effect by effect. */
  const border = Array.from({ length: p }, () => new Float64Array(nEffects));
  for (let i = 0, pair = 0; i < nobs; i++) {
    const row = order[i]!;
    for (let a = 0; a < q; a++) {
      const own = predictorOfColumn[a]!;
      const l = loading[i * q + a]!;
      for (let b = 0; b <= a; b++) values[pairEntry[pair++]!]! += weights[own + predictorOfColumn[b]!]![row]! * l * loading[i * q + b]!;
      for (let j = 0; j < p; j++) border[j]![effectOfRow[i * q + a]!]! += weights[own]![row]! * l * layout.x[i * p + j]!;
    }
  }
  const cholesky = new SparseCholesky(symbolic);
  const definite = cholesky.factor(values);
  const further = covariance === undefined ? [] : uncertainParameters(design, covariance).map(({ place, error }) => ({ place, ...parameterSlopes(model, place, error) }));
  for (const { score } of further) {
    const column = new Float64Array(nEffects);
    score.forEach((value, e) => { column[eliminated[e]!] = -value; });
    border.push(column);
  }
  for (const column of border) cholesky.solveLower(values, column);
  const vcov = given === 'wls' ? wlsCovariance(layout, weights[0]!, border) : given;
  const solver = sparseSolver(symbolic.starts, symbolic.rows, values, nEffects);

  const rest = new Float64Array(border.length);
  /** Derivatives by all parameters; those that are known have none. */
  const derivatives = new Float64Array(covariance === undefined ? p : params.length);
  const varianceOf = covariance === undefined ? (i: number, j: number): number => vcov[i]![j]!
    : (i: number, j: number): number => covariance[(i < p ? i : further[i - p]!.place) * params.length + (j < p ? j : further[j - p]!.place)]!;
  const predictor: JointPrecision['predictor'] = (rows, row, terms, slopes = [1, 0]) => {
    if (!definite) return { variance: NaN, derivatives };
    rest.fill(0);
    for (let j = 0; j < p; j++) rest[j] = slopes[0] * rows.x[row * p + j]!;
    let variance = 0;
    solver.begin();
    places.forEach(({ term, q: width, first, stride }, t) => {
      const own = slopes[term.predictor === 'zi' ? 1 : 0];
      if (!terms[t] || own === 0) return;
      const { index, z } = rows.random[t]!;
      const l = new Float64Array(width);
      load(factors[t]!, width, z, row * width, l, 0);
      const level = index[row]!;
      for (let c = 0; c < width; c++) {
        if (level < 0) variance += (own * l[c]!) ** 2;
        else {
          solver.add(eliminated[first + level * stride + c]!, own * l[c]!);
          further.forEach(({ effects }, k) => { rest[p + k]! += own * z[row * width + c]! * effects[t]![level * width + c]!; });
        }
      }
    });
    solver.solve((effect, value) => {
      variance += value * value;
      for (let j = 0; j < rest.length; j++) rest[j]! -= border[j]![effect]! * value;
    });
    for (let i = 0; i < rest.length; i++) for (let j = 0; j < rest.length; j++) variance += rest[i]! * varianceOf(i, j) * rest[j]!;
    for (let j = 0; j < p; j++) derivatives[j] = rest[j]!;
    further.forEach(({ place }, k) => { derivatives[place] = rest[p + k]!; });
    return { variance, derivatives };
  };
  return {
    weights: weights[0]!,
    variance: (rows, row, terms) => predictor(rows, row, terms).variance,
    predictor,
    combinationCovariance(combinations) {
      const solved = combinations.map(({ fixed, random }) => {
        solver.begin();
        for (const { term, level, effect, weight } of random) {
          const { q: width, first, stride } = places[term]!;
          for (let c = 0; c <= effect; c++) solver.add(eliminated[first + level * stride + c]!, weight * factors[term]![effect * width + c]!);
        }
        const column = new Map<number, number>();
        const left = Float64Array.from(fixed);
        solver.solve((effect, value) => {
          column.set(effect, value);
          for (let j = 0; j < p; j++) left[j]! -= border[j]![effect]! * value;
        });
        return { column, left };
      });
      const m = combinations.length;
      const out = new Float64Array(m * m);
      solved.forEach((a, r) => {
        solved.forEach((b, c) => {
          let sum = definite ? 0 : NaN;
          for (const [effect, value] of a.column) sum += value * (b.column.get(effect) ?? 0);
          for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) if (a.left[i] !== 0 && b.left[j] !== 0) sum += a.left[i]! * vcov[i]![j]! * b.left[j]!;
          out[r * m + c] = sum;
        });
      });
      return out;
    },
    levelCovariance(term, level) {
      const { q: width, first, stride } = places[term]!;
      const factor = factors[term]!;
      const solved: Map<number, number>[] = [];
      for (let r = 0; r < width; r++) {
        solver.begin();
        for (let c = 0; c <= r; c++) solver.add(eliminated[first + level * stride + c]!, factor[r * width + c]!);
        const column = new Map<number, number>();
        solver.solve((effect, value) => column.set(effect, value));
        solved.push(column);
      }
      const out = new Float64Array(width * width);
      solved.forEach((a, r) => {
        solved.forEach((b, c) => {
          let sum = 0;
          for (const [effect, value] of a) sum += value * (b.get(effect) ?? 0);
          out[r * width + c] = definite ? sum : NaN;
        });
      });
      return out;
    },
  };
}

/** The parameters other than fixed effects that have a standard error. */
function uncertainParameters(design: Design, covariance: Float64Array): { readonly place: number; readonly error: number }[] {
  const { nFixed, nParams } = parameterLayout(design);
  return Array.from({ length: nParams - nFixed }, (_, k) => ({ place: nFixed + k, error: Math.sqrt(covariance[(nFixed + k) * (nParams + 1)]!) })).filter(({ error }) => error > 0);
}

/** (X'WX − B'B)⁻¹ with the border B = L⁻¹Λ'Z'WX. */
function wlsCovariance({ nobs, nFixed: p, x, order }: ReturnType<typeof manyFactors>, weights: Float64Array, border: readonly Float64Array[]): number[][] {
  const schur = new Float64Array(p * p);
  for (let i = 0; i < nobs; i++) {
    const weight = weights[order[i]!]!;
    for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) schur[j * p + k]! += weight * x[i * p + j]! * x[i * p + k]!;
  }
  border.forEach((one, j) => { border.forEach((other, k) => { schur[j * p + k]! -= one.reduce((sum, value, at) => sum + value * other[at]!, 0); }); });
  const inverted = inverse(schur, p);
  return Array.from({ length: p }, (_, j) => Array.from({ length: p }, (__, k) => inverted?.[j * p + k] ?? NaN));
}

/** out ← Λ'z for the q numbers of z at `zAt`. */
function load(factor: Float64Array, q: number, z: Float64Array, zAt: number, out: Float64Array, at: number): void {
  for (let c = 0; c < q; c++) {
    let sum = 0;
    for (let r = c; r < q; r++) sum += factor[r * q + c]! * z[zAt + r]!;
    out[at + c] = sum;
  }
}

interface SparseSolver {
  begin(): void;
  /** Adds to the right side. */
  add(effect: number, value: number): void;
  /** L⁻¹ of the right side, entry by entry. */
  solve(visit: (effect: number, value: number) => void): void;
}

/** Forward substitution that visits only the effects a sparse right side reaches in the elimination tree. */
function sparseSolver(starts: Int32Array, rows: Int32Array, l: Float64Array, size: number): SparseSolver {
  const work = new Float64Array(size);
  const marked = new Uint8Array(size);
  let reached: number[] = [];
  return {
    begin() {
      reached = [];
    },
    add(effect, value) {
      work[effect]! += value;
      for (let j = effect; marked[j] === 0; j = rows[starts[j]! + 1]!) {
        marked[j] = 1;
        reached.push(j);
        // The parent of a column is the first row below its diagonal.
        if (starts[j + 1]! === starts[j]! + 1) break;
      }
    },
    solve(visit) {
      reached.sort((a, b) => a - b);
      for (const j of reached) {
        const begin = starts[j]!;
        const value = work[j]! / l[begin]!;
        for (let at = begin + 1; at < starts[j + 1]!; at++) work[rows[at]!]! -= l[at]! * value;
        work[j] = 0;
        marked[j] = 0;
        visit(j, value);
      }
    },
  };
}
