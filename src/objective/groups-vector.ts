/**
 * Groups with q > 1 random effects per level. Small dense q × q algebra; the formulas are those of docs/likelihood.md §3 with
 * Q = C(½I + K)C', which is ½H⁻¹ for Laplace.
 */
import { type Family, PART, auxiliaryCount, derivativeRows, fisher } from '../families/family.js';
import { factor, logDeterminant, solve, solveLower, solveUpper } from '../numerics/cholesky.js';
import {
  FISHER_MODE_TOLERANCE, type GroupKernel, MAX_MODE_STEPS, MODE_TOLERANCE, type ModelData, type RowGradients, modeParts, quadratureFor,
} from './group-kernel.js';
import type { Integration } from './objective.js';
import type { OneFactor } from './one-factor.js';

const NEWTON_PARTS = PART.score | PART.weight;
const NODE_PARTS = PART.value | PART.score | PART.auxiliary;

export function createVectorGroups(layout: OneFactor, family: Family, integration: Integration): GroupKernel {
  const { nobs, nFixed, nTheta, q, thetaRow, thetaColumn } = layout;
  const quadrature = quadratureFor(integration, q);
  const expected = integration.information === 'expected';
  const vector = () => new Float64Array(q);
  const matrix = () => new Float64Array(q * q);

  const lambda = matrix();
  const eta = new Float64Array(nobs);
  /** Rows z_i'Λ of the group. */
  const loading = new Float64Array(nobs * q);
  const nAuxiliary = auxiliaryCount(family);
  const atMode = modeParts(family);
  const rows = derivativeRows(nobs, nAuxiliary);
  const expectedRows = fisher(family, rows);
  const node = derivativeRows(quadrature === null ? 0 : nobs, nAuxiliary);
  const mean0 = new Float64Array(quadrature === null ? 0 : nobs);
  const mean1 = new Float64Array(quadrature === null ? 0 : nobs * q);
  const meanAuxiliary = rows.auxiliary.map(() => new Float64Array(quadrature === null ? 0 : nobs));
  /** Leverages ½ lev_i of the rows, where auxiliary values ask for them. */
  const leverages = new Float64Array(nAuxiliary === 0 ? 0 : nobs);

  /** Σ ℓ of the group at the mode found last. */
  let logDensity = 0;
  const u = vector();
  const slope = vector();
  const move = vector();
  const moveSlope = vector();
  const hObserved = matrix();
  const h = matrix();
  /** C = L⁻ᵀ with H = LLᵀ: upper triangular, CC' = H⁻¹. */
  const c = matrix();
  const spread = matrix();
  const work = matrix();
  const point = vector();
  const nodeSlope = vector();
  const bias = vector();
  const tauSlope = matrix();
  const t = vector();
  const zMean1 = matrix();
  const border = new Float64Array(nFixed * q);
  const column = vector();

  function setLambda(theta: Float64Array): void {
    for (let k = 0; k < nTheta; k++) lambda[thetaRow[k]! * q + thetaColumn[k]!] = theta[k]!;
  }

  function setLoading(model: ModelData, from: number, count: number): void {
    for (let i = 0; i < count; i++) {
      for (let a = 0; a < q; a++) {
        let sum = 0;
        for (let b = a; b < q; b++) sum += lambda[b * q + a]! * model.z[(from + i) * q + b]!;
        loading[i * q + a] = sum;
      }
    }
  }

  function predictor(eta0: Float64Array, from: number, count: number, at: Float64Array): void {
    for (let i = 0; i < count; i++) {
      let sum = eta0[from + i]!;
      for (let a = 0; a < q; a++) sum += loading[i * q + a]! * at[a]!;
      eta[i] = sum;
    }
  }

  /** out ← I + Σ w_i l_i l_i' (both triangles). */
  function curvature(count: number, w: Float64Array, out: Float64Array): void {
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = a === b ? 1 : 0;
        for (let i = 0; i < count; i++) sum += w[i]! * loading[i * q + a]! * loading[i * q + b]!;
        out[a * q + b] = out[b * q + a] = sum;
      }
    }
  }

  const dot = (a: Float64Array, b: Float64Array): number => {
    let sum = 0;
    for (let j = 0; j < q; j++) sum += a[j]! * b[j]!;
    return sum;
  };

  /** Mode of one group into `u` from its present content, derivatives of the rows in `rows`; false if there is none. */
  function findMode(model: ModelData, eta0: Float64Array, from: number, count: number): boolean {
    const { y, trials, weights, auxiliary } = model;
    if (!u.every(Number.isFinite)) u.fill(0);
    move.fill(0);
    moveSlope.fill(0);
    let started = false;
    for (let step = 0; step < MAX_MODE_STEPS; step++) {
      predictor(eta0, from, count, u);
      let fine = !Number.isNaN(family.evaluate(eta, y, trials, weights, from, count, NEWTON_PARTS, rows, auxiliary));
      if (fine) {
        for (let a = 0; a < q; a++) {
          let sum = -u[a]!;
          for (let i = 0; i < count; i++) sum += loading[i * q + a]! * rows.d1[i]!;
          slope[a] = sum;
        }
        fine = Number.isFinite(dot(slope, slope));
      }
      if (!fine && !started) {
        if (u.every((value) => value === 0)) return false;
        u.fill(0);
        continue;
      }
      // Along the last step the slope has turned against it by more than half: too far, go back half way (likelihood.md §4).
      if (started && (!fine || dot(slope, move) < -0.5 * dot(moveSlope, move))) {
        for (let a = 0; a < q; a++) {
          move[a]! *= 0.5;
          u[a]! -= move[a]!;
        }
        continue;
      }
      started = true;
      curvature(count, rows.w, work);
      const newton = factor(work, q);
      if (!newton) {
        curvature(count, expectedRows.weight, work);
        if (!factor(work, q)) return false;
      }
      move.set(slope);
      moveSlope.set(slope);
      solve(work, q, move);
      const decrement = dot(move, slope);
      for (let a = 0; a < q; a++) u[a]! += move[a]!;
      if (decrement < (newton ? MODE_TOLERANCE : FISHER_MODE_TOLERANCE)) {
        predictor(eta0, from, count, u);
        logDensity = family.evaluate(eta, y, trials, weights, from, count, atMode, rows, auxiliary);
        return !Number.isNaN(logDensity);
      }
    }
    return false;
  }

  /** C from the Cholesky factor of H. */
  function setC(l: Float64Array): void {
    for (let j = 0; j < q; j++) {
      column.fill(0);
      column[j] = 1;
      solveUpper(l, q, column);
      for (let a = 0; a < q; a++) c[a * q + j] = column[a]!;
    }
  }

  /** spread ← C M C' for the symmetric M in `work`. */
  function setSpread(): void {
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) {
        let sum = 0;
        for (let j = 0; j < q; j++) for (let k = 0; k < q; k++) sum += c[a * q + j]! * work[j * q + k]! * c[b * q + k]!;
        spread[a * q + b] = spread[b * q + a] = sum;
      }
    }
  }

  /** log Σ_k p_k; fills bias, work (½I + K), mean0, mean1. */
  function integrate(model: ModelData, eta0: Float64Array, from: number, count: number): number {
    const { nodes, logWeights } = quadrature!;
    mean0.fill(0, 0, count);
    mean1.fill(0, 0, count * q);
    for (const mean of meanAuxiliary) mean.fill(0, 0, count);
    bias.fill(0);
    tauSlope.fill(0);
    let mass = 0;
    const uu = dot(u, u);
    for (let k = 0; k < logWeights.length; k++) {
      for (let a = 0; a < q; a++) {
        let sum = u[a]!;
        for (let j = a; j < q; j++) sum += c[a * q + j]! * nodes[k * q + j]!;
        point[a] = sum;
      }
      predictor(eta0, from, count, point);
      const nodeDensity = family.evaluate(eta, model.y, model.trials, model.weights, from, count, NODE_PARTS, node, model.auxiliary);
      if (Number.isNaN(nodeDensity)) continue;
      const p = Math.exp(logWeights[k]! - 0.5 * (dot(point, point) - uu) + nodeDensity - logDensity);
      if (!(p > 0)) continue;
      mass += p;
      for (let a = 0; a < q; a++) {
        let sum = -point[a]!;
        for (let i = 0; i < count; i++) sum += loading[i * q + a]! * node.d1[i]!;
        nodeSlope[a] = sum;
        bias[a]! += p * sum;
      }
      for (let b = 0; b < q; b++) {
        let projected = 0;
        for (let a = 0; a <= b; a++) projected += c[a * q + b]! * nodeSlope[a]!;
        for (let a = 0; a < q; a++) tauSlope[a * q + b]! += p * nodes[k * q + a]! * projected;
      }
      for (let i = 0; i < count; i++) {
        const score = p * node.d1[i]!;
        mean0[i]! += score;
        for (let a = 0; a < q; a++) mean1[i * q + a]! += score * nodes[k * q + a]!;
      }
      for (let a = 0; a < nAuxiliary; a++) for (let i = 0; i < count; i++) meanAuxiliary[a]![i]! += p * node.auxiliary[a]!.value[i]!;
    }
    for (let i = 0; i < count; i++) mean0[i]! /= mass;
    for (let i = 0; i < count * q; i++) mean1[i]! /= mass;
    for (const mean of meanAuxiliary) for (let i = 0; i < count; i++) mean[i]! /= mass;
    for (let a = 0; a < q; a++) bias[a]! /= mass;
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) work[a * q + b] = work[b * q + a] = (0.5 * tauSlope[a * q + b]!) / mass;
      work[a * q + a]! += 0.5;
    }
    return Math.log(mass);
  }

  function evaluate(
    model: ModelData, eta0: Float64Array, theta: Float64Array, adjointEta: Float64Array | null, keepModes: boolean,
    gradients: RowGradients, thetaGradient: Float64Array,
  ): number {
    const { starts, copies, z, modes } = model;
    const { d1, w } = rows;
    const residual = gradients.eta;
    const wc = expected ? expectedRows.weight : w;
    const dwc = expected ? expectedRows.derivative : rows.dw;
    setLambda(theta);
    thetaGradient.fill(0);
    let total = 0;
    for (let g = 0; g + 1 < starts.length; g++) {
      const from = starts[g]!;
      const count = starts[g + 1]! - from;
      setLoading(model, from, count);
      for (let a = 0; a < q; a++) u[a] = modes[g * q + a]!;
      const found = findMode(model, eta0, from, count);
      if (keepModes) for (let a = 0; a < q; a++) modes[g * q + a] = found ? u[a]! : 0;
      if (!found) return NaN;
      curvature(count, w, hObserved);
      curvature(count, wc, h);
      if (!factor(hObserved, q) || !factor(h, q)) return NaN;
      setC(h);
      const times = copies === null ? 1 : copies[g]!;
      total += times * (logDensity - 0.5 * (dot(u, u) + logDeterminant(h, q)));
      if (quadrature === null) {
        work.fill(0);
        for (let a = 0; a < q; a++) work[a * q + a] = 0.5;
      } else {
        total += times * integrate(model, eta0, from, count);
      }
      setSpread();

      for (let a = 0; a < q; a++) t[a] = quadrature === null ? 0 : -bias[a]!;
      for (let i = 0; i < count; i++) {
        let leverage = 0;
        for (let a = 0; a < q; a++) {
          let sum = 0;
          for (let b = 0; b < q; b++) sum += spread[a * q + b]! * loading[i * q + b]!;
          leverage += sum * loading[i * q + a]!;
        }
        // a_i + v_i of likelihood.md §2 with the adjoint; the residual takes its place below.
        if (nAuxiliary > 0) leverages[i] = leverage;
        const pull = dwc[i]! * leverage + (adjointEta === null ? 0 : w[i]! * adjointEta[from + i]!);
        residual[from + i] = pull;
        for (let a = 0; a < q; a++) t[a]! += pull * loading[i * q + a]!;
      }
      solve(hObserved, q, t);

      // work ← Z'WcZΛ, then minus twice its product with Q is the direct term of dL/dΛ.
      work.fill(0);
      zMean1.fill(0);
      slope.fill(0);
      for (let i = 0; i < count; i++) {
        const pull = residual[from + i]!;
        let along = 0;
        for (let a = 0; a < q; a++) along += loading[i * q + a]! * t[a]!;
        const r = (quadrature === null ? d1[i]! : mean0[i]!) - pull + w[i]! * along;
        residual[from + i] = times * r;
        for (let a = 0; a < nAuxiliary; a++) {
          const { value, score, w: observed, we } = rows.auxiliary[a]!;
          const density = quadrature === null ? value : meanAuxiliary[a]!;
          const pulled = (adjointEta === null ? 0 : adjointEta[from + i]!) - along;
          gradients.auxiliary[a]![from + i] = times * (density[i]! - leverages[i]! * (expected ? we : observed)[i]! + pulled * score[i]!);
        }
        for (let k = 0; k < q; k++) {
          const zk = z[(from + i) * q + k]!;
          slope[k]! += zk * d1[i]!;
          moveSlope[k] = (i === 0 ? 0 : moveSlope[k]!) + zk * r;
          for (let a = 0; a < q; a++) {
            work[k * q + a]! += zk * wc[i]! * loading[i * q + a]!;
            if (quadrature !== null) zMean1[k * q + a]! += zk * mean1[i * q + a]!;
          }
        }
      }
      if (count === 0) moveSlope.fill(0);
      for (let k = 0; k < nTheta; k++) {
        const row = thetaRow[k]!;
        const col = thetaColumn[k]!;
        let sum = moveSlope[row]! * u[col]! - slope[row]! * t[col]!;
        for (let a = 0; a < q; a++) sum -= 2 * work[row * q + a]! * spread[a * q + col]!;
        if (quadrature !== null) for (let j = col; j < q; j++) sum += zMean1[row * q + j]! * c[col * q + j]!;
        thetaGradient[k]! += times * sum;
      }
    }
    return total;
  }

  function profile(
    model: ModelData, eta0: Float64Array, theta: Float64Array, weights: 'observed' | 'expected', score: Float64Array, schur: Float64Array,
  ): void {
    const { starts, copies, x } = model;
    setLambda(theta);
    score.fill(0);
    schur.fill(0);
    for (let g = 0; g + 1 < starts.length; g++) {
      const from = starts[g]!;
      const count = starts[g + 1]! - from;
      setLoading(model, from, count);
      for (let a = 0; a < q; a++) u[a] = model.modes[g * q + a]!;
      const w = weights === 'expected' ? expectedRows.weight : rows.w;
      if (!findMode(model, eta0, from, count)) {
        score.fill(NaN);
        return;
      }
      curvature(count, w, h);
      if (!factor(h, q)) {
        score.fill(NaN);
        return;
      }
      const times = copies === null ? 1 : copies[g]!;
      border.fill(0);
      for (let i = 0; i < count; i++) {
        const row = (from + i) * nFixed;
        for (let j = 0; j < nFixed; j++) {
          const xw = x[row + j]! * w[i]!;
          score[j]! += times * x[row + j]! * rows.d1[i]!;
          for (let a = 0; a < q; a++) border[j * q + a]! += xw * loading[i * q + a]!;
          for (let k = 0; k <= j; k++) schur[j * nFixed + k]! += times * xw * x[row + k]!;
        }
      }
      for (let j = 0; j < nFixed; j++) solveLower(h, q, border.subarray(j * q, (j + 1) * q));
      for (let j = 0; j < nFixed; j++) {
        for (let k = 0; k <= j; k++) {
          let sum = 0;
          for (let a = 0; a < q; a++) sum += border[j * q + a]! * border[k * q + a]!;
          schur[j * nFixed + k]! -= times * sum;
        }
      }
    }
    for (let j = 0; j < nFixed; j++) for (let k = 0; k < j; k++) schur[k * nFixed + j] = schur[j * nFixed + k]!;
  }

  return { evaluate, profile };
}
