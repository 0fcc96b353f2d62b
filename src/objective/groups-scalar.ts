/**
 * Groups with one random effect per level (q = 1): the special case that most batches are, without small matrices.
 */
import { type Family, PART, auxiliaryCount, derivativeRows, fisher } from '../families/family.js';
import {
  FISHER_MODE_TOLERANCE, type GroupKernel, MAX_MODE_STEPS, type ModelData, type RowGradients, modeParts, quadratureFor,
} from './group-kernel.js';
import type { Integration } from './objective.js';
import type { OneFactor } from './one-factor.js';

/** Newton decrement below which the third-order step is used. */
const CHEBYSHEV_BELOW = 0.25;
/** Newton decrement at which the third-order step is the last one: what is left is of the order of its power 3/2, about 1e-12. */
const CUBIC_MODE_TOLERANCE = 1e-8;

const NEWTON_PARTS = PART.score | PART.weight | PART.weightDerivative;
const NODE_PARTS = PART.value | PART.score | PART.auxiliary;

export function createScalarGroups(layout: OneFactor, family: Family, integration: Integration): GroupKernel {
  const { nobs, nFixed } = layout;
  const quadrature = quadratureFor(integration, 1);
  const expected = integration.information === 'expected';
  const eta = new Float64Array(nobs);
  const loading = new Float64Array(nobs);
  const nAuxiliary = auxiliaryCount(family);
  const atMode = modeParts(family);
  const rows = derivativeRows(nobs, nAuxiliary);
  const expectedRows = fisher(family, rows);
  const node = derivativeRows(quadrature === null ? 0 : nobs, nAuxiliary);
  // Σ_k p_k d1(u_k) and Σ_k p_k τ_k d1(u_k) of each row.
  const mean0 = new Float64Array(quadrature === null ? 0 : nobs);
  const mean1 = new Float64Array(quadrature === null ? 0 : nobs);
  // Σ_k p_k ∂ℓ/∂a(u_k) of each auxiliary value.
  const meanAuxiliary = rows.auxiliary.map(() => new Float64Array(quadrature === null ? 0 : nobs));
  const border = new Float64Array(nFixed);
  const sums = new Float64Array(4);
  /** Σ ℓ of the group at the mode found last. */
  let logDensity = 0;

  function predictor(eta0: Float64Array, from: number, count: number, u: number): void {
    for (let i = 0; i < count; i++) eta[i] = eta0[from + i]! + loading[i]! * u;
  }

  /** Derivatives of the group's log-density along u: slope, observed weight, its derivative, expected weight; NaN outside the domain. */
  function derivativesAt(
    { y, trials, weights, auxiliary }: ModelData, eta0: Float64Array, u: number, from: number, count: number,
  ): void {
    if (family.modeSums !== undefined) {
      family.modeSums(eta0, loading, u, y, trials, weights, from, count, sums, auxiliary);
      sums[3] = sums[1]!;
      return;
    }
    predictor(eta0, from, count, u);
    if (Number.isNaN(family.evaluate(eta, y, trials, weights, from, count, NEWTON_PARTS, rows, auxiliary))) {
      sums.fill(NaN);
      return;
    }
    const { d1, w, dw } = rows;
    const we = expectedRows.weight;
    let slope = 0;
    let observed = 0;
    let third = 0;
    let information = 0;
    for (let i = 0; i < count; i++) {
      const l = loading[i]!;
      const l2 = l * l;
      slope += l * d1[i]!;
      observed += l2 * w[i]!;
      third += l2 * l * dw[i]!;
      information += l2 * we[i]!;
    }
    sums[0] = slope;
    sums[1] = observed;
    sums[2] = third;
    sums[3] = information;
  }

  /** Conditional mode of one group from the start `u`, derivatives of the rows at it in `rows`; NaN if there is none. */
  function findMode(model: ModelData, eta0: Float64Array, from: number, count: number, start: number): number {
    const { y, trials, weights, auxiliary } = model;
    let u = Number.isFinite(start) ? start : 0;
    // h' falls through zero at the mode: every evaluation narrows the bracket, so Newton cannot diverge.
    let low = -Infinity;
    let high = Infinity;
    let feasible = NaN;
    let lastMove = Infinity;
    for (let step = 0; step < MAX_MODE_STEPS; step++) {
      derivativesAt(model, eta0, u, from, count);
      const slope = sums[0]! - u;
      const observed = 1 + sums[1]!;
      const third = sums[2]!;
      const information = 1 + sums[3]!;
      if (!Number.isFinite(slope + observed)) {
        // Outside the domain of the link: half way back to where it was inside.
        if (Number.isNaN(feasible)) {
          if (u === 0) return NaN;
          u = 0;
        } else {
          if (u > feasible) high = u;
          else low = u;
          u = 0.5 * (u + feasible);
        }
        continue;
      }
      feasible = u;
      if (slope > 0) low = u;
      else high = u;
      const newton = observed > 0.1 * information;
      const curvature = newton ? observed : information;
      const move = slope / curvature;
      const decrement = slope * move;
      // Near the mode the curvature's own slope is used too (Chebyshev's method): the error becomes the cube of the step, not its square.
      const bend = newton && decrement < CHEBYSHEV_BELOW ? (0.5 * third * move) / observed : 0;
      let next = u + move * (1 - bend);
      // Newton can jump to and fro between two points and close the bracket by crumbs: steps that do not halve give way to bisection.
      const inside = next > low && next < high && (Math.abs(move) < 0.5 * lastMove || high - low === Infinity);
      if (slope !== 0 && !inside) next = 0.5 * (low + high);
      lastMove = Math.abs(move);
      const small = decrement < (newton ? CUBIC_MODE_TOLERANCE : FISHER_MODE_TOLERANCE);
      if (small || !(high - low > 1e-14 * Math.max(1, Math.abs(u)))) {
        u = inside ? next : u;
        predictor(eta0, from, count, u);
        logDensity = family.evaluate(eta, y, trials, weights, from, count, atMode, rows, auxiliary);
        return Number.isNaN(logDensity) ? NaN : u;
      }
      u = next;
    }
    return NaN;
  }

  function setLoading(model: ModelData, from: number, count: number, lambda: number): void {
    for (let i = 0; i < count; i++) loading[i] = lambda * model.z[from + i]!;
  }

  function evaluate(
    model: ModelData, eta0: Float64Array, theta: Float64Array, adjointEta: Float64Array | null, keepModes: boolean,
    gradients: RowGradients, thetaGradient: Float64Array,
  ): number {
    const lambda = theta[0]!;
    const { starts, copies, z, modes } = model;
    const { d1, w } = rows;
    const wc = expected ? expectedRows.weight : rows.w;
    const dwc = expected ? expectedRows.derivative : rows.dw;
    let total = 0;
    let dLambda = 0;
    for (let g = 0; g + 1 < starts.length; g++) {
      const from = starts[g]!;
      const count = starts[g + 1]! - from;
      setLoading(model, from, count, lambda);
      const u = findMode(model, eta0, from, count, modes[g]!);
      if (keepModes) modes[g] = u;
      let hObserved = 1;
      let h = 1;
      let third = 0;
      for (let i = 0; i < count; i++) {
        const l = loading[i]!;
        const l2 = l * l;
        hObserved += l2 * w[i]!;
        h += l2 * wc[i]!;
        third += l2 * l * dwc[i]!;
      }
      // A mode that was not found, or a stationary point that is no maximum.
      if (!(h > 0 && hObserved > 0)) return NaN;
      let spread = 0.5 / h;
      let bias = 0;
      let logIntegral = 0;
      const scale = 1 / Math.sqrt(h);
      if (quadrature !== null) {
        const { nodes, logWeights } = quadrature;
        mean0.fill(0, 0, count);
        mean1.fill(0, 0, count);
        for (const mean of meanAuxiliary) mean.fill(0, 0, count);
        let mass = 0;
        let massSlope = 0;
        let massTauSlope = 0;
        for (let k = 0; k < nodes.length; k++) {
          const tau = nodes[k]!;
          const uk = u + scale * tau;
          predictor(eta0, from, count, uk);
          // A node outside the domain of the link has density zero.
          const nodeDensity = family.evaluate(eta, model.y, model.trials, model.weights, from, count, NODE_PARTS, node, model.auxiliary);
          if (Number.isNaN(nodeDensity)) continue;
          let slope = -uk;
          for (let i = 0; i < count; i++) slope += loading[i]! * node.d1[i]!;
          const p = Math.exp(logWeights[k]! - 0.5 * (uk * uk - u * u) + nodeDensity - logDensity);
          if (!(p > 0)) continue;
          mass += p;
          massSlope += p * slope;
          massTauSlope += p * tau * slope;
          for (let i = 0; i < count; i++) {
            mean0[i]! += p * node.d1[i]!;
            mean1[i]! += p * tau * node.d1[i]!;
          }
          for (let a = 0; a < nAuxiliary; a++) {
            const { value } = node.auxiliary[a]!;
            const mean = meanAuxiliary[a]!;
            for (let i = 0; i < count; i++) mean[i]! += p * value[i]!;
          }
        }
        for (let i = 0; i < count; i++) {
          mean0[i]! /= mass;
          mean1[i]! /= mass;
        }
        for (const mean of meanAuxiliary) for (let i = 0; i < count; i++) mean[i]! /= mass;
        logIntegral = Math.log(mass);
        bias = massSlope / mass;
        spread = (0.5 + (0.5 * scale * massTauSlope) / mass) / h;
      }
      const times = copies === null ? 1 : copies[g]!;
      total += times * (logDensity - 0.5 * u * u - 0.5 * Math.log(h) + logIntegral);

      let pull = spread * third - bias;
      if (adjointEta !== null) for (let i = 0; i < count; i++) pull += loading[i]! * w[i]! * adjointEta[from + i]!;
      const t = pull / hObserved;
      let zr = 0;
      let zd1 = 0;
      let zwz = 0;
      let zMean1 = 0;
      for (let i = 0; i < count; i++) {
        const l = loading[i]!;
        const zi = z[from + i]!;
        let r = (quadrature === null ? d1[i]! : mean0[i]!) - spread * l * l * dwc[i]! + w[i]! * l * t;
        if (adjointEta !== null) r -= w[i]! * adjointEta[from + i]!;
        gradients.eta[from + i] = times * r;
        zr += zi * r;
        zd1 += zi * d1[i]!;
        zwz += zi * l * wc[i]!;
        if (quadrature !== null) zMean1 += zi * mean1[i]!;
      }
      // Each auxiliary value moves the density, the curvature and, through the score, the mode.
      for (let a = 0; a < nAuxiliary; a++) {
        const { value, score, w: observed, we } = rows.auxiliary[a]!;
        const curvature = expected ? we : observed;
        const density = quadrature === null ? value : meanAuxiliary[a]!;
        const out = gradients.auxiliary[a]!;
        for (let i = 0; i < count; i++) {
          const l = loading[i]!;
          const pulled = (adjointEta === null ? 0 : adjointEta[from + i]!) - l * t;
          out[from + i] = times * (density[i]! - spread * l * l * curvature[i]! + pulled * score[i]!);
        }
      }
      dLambda += times * (u * zr - 2 * spread * zwz - t * zd1 + scale * zMean1);
    }
    thetaGradient[0] = dLambda;
    return total;
  }

  function profile(
    model: ModelData, eta0: Float64Array, theta: Float64Array, weights: 'observed' | 'expected', score: Float64Array, schur: Float64Array,
  ): void {
    const { starts, copies, x } = model;
    score.fill(0);
    schur.fill(0);
    for (let g = 0; g + 1 < starts.length; g++) {
      const from = starts[g]!;
      const count = starts[g + 1]! - from;
      setLoading(model, from, count, theta[0]!);
      const u = findMode(model, eta0, from, count, model.modes[g]!);
      if (Number.isNaN(u)) {
        score.fill(NaN);
        return;
      }
      const w = weights === 'expected' ? expectedRows.weight : rows.w;
      const times = copies === null ? 1 : copies[g]!;
      let h = 1;
      border.fill(0);
      for (let i = 0; i < count; i++) {
        const row = (from + i) * nFixed;
        const l = loading[i]!;
        h += l * l * w[i]!;
        for (let j = 0; j < nFixed; j++) {
          const xw = x[row + j]! * w[i]!;
          score[j]! += times * x[row + j]! * rows.d1[i]!;
          border[j]! += xw * l;
          for (let k = 0; k <= j; k++) schur[j * nFixed + k]! += times * xw * x[row + k]!;
        }
      }
      for (let j = 0; j < nFixed; j++) for (let k = 0; k <= j; k++) schur[j * nFixed + k]! -= (times * border[j]! * border[k]!) / h;
    }
    for (let j = 0; j < nFixed; j++) for (let k = 0; k < j; k++) schur[k * nFixed + j] = schur[j * nFixed + k]!;
  }

  return { evaluate, profile };
}
