/**
 * Random terms on several grouping factors, or on two linear predictors: H is one sparse matrix for the whole model. Newton for the mode,
 * Laplace and its gradient, with the leverages from the entries of H⁻¹ on the pattern of its factor (likelihood.md §2, "Two predictors").
 *
 * Predictor 0 is η, predictor 1 (where a term acts on it) the logit ζ of the zero inflation. Second derivatives come as a list by the sum of
 * the predictors they are taken by: ηη, ηζ, ζζ; third ones likewise.
 */
import { type Derivatives, type Family, PART, auxiliaryCount, derivativeRows, fisher } from '../families/family.js';
import { SparseCholesky } from '../numerics/sparse-cholesky.js';
import { FISHER_MODE_TOLERANCE, type GroupKernel, MAX_MODE_STEPS, MODE_TOLERANCE, type ModelData, type RowGradients, modeParts } from './group-kernel.js';
import type { ManyFactors } from './many-factors.js';
import type { Integration } from './objective.js';

/** Derivatives of the rows by the linear predictors, as lists. */
interface PredictorRows {
  readonly score: readonly Float64Array[];
  readonly weight: readonly Float64Array[];
  /** Derivatives of the weights that enter H. */
  readonly slope: readonly Float64Array[];
  /** The weights of H; as `weight` unless the expected information is asked for. */
  readonly inH: readonly Float64Array[];
  /** Weights that make H positive definite. */
  readonly positive: readonly Float64Array[];
  /** By each auxiliary value that is no predictor here: ∂ℓ/∂a, and the derivatives of score and `inH`. */
  readonly auxiliary: readonly { readonly value: Float64Array; readonly score: readonly Float64Array[]; readonly inH: readonly Float64Array[] }[];
}

function predictorRows(family: Family, rows: Derivatives, expected: boolean): PredictorRows {
  const { d1, w, excess } = rows;
  const { weight, derivative } = fisher(family, rows);
  if (excess === null) {
    return {
      score: [d1], weight: [w], slope: [expected ? derivative : rows.dw], inH: [expected ? weight : w], positive: [weight],
      auxiliary: rows.auxiliary.map((by) => ({ value: by.value, score: [by.score], inH: [expected ? by.we : by.w] })),
    };
  }
  const zeta = rows.auxiliary.at(-1)!;
  const observed = [w, excess.cross, excess.w];
  return {
    score: [d1, zeta.value], weight: observed, slope: [rows.dw, zeta.w, excess.crossSlope, excess.dw], inH: observed,
    positive: [weight, new Float64Array(w.length), excess.we],
    auxiliary: excess.auxiliary.map((by, k) => {
      const { value, score, w: own } = rows.auxiliary[k]!;
      return { value, score: [score, by.score], inH: [own, by.cross, by.w] };
    }),
  };
}

/** Σ_s v_s m_{s + r} of a row. */
function weighted(v: Float64Array, m: readonly Float64Array[], r: number, row: number): number {
  let sum = 0;
  for (let s = 0; s < v.length; s++) sum += v[s]! * m[s + r]![row]!;
  return sum;
}

