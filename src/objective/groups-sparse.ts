/**
 * Random terms on several grouping factors: H is one sparse matrix for the whole model. Newton for the mode, Laplace and its gradient, with
 * the leverages from the entries of H⁻¹ on the pattern of its factor (likelihood.md §2).
 */
import { type Family, PART, auxiliaryCount, derivativeRows, fisher } from '../families/family.js';
import { SparseCholesky } from '../numerics/sparse-cholesky.js';
import { FISHER_MODE_TOLERANCE, type GroupKernel, MAX_MODE_STEPS, MODE_TOLERANCE, type ModelData, type RowGradients, modeParts } from './group-kernel.js';
import type { ManyFactors } from './many-factors.js';
import type { Integration } from './objective.js';

const NEWTON_PARTS = PART.score | PART.weight;

export function createSparseGroups(layout: ManyFactors, family: Family, integration: Integration): GroupKernel {
  const { nobs, nFixed, nTheta, nEffects, q, symbolic, effectOfRow, pairEntry, eliminated, thetaRow, thetaColumn } = layout;
  const expected = integration.information === 'expected';
  const pairs = (q * (q + 1)) / 2;
  const cholesky = new SparseCholesky(symbolic);
  const entries = symbolic.rows.length;
  const eta = new Float64Array(nobs);
  const loading = new Float64Array(nobs * q);
  const nAuxiliary = auxiliaryCount(family);
  const atMode = modeParts(family);
  const rows = derivativeRows(nobs, nAuxiliary);
  const expectedRows = fisher(family, rows);
  const observedFactor = new Float64Array(entries);
  const factor = new Float64Array(entries);
  const inverse = new Float64Array(entries);
  const u = new Float64Array(nEffects);
  const slope = new Float64Array(nEffects);
  const move = new Float64Array(nEffects);
  const moveSlope = new Float64Array(nEffects);
  const t = new Float64Array(nEffects);
  const column = new Float64Array(nEffects);
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

  function predictor(eta0: Float64Array): void {
    for (let i = 0, at = 0; i < nobs; i++) {
      let sum = eta0[i]!;
      for (let a = 0; a < q; a++, at++) sum += loading[at]! * u[effectOfRow[at]!]!;
      eta[i] = sum;
    }
  }

  /** out ← I + Λ'Z'WZΛ on the pattern of the factor. */
  function curvature(w: Float64Array, out: Float64Array): void {
    out.fill(0);
    for (let j = 0; j < nEffects; j++) out[symbolic.starts[j]!] = 1;
    for (let i = 0, at = 0; i < nobs; i++) {
      const base = i * q;
      for (let a = 0; a < q; a++) {
        const scaled = w[i]! * loading[base + a]!;
        for (let b = 0; b <= a; b++) out[pairEntry[at++]!]! += scaled * loading[base + b]!;
      }
    }
  }

  function dot(a: Float64Array, b: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < nEffects; j++) sum += a[j]! * b[j]!;
    return sum;
  }

  /** out ← Λ'Z'v − u·shrink. */
  function projected(v: Float64Array, shrink: number, out: Float64Array): void {
    for (let j = 0; j < nEffects; j++) out[j] = -shrink * u[j]!;
    for (let i = 0, at = 0; i < nobs; i++) for (let a = 0; a < q; a++, at++) out[effectOfRow[at]!]! += loading[at]! * v[i]!;
  }

  /** Mode from the content of `u`, derivatives of the rows in `rows`; false if there is none. */
  function findMode(model: ModelData, eta0: Float64Array): boolean {
    const { y, trials, weights, auxiliary } = model;
    if (!u.every(Number.isFinite)) u.fill(0);
    let started = false;
    for (let step = 0; step < MAX_MODE_STEPS; step++) {
      predictor(eta0);
      let fine = !Number.isNaN(family.evaluate(eta, y, trials, weights, 0, nobs, NEWTON_PARTS, rows, auxiliary));
      if (fine) {
        projected(rows.d1, 1, slope);
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
      curvature(rows.w, factor);
      const newton = cholesky.factor(factor);
      if (!newton) {
        curvature(expectedRows.weight, factor);
        if (!cholesky.factor(factor)) return false;
      }
      move.set(slope);
      moveSlope.set(slope);
      cholesky.solveLower(factor, move);
      cholesky.solveUpper(factor, move);
      const decrement = dot(move, slope);
      for (let j = 0; j < nEffects; j++) u[j]! += move[j]!;
      if (decrement < (newton ? MODE_TOLERANCE : FISHER_MODE_TOLERANCE)) {
        predictor(eta0);
        logDensity = family.evaluate(eta, y, trials, weights, 0, nobs, atMode, rows, auxiliary);
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
    const { d1, w } = rows;
    const residual = gradients.eta;
    const wc = expected ? expectedRows.weight : w;
    const dwc = expected ? expectedRows.derivative : rows.dw;
    setLoading(model, theta);
    loadModes(model);
    const found = findMode(model, eta0);
    if (keepModes) for (let e = 0; e < nEffects; e++) model.modes[e] = found ? u[eliminated[e]!]! : 0;
    if (!found) return NaN;
    curvature(wc, factor);
    if (!cholesky.factor(factor)) return NaN;
    let solver = factor;
    if (expected && !family.canonical) {
      curvature(w, observedFactor);
      if (!cholesky.factor(observedFactor)) return NaN;
      solver = observedFactor;
    }
    cholesky.selectedInverse(factor, inverse);

    // a_i + v_i, with the leverage from H⁻¹ on the pairs of the row.
    for (let i = 0, at = 0; i < nobs; i++) {
      const base = i * q;
      let leverage = 0;
      for (let a = 0; a < q; a++) {
        const la = loading[base + a]!;
        for (let b = 0; b < a; b++) leverage += 2 * la * loading[base + b]! * inverse[pairEntry[at++]!]!;
        leverage += la * la * inverse[pairEntry[at++]!]!;
      }
      for (let a = 0; a < nAuxiliary; a++) {
        const { value, w: observed, we } = rows.auxiliary[a]!;
        gradients.auxiliary[a]![i] = value[i]! - 0.5 * leverage * (expected ? we : observed)[i]!;
      }
      residual[i] = 0.5 * dwc[i]! * leverage + (adjointEta === null ? 0 : w[i]! * adjointEta[i]!);
    }
    projected(residual, 0, t);
    cholesky.solveLower(solver, t);
    cholesky.solveUpper(solver, t);
    for (let i = 0, at = 0; i < nobs; i++) {
      let along = 0;
      for (let a = 0; a < q; a++, at++) along += loading[at]! * t[effectOfRow[at]!]!;
      residual[i] = d1[i]! - residual[i]! + w[i]! * along;
      const pulled = (adjointEta === null ? 0 : adjointEta[i]!) - along;
      for (let a = 0; a < nAuxiliary; a++) gradients.auxiliary[a]![i]! += pulled * rows.auxiliary[a]!.score[i]!;
    }
    // dL/dΛ entry (r, c): Σ_i z_ir (r_i u_c − d1_i t_c − wc_i (H⁻¹ l_i)_c), effects c of the row's level.
    thetaGradient.fill(0);
    for (let i = 0; i < nobs; i++) {
      const base = i * q;
      for (let k = 0; k < nTheta; k++) {
        const c = thetaColumn[k]!;
        const effect = effectOfRow[base + c]!;
        let spread = 0;
        for (let b = 0; b < q; b++) {
          const pair = b <= c ? (c * (c + 1)) / 2 + b : (b * (b + 1)) / 2 + c;
          spread += loading[base + b]! * inverse[pairEntry[i * pairs + pair]!]!;
        }
        thetaGradient[k]! += model.z[base + thetaRow[k]!]! * (residual[i]! * u[effect]! - d1[i]! * t[effect]! - wc[i]! * spread);
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
    const w = weights === 'expected' ? expectedRows.weight : rows.w;
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
        const xw = xij * w[i]!;
        for (let k = 0; k <= j; k++) schur[j * nFixed + k]! += xw * x[i * nFixed + k]!;
        for (let a = 0; a < q; a++, at++) column[effectOfRow[at]!]! += xw * loading[at]!;
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
