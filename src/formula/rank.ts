/** Which columns of a model matrix are linear combinations of earlier ones: the decision of R's `lm` and lme4. */
import { triangularFactor } from '../numerics/triangular-factor.js';

/** R's `qr` tolerance: a column whose length falls below this share of its original length counts as a combination of others. */
const RANK_TOLERANCE = 1e-7;

/**
 * Indices, increasing, of the columns of X (n × p, row-major) to keep.
 *
 * R decides with LINPACK's dqrdc2: Householder steps from left to right, a column that has become negligible goes to the end. The decision
 * depends on X only through its triangular factor, so X is first reduced to that block by block (orthogonal steps, nothing squared)
 * and the pivoting is done on a p × p triangle.
 */
export function independentColumns(x: Float64Array, nrow: number, ncol: number, tolerance = RANK_TOLERANCE): number[] {
  return pivotedRank(triangularFactor(x, nrow, ncol).columns, ncol, Math.min(nrow, ncol), tolerance);
}

/** Below this share of its original squared length a downdated norm is computed afresh (LINPACK as changed for R). */
const RECOMPUTE = 1e-6;

function pivotedRank(columns: Float64Array[], ncol: number, steps: number, tolerance: number): number[] {
  const work = columns.slice();
  const order = work.map((_, j) => j);
  const original = work.map((column) => norm(column, 0) || 1);
  const current = work.map((column) => norm(column, 0));
  let rank = ncol;
  for (let l = 0; l < steps; l++) {
    while (l < rank && current[l]! < original[l]! * tolerance) {
      for (const list of [work, order, original, current] as unknown[][]) list.push(...list.splice(l, 1));
      rank--;
    }
    if (l >= rank) break;
    const pivot = work[l]!;
    const length = norm(pivot, l);
    if (length === 0) continue;
    const sign = pivot[l]! < 0 ? -length : length;
    const house = pivot.slice();
    for (let i = l; i < ncol; i++) house[i] = house[i]! / sign;
    house[l]! += 1;
    for (let j = l + 1; j < ncol; j++) {
      const column = work[j]!;
      let dot = 0;
      for (let i = l; i < ncol; i++) dot += house[i]! * column[i]!;
      const factor = -dot / house[l]!;
      for (let i = l; i < ncol; i++) column[i]! += factor * house[i]!;
      if (current[j] === 0) continue;
      const rest = Math.max(1 - (Math.abs(column[l]!) / current[j]!) ** 2, 0);
      current[j] = rest < RECOMPUTE ? norm(column, l + 1) : current[j]! * Math.sqrt(rest);
    }
  }
  return order.slice(0, Math.min(rank, steps)).sort((a, b) => a - b);
}

function norm(column: Float64Array, from: number): number {
  let largest = 0;
  for (let i = from; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]!));
  if (largest === 0) return 0;
  let square = 0;
  for (let i = from; i < column.length; i++) square += (column[i]! / largest) ** 2;
  return largest * Math.sqrt(square);
}
