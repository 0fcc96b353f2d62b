/** R of X = QR by Householder steps on blocks of rows: nothing is squared, and memory is that of one block. */

/** Rows folded into the triangle at a time. */
const BLOCK_ROWS = 256;

/** R as p columns of p numbers each (zero below the diagonal), of X with its columns multiplied by `scales`, which brings them to size 1. */
export function triangularFactor(x: Float64Array, nrow: number, ncol: number): { readonly columns: Float64Array[]; readonly scales: Float64Array } {
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
  return { columns: triangle, scales };
}

/** Powers of two that bring each column to size 1: they change no decision and keep squares from overflowing. */
function columnScales(x: Float64Array, nrow: number, ncol: number): Float64Array {
  const largest = new Float64Array(ncol);
  for (let i = 0, at = 0; i < nrow; i++) for (let j = 0; j < ncol; j++, at++) largest[j] = Math.max(largest[j]!, Math.abs(x[at]!));
  return largest.map((size) => (size === 0 ? 1 : 2 ** -Math.max(-1000, Math.min(1000, Math.round(Math.log2(size))))));
}
