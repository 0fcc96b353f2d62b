/** Which columns of a model matrix are linear combinations of earlier ones: the decision of R's `lm` and lme4. */

/** R's `qr` tolerance: a column whose length falls below this share of its original length counts as a combination of others. */
const RANK_TOLERANCE = 1e-7;

/** Rows folded into the triangle at a time; bounds the working memory. */
const BLOCK_ROWS = 256;

/**
 * Indices, increasing, of the columns of X (n × p, row-major) to keep.
 *
 * R decides with LINPACK's dqrdc2: Householder steps from left to right, a column that has become negligible goes to the end. The decision
 * depends on X only through its triangular factor, so X is first reduced to that block by block (orthogonal steps, nothing squared)
 * and the pivoting is done on a p × p triangle.
 */
export function independentColumns(x: Float64Array, nrow: number, ncol: number, tolerance = RANK_TOLERANCE): number[] {
  return pivotedRank(triangularFactor(x, nrow, ncol), ncol, Math.min(nrow, ncol), tolerance);
}

/** R of X = QR as p columns of p numbers each (column-major, zero below the diagonal), each column of X scaled to size 1. */
function triangularFactor(x: Float64Array, nrow: number, ncol: number): Float64Array[] {
  const scales = columnScales(x, nrow, ncol);
  const triangle = Array.from({ length: ncol }, () => new Float64Array(ncol));
  const block = Array.from({ length: ncol }, () => new Float64Array(BLOCK_ROWS));
  for (let start = 0; start < nrow; start += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, nrow - start);
    for (let i = 0; i < rows; i++) {
      const at = (start + i) * ncol;
      for (let j = 0; j < ncol; j++) block[j]![i] = x[at + j]! * scales[j]!;
    }
    for (let k = 0; k < ncol; k++) {
      // Householder vector (head, column) that folds the block's column k into the diagonal of the triangle.
      const column = block[k]!;
      let square = 0;
      for (let i = 0; i < rows; i++) square += column[i]! * column[i]!;
      if (square === 0) continue;
      const diagonal = triangle[k]![k]!;
      const length = Math.sqrt(diagonal * diagonal + square);
      const folded = diagonal > 0 ? -length : length;
      const head = diagonal - folded;
      const half = head * head + square;
      triangle[k]![k] = folded;
      for (let j = k + 1; j < ncol; j++) {
        const other = block[j]!;
        let dot = head * triangle[j]![k]!;
        for (let i = 0; i < rows; i++) dot += column[i]! * other[i]!;
        const factor = (2 * dot) / half;
        triangle[j]![k]! -= factor * head;
        for (let i = 0; i < rows; i++) other[i]! -= factor * column[i]!;
      }
    }
  }
  return triangle;
}

/** Powers of two that bring each column to size 1: they change no decision and keep squares from overflowing. */
function columnScales(x: Float64Array, nrow: number, ncol: number): Float64Array {
  const largest = new Float64Array(ncol);
  for (let i = 0, at = 0; i < nrow; i++) for (let j = 0; j < ncol; j++, at++) largest[j] = Math.max(largest[j]!, Math.abs(x[at]!));
  return largest.map((size) => (size === 0 ? 1 : 2 ** -Math.max(-1000, Math.min(1000, Math.round(Math.log2(size))))));
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