export function createSparseGroups(layout: ManyFactors, family: Family, integration: Integration): GroupKernel {
  const { nobs, nFixed, nTheta, nEffects, q, symbolic, effectOfRow, pairEntry, eliminated, thetaRow, thetaColumn, predictorOfColumn } = layout;
  const expected = integration.information === 'expected';
  const pairs = (q * (q + 1)) / 2;
  const cholesky = new SparseCholesky(symbolic);
  const entries = symbolic.rows.length;
  const eta = new Float64Array(nobs);
  const loading = new Float64Array(nobs * q);
  const nAuxiliary = auxiliaryCount(family);
  const two = predictorOfColumn.includes(1);
  const zeta = new Float64Array(two ? nobs : 0);
  const newtonParts = PART.score | PART.weight | (two ? PART.auxiliary : 0);
  const atMode = modeParts(family);
  const rows = derivativeRows(nobs, nAuxiliary, two);
  const by = predictorRows(family, rows, expected);
  const observedFactor = new Float64Array(entries);
  const factor = new Float64Array(entries);
  const inverse = new Float64Array(entries);
  const u = new Float64Array(nEffects);
  const slope = new Float64Array(nEffects);
  const move = new Float64Array(nEffects);
  const moveSlope = new Float64Array(nEffects);
  const t = new Float64Array(nEffects);
  const column = new Float64Array(nEffects);
  /** ½ tr(H⁻¹ ∂H) by each predictor of a row; then its residual. */
  const pulls = by.score.map(() => new Float64Array(nobs));
  /** l_s'H⁻¹l_t of a row by s + t, both orders counted. */
  const leverage = new Float64Array(by.weight.length);
  const along = new Float64Array(by.score.length);
  let logDensity = 0;

  function setLoading(model: ModelData, theta: Float64Array): void {
    loading.fill(0);
    for (let k = 0; k < nTheta; k++) {
      const value = theta[k]!;
      const r = thetaRow[k]!;
      const c = thetaColumn[k]!;
      for (let i = 0, at = 0; i < nobs; i++, at += q) loading[at + c]! += value * model.z[at + r]!;
    }
  }

  /** Σ ℓ with the derivatives of the rows at `u`. */
  function evaluateRows({ y, trials, weights, auxiliary }: ModelData, eta0: Float64Array, parts: number): number {
    eta.set(eta0);
    if (two) zeta.set(auxiliary.at(-1)!);
    for (let a = 0; a < q; a++) {
      const predictor = predictorOfColumn[a] === 0 ? eta : zeta;
      for (let i = 0, at = a; i < nobs; i++, at += q) predictor[i]! += loading[at]! * u[effectOfRow[at]!]!;
    }
    return family.evaluate(eta, y, trials, weights, 0, nobs, parts, rows, two ? [...auxiliary.slice(0, -1), zeta] : auxiliary);
  }

  /** out ← I + Λ'Z'WZΛ on the pattern of the factor. */
  function curvature(w: readonly Float64Array[], out: Float64Array): void {
    out.fill(0);
    for (let j = 0; j < nEffects; j++) out[symbolic.starts[j]!] = 1;
    for (let a = 0, pair = 0; a < q; a++) {
      for (let b = 0; b <= a; b++, pair++) {
        const own = w[predictorOfColumn[a]! + predictorOfColumn[b]!]!;
        for (let i = 0, at = 0; i < nobs; i++, at += q) out[pairEntry[i * pairs + pair]!]! += own[i]! * loading[at + a]! * loading[at + b]!;
      }
    }
  }

  function dot(a: Float64Array, b: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < nEffects; j++) sum += a[j]! * b[j]!;
    return sum;
  }

  /** out ← Λ'Z'v − u·shrink, v by predictor. */
  function projected(v: readonly Float64Array[], shrink: number, out: Float64Array): void {
    for (let j = 0; j < nEffects; j++) out[j] = -shrink * u[j]!;
    for (let a = 0; a < q; a++) {
      const own = v[predictorOfColumn[a]!]!;
      for (let i = 0, at = a; i < nobs; i++, at += q) out[effectOfRow[at]!]! += loading[at]! * own[i]!;
    }
  }

  /** Mode from the content of `u`, derivatives of the rows in `rows`; false if there is none. */
  function findMode(model: ModelData, eta0: Float64Array): boolean {
    if (!u.every(Number.isFinite)) u.fill(0);
    let started = false;
    for (let step = 0; step < MAX_MODE_STEPS; step++) {
      let fine = !Number.isNaN(evaluateRows(model, eta0, newtonParts));
      if (fine) {
        projected(by.score, 1, slope);
        fine = Number.isFinite(dot(slope, slope));
      }
      if (!fine && !started) {
        if (u.every((value) => value === 0)) return false;
        u.fill(0);
        continue;
      }
      if (started && (!fine || dot(slope, move) < -0.5 * dot(moveSlope, move))) {
        for (let j = 0; j < nEffects; j++) {
          move[j]! *= 0.5;
          u[j]! -= move[j]!;
        }
        continue;
      }
      started = true;
      curvature(by.weight, factor);
      const newton = cholesky.factor(factor);
      if (!newton) {
        curvature(by.positive, factor);
        if (!cholesky.factor(factor)) return false;
      }
      move.set(slope);
      moveSlope.set(slope);
      cholesky.solveLower(factor, move);
      cholesky.solveUpper(factor, move);
      const decrement = dot(move, slope);
      for (let j = 0; j < nEffects; j++) u[j]! += move[j]!;
      if (decrement < (newton ? MODE_TOLERANCE : FISHER_MODE_TOLERANCE)) {
        logDensity = evaluateRows(model, eta0, atMode);
        return !Number.isNaN(logDensity);
      }
    }
    return false;
  }

  function loadModes(model: ModelData): void {
    for (let e = 0; e < nEffects; e++) u[eliminated[e]!] = model.modes[e]!;
  }

  function evaluate(
    model: ModelData, eta0: Float64Array, theta: Float64Array, adjointEta: Float64Array | null, keepModes: boolean,
    gradients: RowGradients, thetaGradient: Float64Array,
  ): number {
    setLoading(model, theta);
    loadModes(model);
    const found = findMode(model, eta0);
    if (keepModes) for (let e = 0; e < nEffects; e++) model.modes[e] = found ? u[eliminated[e]!]! : 0;
    if (!found) return NaN;
    curvature(by.inH, factor);
    if (!cholesky.factor(factor)) return NaN;
    let solver = factor;
    if (expected && !family.canonical) {
      curvature(by.weight, observedFactor);
      if (!cholesky.factor(observedFactor)) return NaN;
      solver = observedFactor;
    }
    cholesky.selectedInverse(factor, inverse);

    // a_i + v_i, with the leverage from H⁻¹ on the pairs of the row.
    for (let i = 0, at = 0; i < nobs; i++) {
      const base = i * q;
      leverage.fill(0);
      for (let a = 0; a < q; a++) {
        const la = loading[base + a]!;
        const pa = predictorOfColumn[a]!;
        for (let b = 0; b < a; b++) leverage[pa + predictorOfColumn[b]!]! += 2 * la * loading[base + b]! * inverse[pairEntry[at++]!]!;
        leverage[2 * pa]! += la * la * inverse[pairEntry[at++]!]!;
      }
      for (let k = 0; k < by.auxiliary.length; k++) {
        const { value, inH } = by.auxiliary[k]!;
        gradients.auxiliary[k]![i] = value[i]! - 0.5 * weighted(leverage, inH, 0, i);
      }
      for (let r = 0; r < pulls.length; r++) {
        pulls[r]![i] = 0.5 * weighted(leverage, by.slope, r, i) + (adjointEta === null ? 0 : by.weight[r]![i]! * adjointEta[i]!);
      }
    }
    projected(pulls, 0, t);
    cholesky.solveLower(solver, t);
    cholesky.solveUpper(solver, t);
    for (let i = 0, at = 0; i < nobs; i++) {
      along.fill(0);
      for (let a = 0; a < q; a++, at++) along[predictorOfColumn[a]!]! += loading[at]! * t[effectOfRow[at]!]!;
      for (let r = 0; r < pulls.length; r++) pulls[r]![i] = by.score[r]![i]! - pulls[r]![i]! + weighted(along, by.weight, r, i);
      if (adjointEta !== null) along[0]! -= adjointEta[i]!;
      for (let k = 0; k < by.auxiliary.length; k++) gradients.auxiliary[k]![i]! -= weighted(along, by.auxiliary[k]!.score, 0, i);
    }
    gradients.eta.set(pulls[0]!);
    if (two) gradients.auxiliary.at(-1)!.set(pulls[1]!);
    // dL/dΛ entry (r, c): Σ_i z_ir (r_i u_c − d1_i t_c − Σ_b wc_i (H⁻¹)_cb l_ib), effects c of the row's level, by the predictor of c.
    thetaGradient.fill(0);
    for (let i = 0; i < nobs; i++) {
      const base = i * q;
      for (let k = 0; k < nTheta; k++) {
        const c = thetaColumn[k]!;
        const own = predictorOfColumn[c]!;
        const effect = effectOfRow[base + c]!;
        let spread = 0;
        for (let b = 0; b < q; b++) {
          const pair = b <= c ? (c * (c + 1)) / 2 + b : (b * (b + 1)) / 2 + c;
          spread += by.inH[own + predictorOfColumn[b]!]![i]! * loading[base + b]! * inverse[pairEntry[i * pairs + pair]!]!;
        }
        thetaGradient[k]! += model.z[base + thetaRow[k]!]! * (pulls[own]![i]! * u[effect]! - by.score[own]![i]! * t[effect]! - spread);
      }
    }
    return logDensity - 0.5 * (dot(u, u) + cholesky.logDeterminant(factor));
  }

  function profile(
    model: ModelData, eta0: Float64Array, theta: Float64Array, weights: 'observed' | 'expected', score: Float64Array, schur: Float64Array,
  ): void {
    const { x } = model;
    setLoading(model, theta);
    loadModes(model);
    const w = weights === 'expected' ? by.positive : by.weight;
    score.fill(0);
    schur.fill(0);
    if (!findMode(model, eta0)) {
      score.fill(NaN);
      return;
    }
    curvature(w, factor);
    if (!cholesky.factor(factor)) {
      score.fill(NaN);
      return;
    }
    const borders: Float64Array[] = [];
    for (let j = 0; j < nFixed; j++) {
      column.fill(0);
      for (let i = 0, at = 0; i < nobs; i++) {
        const xij = x[i * nFixed + j]!;
        score[j]! += xij * rows.d1[i]!;
        const xw = xij * w[0]![i]!;
        for (let k = 0; k <= j; k++) schur[j * nFixed + k]! += xw * x[i * nFixed + k]!;
        for (let a = 0; a < q; a++, at++) column[effectOfRow[at]!]! += xij * w[predictorOfColumn[a]!]![i]! * loading[at]!;
      }
      cholesky.solveLower(factor, column);
      borders.push(column.slice());
      for (let k = 0; k <= j; k++) {
        schur[j * nFixed + k]! -= dot(borders[j]!, borders[k]!);
        schur[k * nFixed + j] = schur[j * nFixed + k]!;
      }
    }
  }

  return { evaluate, profile };
}
