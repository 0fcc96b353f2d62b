/**
 * The columns of a matrix in coordinates in which they are orthogonal: X = QR with columns of Q of root mean square 1. A step d of the coefficients β
 * moves Xβ by ‖Rd‖ (root mean square). Where columns are nearly collinear (a year and its square, say), differences along the columns of T = R⁻¹ are well
 * scaled while those along single coefficients lose every digit to cancellation.
 */
import { triangularFactor } from './triangular-factor.js';

export interface ColumnBasis {
  readonly size: number;
  /** R and T, upper triangular with positive diagonals, row-major. */
  readonly r: Float64Array;
  readonly t: Float64Array;
  /** Whether the columns are far enough from collinear to need no other coordinates. */
  readonly apart: boolean;
}

/** Share of its length that the earlier columns must leave of one that is apart. */
const APART = 1e-2;

/** Of a matrix, row-major; null where a column depends on the others. */
export function columnBasis(x: Float64Array, nrow: number, ncol: number): ColumnBasis | null {
  const { columns, scales } = triangularFactor(x, nrow, ncol);
  if (columns.some((column, j) => column[j] === 0)) return null;
  const p = ncol;
  const r = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    const sign = Math.sign(columns[i]![i]!);
    for (let j = i; j < p; j++) r[i * p + j] = (sign * columns[j]![i]!) / (scales[j]! * Math.sqrt(nrow));
  }
  const t = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let i = j; i >= 0; i--) {
      let sum = i === j ? 1 : 0;
      for (let k = i + 1; k <= j; k++) sum -= r[i * p + k]! * t[k * p + j]!;
      t[i * p + j] = sum / r[i * p + i]!;
    }
  }
  return { size: p, r, t, apart: columns.every((column, j) => Math.abs(column[j]!) >= APART * Math.hypot(...column)) };
}

/** v ← Av of an upper triangular matrix and the vector at `at`. */
export function turn(a: Float64Array, size: number, v: Float64Array, at: number): void {
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = i; j < size; j++) sum += a[i * size + j]! * v[at + j]!;
    v[at + i] = sum;
  }
}

/** v ← A'v likewise. */
export function turnBack(a: Float64Array, size: number, v: Float64Array, at: number): void {
  for (let j = size - 1; j >= 0; j--) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += a[i * size + j]! * v[at + i]!;
    v[at + j] = sum;
  }
}

/** Coefficients of the least-squares fit of X, of which this is the basis, to a target: (X'X)⁻¹ = TT'/n. */
export function leastSquares({ size, t }: ColumnBasis, x: Float64Array, target: (row: number) => number): Float64Array {
  const rows = x.length / size;
  const out = new Float64Array(size);
  for (let i = 0; i < rows; i++) {
    const value = target(i) / rows;
    for (let j = 0; j < size; j++) out[j]! += x[i * size + j]! * value;
  }
  turnBack(t, size, out, 0);
  turn(t, size, out, 0);
  return out;
}
