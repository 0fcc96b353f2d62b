/**
 * What θ means, entry by entry: its scale, and where it turns. Λ with a column's sign flipped is the same model, a standard deviation and its
 * negative are, a correlation angle goes back at ±1: at such a turning point the likelihood is stationary whatever the data say, and there
 * lies the boundary of the model (a variance of zero, a correlation at its end).
 */
import { type ThetaEntry, hasCommonCorrelation, isHomogeneous, thetaEntries, uncorrelatedAngle } from '../model/covariance-structure.js';
import type { MomentEstimates } from '../lmm/moments.js';
import type { Design, RandomTerm } from '../model/design.js';

interface Entry extends ThetaEntry {
  readonly term: number;
  /** Root mean square of the Z columns the entry multiplies: a standard deviation times this is in units of the linear predictor. */
  readonly scale: number;
  /** Change of the linear predictor per change of θ, about. */
  readonly step: number;
  /** Guess of the variance of the estimate. */
  readonly variance: number;
  /** θ is multiplied by c^degree when the response, and with it Λ, is multiplied by c. */
  readonly degree: 1 | 0.5 | 0;
  /** Of an angle: where the correlation is zero. */
  readonly uncorrelated: number;
}

export type ThetaGeometry = readonly Entry[];

export function thetaGeometry(design: Design): ThetaGeometry {
  return design.random.flatMap((term, t) => {
    const q = term.names.length;
    const squares = columnSquares(term, design.nobs);
    const common = Math.sqrt(squares.reduce((sum, value) => sum + value, 0)) || 1;
    const uncorrelated = hasCommonCorrelation(term.covariance) ? uncorrelatedAngle(term.covariance, q) : 0;
    return thetaEntries(term.covariance, q).map((entry): Entry => {
      const own = entry.kind === 'angle' ? 1 : entry.kind === 'sd' ? common : Math.sqrt(squares[entry.row]!) || 1;
      const step = entry.kind === 'root' ? 2 * Math.sqrt(own) : own;
      // The information about a standard deviation of G independent effects is of the order of 2G.
      const effects = term.levels.length * (isHomogeneous(term.covariance) ? q : 1);
      return {
        ...entry, term: t, scale: own, step, variance: 1 / (2 * effects * step ** 2), uncorrelated,
        degree: entry.kind === 'angle' ? 0 : entry.kind === 'root' ? 0.5 : 1,
      };
    });
  });
}

/** Mean squares of a term's columns. */
function columnSquares({ names, z }: RandomTerm, nobs: number): number[] {
  const q = names.length;
  return names.map((_, j) => {
    let sum = 0;
    for (let i = 0; i < nobs; i++) sum += z[i * q + j]! ** 2;
    return sum / nobs;
  });
}

const QUARTER = Math.PI / 2;

/** The turning point nearest to a value of an entry. */
function turningPoint({ kind }: Entry, value: number): number {
  return kind === 'angle' ? QUARTER * Math.round(value / QUARTER) : 0;
}

/** Whether an entry has turning points: entries below the diagonal of Λ have none. */
const turns = ({ kind, row, column }: Entry): boolean => kind !== 'factor' || row === column;

/** Standard deviation in units of the linear predictor that an entry stands for; 0 for angles. */
export function entrySize({ kind, scale }: Entry, value: number): number {
  return kind === 'angle' ? 0 : (kind === 'root' ? value * value : Math.abs(value)) * scale;
}

/** Distance from the nearest turning point: standard deviations in units of the linear predictor, radians; Infinity where there is none. */
export function boundaryDistance(entry: Entry, value: number): number {
  if (!turns(entry)) return Infinity;
  return entry.kind === 'angle' ? Math.abs(value - turningPoint(entry, value)) : entrySize(entry, value);
}

/** The value at a distance from the turning point nearest to `value`, on the same side of it. */
export function atDistance(entry: Entry, value: number, distance: number): number {
  const turn = turningPoint(entry, value);
  const length = entry.kind === 'angle' ? distance : entry.kind === 'root' ? Math.sqrt(distance / entry.scale) : distance / entry.scale;
  return value < turn ? turn - length : turn + length;
}

