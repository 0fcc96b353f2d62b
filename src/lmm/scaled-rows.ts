/**
 * The rows of a linear mixed model divided by their standard deviations (up to σ): √w y, √w X, √w Z. The fixed-effect columns are replaced by
 * orthonormal ones, X̃ = Q R, so that every later matrix is well conditioned whatever the scales of the columns.
 */
import { DataError } from '../errors.js';
import type { Design } from '../model/design.js';

export interface ScaledRows {
  /** Rows of positive weight, the only ones that carry information: indices into the rows of the design. */
  readonly used: Int32Array;
  /** √w of the rows used. */
  readonly root: Float64Array;
  /** Orthonormal columns spanning √w X, rows used × p, row-major. */
  readonly q: Float64Array;
  /** Upper triangular p × p, row-major: √w X = Q R. */
  readonly r: Float64Array;
  readonly nFixed: number;
  /** Σ log w. */
  readonly logWeights: number;
  /** log |R'R|. */
  readonly logDeterminant: number;
}

/** A column that keeps less than this of its length beside the earlier ones is a combination of them. */
const INDEPENDENT = 1e-10;

/** Throws DataError when the rows of positive weight do not determine the fixed effects. */
export function scaledRows(design: Design, weights: Float64Array | null, x: Float64Array): ScaledRows {
  const p = design.fixedNames.length;
  const used = Int32Array.from({ length: design.nobs }, (_, i) => i).filter((i) => weights === null || weights[i]! > 0);
  const n = used.length;
  const root = Float64Array.from(used, (i) => (weights === null ? 1 : Math.sqrt(weights[i]!)));
  const q = new Float64Array(n * p);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) q[i * p + j] = root[i]! * x[used[i]! * p + j]!;
  const r = new Float64Array(p * p);
  const along = (j: number, k: number): number => {
    let sum = 0;
    for (let at = 0; at < n * p; at += p) sum += q[at + j]! * q[at + k]!;
    return sum;
  };
  for (let j = 0; j < p; j++) {
    const length = Math.sqrt(along(j, j));
    // Twice is enough for orthogonality to rounding (modified Gram–Schmidt with reorthogonalisation).
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < j; k++) {
        const share = along(j, k);
        r[k * p + j]! += share;
        for (let at = 0; at < n * p; at += p) q[at + j]! -= share * q[at + k]!;
      }
    }
    const rest = Math.sqrt(along(j, j));
    if (!(rest > INDEPENDENT * length)) {
      throw new DataError(
        `fixed effect '${design.fixedNames[j]!}' cannot be told from the others on the rows of positive weight; drop it`, { column: design.fixedNames[j]! },
      );
    }
    r[j * p + j] = rest;
    for (let at = 0; at < n * p; at += p) q[at + j]! /= rest;
  }
  let logWeights = 0;
  for (const value of root) logWeights += 2 * Math.log(value);
  let logDeterminant = 0;
  for (let j = 0; j < p; j++) logDeterminant += 2 * Math.log(r[j * p + j]!);
  return { used, root, q, r, nFixed: p, logWeights, logDeterminant };
}

/** What all kernels keep of a response. */
export interface ResponseSums {
  /** Coefficients of the response on Q: the fit without random effects, in the coordinates of Q. */
  readonly start: Float64Array;
  /** Q'e of the residual e of that fit: rounding errors only, kept for responses far from zero. */
  readonly fixed: Float64Array;
  /** What the kernel of the random effects keeps. */
  readonly effects: Float64Array;
  /** e'e. */
  squares: number;
  /** Squared length of the scaled response. */
  total: number;
}

/** Fills `sums` but for its effects, and leaves e in `residual`. */
export function takeResponse(rows: ScaledRows, y: Float64Array, base: number, offset: Float64Array | null, sums: ResponseSums, residual: Float64Array): void {
  const { used, root, q, nFixed: p } = rows;
  const n = used.length;
  const { start, fixed } = sums;
  start.fill(0);
  fixed.fill(0);
  let total = 0;
  for (let i = 0, at = 0; i < n; i++) {
    const row = used[i]!;
    const value = root[i]! * (offset === null ? y[base + row]! : y[base + row]! - offset[row]!);
    residual[i] = value;
    total += value * value;
    for (let j = 0; j < p; j++) start[j]! += q[at++]! * value;
  }
  let squares = 0;
  for (let i = 0, at = 0; i < n; i++) {
    let value = residual[i]!;
    for (let j = 0; j < p; j++) value -= q[at + j]! * start[j]!;
    residual[i] = value;
    squares += value * value;
    for (let j = 0; j < p; j++) fixed[j]! += q[at++]! * value;
  }
  sums.squares = squares;
  sums.total = total;
}
