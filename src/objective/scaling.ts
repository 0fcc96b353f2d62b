/**
 * Change of basis that keeps float32 sound: columns of X are centred on the intercept where there is one and scaled by powers of two, columns
 * of Z are scaled. η is the same; parameters go in transformed, gradients come out transformed back, in float64 on the host.
 */
import type { RowLayout } from './row-layout.js';

/** A matrix in a new basis. */
export interface ColumnScaling {
  readonly x: Float64Array;
  /** Tβ for the coefficients at `at`, into `out`. */
  forward(beta: Float64Array, at: number, out: Float64Array): void;
  /** T'g, in place. */
  backward(gradient: Float64Array, at: number): void;
}

export interface Scaling extends ColumnScaling {
  /** Sorted Z in the new basis. */
  readonly z: Float64Array;
  /** T'ST, in place (p × p). */
  backwardMatrix(schur: Float64Array, at: number): void;
  /** Factor of row r of Λ. */
  readonly lambdaScale: Float64Array;
}

/** @param change false: nothing is changed */
export function scaleColumns(matrix: Float64Array, nobs: number, p: number, change: boolean): ColumnScaling {
  const intercept = change ? constantColumn(matrix, nobs, p) : -1;
  const unit = intercept < 0 ? 1 : matrix[intercept]!;
  const centre = new Float64Array(p);
  const scale = new Float64Array(p).fill(1);
  if (change) {
    for (let j = 0; j < p; j++) {
      if (j === intercept) continue;
      if (intercept >= 0) centre[j] = moment(matrix, nobs, p, j, 0, 1);
      scale[j] = powerOfTwo(Math.sqrt(moment(matrix, nobs, p, j, centre[j]!, 2)));
    }
    if (intercept >= 0) scale[intercept] = unit;
  }
  return {
    x: matrix.map((value, at) => (value - centre[at % p]!) / scale[at % p]!),
    forward(beta, at, out) {
      let shift = 0;
      for (let j = 0; j < p; j++) {
        out[j] = beta[at + j]! * scale[j]!;
        shift += beta[at + j]! * centre[j]!;
      }
      if (intercept >= 0) out[intercept]! += shift;
    },
    backward(gradient, at) {
      const common = intercept < 0 ? 0 : gradient[at + intercept]!;
      for (let j = 0; j < p; j++) gradient[at + j] = gradient[at + j]! * scale[j]! + centre[j]! * common;
    },
  };
}

/** @param keep whether X and Z of single models will be used as they are: then nothing is changed. */
export function scaleDesign(layout: RowLayout, keep: { readonly x: boolean; readonly z: boolean }): Scaling {
  const { nobs, nFixed: p, q } = layout;
  const columns = scaleColumns(layout.x, nobs, p, !keep.x);
  const lambdaScale = Float64Array.from({ length: q }, (_, r) => (keep.z ? 1 : powerOfTwo(Math.sqrt(moment(layout.z, nobs, q, r, 0, 2)))));
  const z = layout.z.map((value, at) => value / lambdaScale[at % q]!);
  return {
    ...columns, z, lambdaScale,
    backwardMatrix(schur, at) {
      const line = new Float64Array(p);
      for (let pass = 0; pass < 2; pass++) {
        for (let i = 0; i < p; i++) {
          // Rows first, then columns: both multiply by T from the right of a symmetric product.
          for (let j = 0; j < p; j++) line[j] = schur[at + (pass === 0 ? i * p + j : j * p + i)]!;
          columns.backward(line, 0);
          for (let j = 0; j < p; j++) schur[at + (pass === 0 ? i * p + j : j * p + i)] = line[j]!;
        }
      }
    },
  };
}

function constantColumn(x: Float64Array, n: number, p: number): number {
  for (let j = 0; j < p; j++) {
    const first = x[j]!;
    let constant = first !== 0;
    for (let i = 1; constant && i < n; i++) constant = x[i * p + j] === first;
    if (constant) return j;
  }
  return -1;
}

function moment(values: Float64Array, n: number, width: number, column: number, centre: number, power: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (values[i * width + column]! - centre) ** power;
  return sum / n;
}

function powerOfTwo(size: number): number {
  return size > 0 ? 2 ** Math.round(Math.log2(size)) : 1;
}