/** θ of the model whose response is multiplied by `factor`. */
export function rescaled(geometry: ThetaGeometry, theta: Float64Array, factor: number): Float64Array {
  return theta.map((value, t) => value * factor ** geometry[t]!.degree);
}

/** Uncorrelated effects with standard deviation `sd` in units of the linear predictor. */
export function coldTheta(geometry: ThetaGeometry, theta: Float64Array, sd: number): void {
  geometry.forEach((entry, t) => {
    theta[t] = entry.kind === 'angle' ? entry.uncorrelated : turns(entry) ? atDistance(entry, 0, sd) : 0;
  });
}

/** θ with given standard deviations of the random columns (of all terms, side by side) in place of one for all, and the diagonal of a metric. */
export function momentTheta(geometry: ThetaGeometry, { random }: Pick<Design, 'random'>, moments: MomentEstimates, theta: Float64Array, metric: Float64Array): void {
  const firstColumn = random.map((_, t) => random.slice(0, t).reduce((sum, { names }) => sum + names.length, 0));
  geometry.forEach((entry, t) => {
    if (entry.kind === 'angle' || !turns(entry)) return;
    const column = firstColumn[entry.term]! + entry.row;
    theta[t] = atDistance(entry, 0, moments.deviations[column]! * entry.scale);
    if (entry.kind === 'factor') metric[t * geometry.length + t] = moments.variances[column]!;
  });
}

/** Entries closer to a turning point than `below` are moved to the distance `to`, but for those held (flags); returns whether there were any. */
export function liftTheta(geometry: ThetaGeometry, theta: Float64Array, below: number, to: number, held: Uint8Array | null = null): boolean {
  let lifted = false;
  geometry.forEach((entry, t) => {
    if (held?.[t] === 1 || !(boundaryDistance(entry, theta[t]!) < below)) return;
    theta[t] = atDistance(entry, theta[t]!, to);
    lifted = true;
  });
  return lifted;
}

/** Whether entry t is on the boundary: a standard deviation of zero, a correlation at its end or without a meaning beside such. */
export function isOnBoundary(geometry: ThetaGeometry, theta: Float64Array, t: number): boolean {
  return boundaryDistance(geometry[t]!, theta[t]!) === 0 || isIdle(geometry, theta, t);
}

/** A common correlation says nothing where fewer than two columns vary. */
function isIdle(geometry: ThetaGeometry, theta: Float64Array, t: number): boolean {
  const { kind, term } = geometry[t]!;
  if (kind !== 'angle') return false;
  const deviations = geometry.flatMap((other, s) => (other.term === term && other.kind !== 'angle' ? [theta[s]!] : []));
  const needed = Math.min(2, deviations.length);
  return deviations.filter((value) => value !== 0).length < needed;
}

/**
 * Of the values that are the same model the one with non-negative diagonals and standard deviations and an angle from 0 to π/2 (the gradient
 * is turned alike). Entries closer to a turning point than the tolerance are put there and flagged.
 */
export function normaliseTheta(
  geometry: ThetaGeometry, theta: Float64Array, gradient: Float64Array, tolerance: number, boundary: Uint8Array,
): void {
  geometry.forEach((entry, t) => {
    if (!turns(entry)) return;
    if (entry.kind === 'angle') {
      const halves = Math.round(theta[t]! / Math.PI);
      theta[t]! -= halves * Math.PI;
    }
    if (theta[t]! < 0) {
      geometry.forEach((other, s) => {
        if (s !== t && !(entry.kind === 'factor' && other.term === entry.term && other.column === entry.column)) return;
        theta[s] = -theta[s]!;
        gradient[s] = -gradient[s]!;
      });
    }
    // lme4 compares θ itself; for a covariate with large values its own units decide.
    if (boundaryDistance({ ...entry, scale: Math.max(1, entry.scale) }, theta[t]!) < tolerance) {
      theta[t] = turningPoint(entry, theta[t]!);
      boundary[t] = 1;
    }
  });
  geometry.forEach((entry, t) => {
    if (!isIdle(geometry, theta, t)) return;
    theta[t] = entry.uncorrelated;
    boundary[t] = 1;
  });
}
