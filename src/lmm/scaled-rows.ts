/**
 * The rows of a linear mixed model divided by their standard deviations (up to σ): √w y, √w X, √w Z. The fixed-effect columns are replaced by
 * orthonormal ones, X̃ = Q R, so that every later matrix is well conditioned whatever the scales of the columns.
 */
import { DataError } from '../errors.js';
import type { Design } from '../model/design.js';

export interface ScaledRows {
  /** Rows of positive weight, the only ones that carry information: indices into the rows of the design. */
  readonly used: Int32Array;
  /** Number of rows, each counted as often as there are copies of it. */
  readonly count: number;
  /** √w of the rows used, w with the copies of the row within its level. */
  readonly root: Float64Array;
  /** √c of the copies c of each row's level. */
  readonly rootLevel: Float64Array;
  /** Orthonormal columns spanning √(wc) X, rows used × p, row-major. */
  readonly q: Float64Array;
  /** Upper triangular p × p, row-major: √(wc) X = Q R. */
  readonly r: Float64Array;
  readonly nFixed: number;
  /** Σ log w. */
  readonly logWeights: number;
  /** log |R'R|. */
  readonly logDeterminant: number;
}

/** A column that keeps less than this of its length beside the earlier ones is a combination of them. */
const INDEPENDENT = 1e-10;

/** How often rows and levels count; null: once. Per row of the design, levels' copies too. */
export interface RowCopies {
  readonly rows: Float64Array | null;
  readonly levels: Float64Array | null;
}

/** Throws DataError when the rows of positive weight do not determine the fixed effects. */
export function scaledRows(design: Design, weights: Float64Array | null, x: Float64Array, copies: RowCopies = { rows: null, levels: null }): ScaledRows {
  const p = design.fixedNames.length;
  const present = (values: Float64Array | null, i: number): boolean => values === null || values[i]! > 0;
  const used = Int32Array.from({ length: design.nobs }, (_, i) => i).filter((i) => present(weights, i) && present(copies.rows, i) && present(copies.levels, i));
  const n = used.length;
  const root = Float64Array.from(used, (i) => Math.sqrt((weights?.[i] ?? 1) * (copies.rows?.[i] ?? 1)));
  const rootLevel = Float64Array.from(used, (i) => Math.sqrt(copies.levels?.[i] ?? 1));
  const q = new Float64Array(n * p);
  for (let i = 0; i < n; i++) for (let j = 0; j < p; j++) q[i * p + j] = root[i]! * rootLevel[i]! * x[used[i]! * p + j]!;
  const r = new Float64Array(p * p);
  const along = (j: number, k: number): number => {
    let sum = 0;
    for (let at = 0; at < n * p; at += p) sum += q[at + j]! * q[at + k]!;
    return sum;
  };
  for (let j = 0; j < p; j++) {
    const length = Math.sqrt(along(j, j));
    // The squares of such numbers leave the range of a double.
    if (!Number.isFinite(length) || (length === 0 && q.some((value, at) => at % p === j && value !== 0))) {
      throw new DataError(`fixed effect '${design.fixedNames[j]!}' has values too far from 1 to compute with; rescale it`, { column: design.fixedNames[j]! });
    }
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
  let count = 0;
  for (const i of used) {
    const times = (copies.rows?.[i] ?? 1) * (copies.levels?.[i] ?? 1);
    count += times;
    logWeights += times * Math.log(weights?.[i] ?? 1);
  }
  let logDeterminant = 0;
  for (let j = 0; j < p; j++) logDeterminant += 2 * Math.log(r[j * p + j]!);
  return { used, count, root, rootLevel, q, r, nFixed: p, logWeights, logDeterminant };
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
  const { used, root, rootLevel, q, nFixed: p } = rows;
  const n = used.length;
  const { start, fixed } = sums;
  start.fill(0);
  fixed.fill(0);
  let total = 0;
  for (let i = 0, at = 0; i < n; i++) {
    const row = used[i]!;
    const value = root[i]! * rootLevel[i]! * (offset === null ? y[base + row]! : y[base + row]! - offset[row]!);
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
