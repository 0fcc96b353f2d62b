/**
 * What θ means, entry by entry: which term and which row and column of its Cholesky factor, and the scale of the column of Z it multiplies.
 */
import type { Design } from '../model/design.js';

interface Entry {
  readonly term: number;
  readonly row: number;
  readonly column: number;
  /** Root mean square of the Z column of `row`: θ times this is in units of the linear predictor. */
  readonly scale: number;
  /** Levels of the term's grouping factor. */
  readonly levels: number;
}

export type ThetaGeometry = readonly Entry[];

export function thetaGeometry(design: Design): ThetaGeometry {
  const entries: Entry[] = [];
  design.random.forEach((term, t) => {
    const q = term.names.length;
    const scales = Array.from({ length: q }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < design.nobs; i++) sum += term.z[i * q + j]! ** 2;
      return Math.sqrt(sum / design.nobs) || 1;
    });
    for (let column = 0; column < q; column++) {
      const end = term.covariance === 'diagonal' ? column + 1 : q;
      for (let row = column; row < end; row++) entries.push({ term: t, row, column, scale: scales[row]!, levels: term.levels.length });
    }
  });
  return entries;
}

const onDiagonal = (entry: Entry): boolean => entry.row === entry.column;

/** Independent effects with standard deviation `sd` in units of the linear predictor. */
export function coldTheta(geometry: ThetaGeometry, theta: Float64Array, sd: number): void {
  geometry.forEach((entry, t) => { theta[t] = onDiagonal(entry) ? sd / entry.scale : 0; });
}

/** Whether entry t is a diagonal one below `below` in units of the linear predictor. */
export function isNearZero(geometry: ThetaGeometry, theta: Float64Array, t: number, below: number): boolean {
  const entry = geometry[t]!;
  return onDiagonal(entry) && Math.abs(theta[t]!) * entry.scale < below;
}

/** Diagonal entries smaller than `below` (units of the linear predictor) are set to `to`; returns whether there were any. */
export function liftTheta(geometry: ThetaGeometry, theta: Float64Array, below: number, to: number): boolean {
  let lifted = false;
  geometry.forEach((entry, t) => {
    if (!isNearZero(geometry, theta, t, below)) return;
    theta[t] = to / entry.scale;
    lifted = true;
  });
  return lifted;
}

/**
 * Λ and Λ with a column's sign flipped are the same model: makes diagonals non-negative (and flips the gradient alike), sets diagonals below
 * the tolerance to zero and flags them.
 */
export function normaliseTheta(
  geometry: ThetaGeometry, theta: Float64Array, gradient: Float64Array, tolerance: number, boundary: Uint8Array,
): void {
  geometry.forEach((entry, t) => {
    if (!onDiagonal(entry)) return;
    if (theta[t]! < 0) {
      geometry.forEach((other, s) => {
        if (other.term !== entry.term || other.column !== entry.column) return;
        theta[s] = -theta[s]!;
        gradient[s] = -gradient[s]!;
      });
    }
    // lme4 compares θ itself; for a covariate with large values its own units decide.
    if (theta[t]! * Math.max(1, entry.scale) < tolerance) {
      theta[t] = 0;
      boundary[t] = 1;
    }
  });
}
