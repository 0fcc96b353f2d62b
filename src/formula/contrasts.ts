/** Codings of factors as matrices, with R's column names. */
import { OptionError } from '../errors.js';
import closestName from '../names.js';
import type { ContrastName } from './model-frame.js';

export interface Contrast {
  /** levels × columns, row-major. */
  readonly matrix: readonly number[];
  /** What R appends to the name of the factor, one per column. */
  readonly suffixes: readonly string[];
}

export const CONTRAST_NAMES: readonly ContrastName[] = ['treatment', 'sum', 'helmert', 'poly', 'dummy'];

/** R's names of the same codings, so that a formula can be moved over unchanged. */
const R_NAMES: ReadonlyMap<string, ContrastName> = new Map([
  ['contr.treatment', 'treatment'], ['contr.sum', 'sum'], ['contr.helmert', 'helmert'], ['contr.poly', 'poly'],
]);

/** Checks a name a caller gave. Throws OptionError with the nearest valid one. */
export function resolveContrast(factor: string, name: string): ContrastName {
  const resolved = R_NAMES.get(name) ?? CONTRAST_NAMES.find((known) => known === name);
  if (resolved === undefined) {
    throw new OptionError(`unknown contrast '${name}' for '${factor}'; use ${CONTRAST_NAMES.join(', ')}${closestName(name, CONTRAST_NAMES)}`);
  }
  return resolved;
}

/** The coding of a factor with these levels (two or more unless `dummy`). */
export function contrast(name: ContrastName, levels: readonly string[]): Contrast {
  const k = levels.length;
  switch (name) {
    case 'dummy': return fill(k, k, (i, j) => (i === j ? 1 : 0), levels);
    case 'treatment': return fill(k, k - 1, (i, j) => (i === j + 1 ? 1 : 0), levels.slice(1));
    case 'sum': return fill(k, k - 1, (i, j) => (i === k - 1 ? -1 : i === j ? 1 : 0), numbered(k - 1));
    case 'helmert': return fill(k, k - 1, (i, j) => (i <= j ? -1 : i === j + 1 ? j + 1 : 0), numbered(k - 1));
    case 'poly': {
      const columns = orthogonalPolynomials(Float64Array.from(levels, (_, i) => i + 1), k - 1).columns;
      return fill(k, k - 1, (i, j) => columns[j]![i]!, Array.from({ length: k - 1 }, (_, j) => ['.L', '.Q', '.C'][j] ?? `^${j + 1}`));
    }
    default: return name satisfies never;
  }
}

function fill(rows: number, columns: number, entry: (i: number, j: number) => number, suffixes: readonly string[]): Contrast {
  const matrix: number[] = [];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) matrix.push(entry(i, j));
  return { matrix, suffixes };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, j) => String(j + 1));
}

export interface OrthogonalPolynomials {
  /** Orthonormal columns of degree 1 … degree over the points that are not NaN (NaN elsewhere). */
  readonly columns: readonly Float64Array[];
  /** Coefficients of the recurrence: α_1 … α_degree, then |P_0|², …, |P_degree|². */
  readonly coefficients: readonly number[];
}

/**
 * Polynomials orthogonal over the given points, by the three-term recurrence P_{k+1} = (x − α_k) P_k − (|P_k|²/|P_{k−1}|²) P_{k−1}
 * (Kennedy & Gentle, Statistical Computing, 1980, §8.1): R's `poly` and `contr.poly`.
 */
export function orthogonalPolynomials(x: Float64Array, degree: number): OrthogonalPolynomials {
  const present = x.filter((value) => value === value);
  // Distances from the mean keep α small and its cancellation harmless.
  const mean = present.reduce((sum, value) => sum + value, 0) / present.length;
  const alpha: number[] = [];
  const norm2: number[] = [present.length];
  let before: Float64Array = new Float64Array(present.length);
  let current: Float64Array = new Float64Array(present.length).fill(1);
  for (let k = 0; k < degree; k++) {
    let weighted = 0;
    for (let i = 0; i < present.length; i++) weighted += (present[i]! - mean) * current[i]! * current[i]!;
    const a = weighted / norm2[k]!;
    const b = k === 0 ? 0 : norm2[k]! / norm2[k - 1]!;
    const next = new Float64Array(present.length);
    let square = 0;
    for (let i = 0; i < next.length; i++) {
      const value = (present[i]! - mean - a) * current[i]! - b * before[i]!;
      next[i] = value;
      square += value * value;
    }
    alpha.push(a + mean);
    norm2.push(square);
    before = current;
    current = next;
  }
  const coefficients = [...alpha, ...norm2];
  return { columns: evaluatePolynomials(x, coefficients), coefficients };
}

/** The polynomials of `orthogonalPolynomials` at other points. */
export function evaluatePolynomials(x: Float64Array, coefficients: readonly number[]): Float64Array[] {
  const degree = (coefficients.length - 1) / 2;
  const columns = Array.from({ length: degree }, () => new Float64Array(x.length));
  for (let i = 0; i < x.length; i++) {
    let before = 0;
    let current = 1;
    for (let k = 0; k < degree; k++) {
      const b = k === 0 ? 0 : coefficients[degree + k]! / coefficients[degree + k - 1]!;
      const next = (x[i]! - coefficients[k]!) * current - b * before;
      before = current;
      current = next;
      columns[k]![i] = next / Math.sqrt(coefficients[degree + k + 1]!);
    }
  }
  return columns;
}
