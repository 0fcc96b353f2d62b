/**
 * Where to start a linear mixed model whose likelihood is expensive: variances from quadratic forms of the residuals of the fixed part, each
 * put equal to its expectation (MINQUE(0): C. R. Rao 1971, J. Multivar. Anal. 1; unbiased, but not efficient). Random columns count as
 * uncorrelated. With M̃ = Z'Z − Z'QQ'Z the forms e'Z_aZ_a'e and e'e have the expectations Σ_b ‖M̃_ab‖² σ_b² + tr(M̃_aa) σ² and
 * Σ_b tr(M̃_bb) σ_b² + (n − p) σ².
 */
import { inverse } from '../numerics/cholesky.js';

/** What the forms are made of: effects, each belonging to a column of the random model matrix. */
export interface MomentInput {
  readonly columns: number;
  readonly columnOfEffect: Int32Array;
  /** Calls `entry` once for each entry of Z'Z that is not zero by its pattern, of both triangles. */
  eachEntry(entry: (row: number, column: number, value: number) => void): void;
  /** Z'Q, effects × p. */
  readonly border: Float64Array;
  readonly nFixed: number;
  /** n − p. */
  readonly degrees: number;
}

/** Per random column, in units of σ. */
export interface MomentEstimates {
  readonly deviations: Float64Array;
  /** Approximate variances of the maximum-likelihood estimates of the deviations, as if the other columns were known. */
  readonly variances: Float64Array;
}

/** Deviations below this tell as little as zero does; above the other, the residual variance is what is hard to tell. */
const SMALLEST = 0.06;
const LARGEST = 10;

/** From Z'e (per effect) and e'e to estimates, with what depends on the design done once; null where the equations have no solution. */
export function momentEstimator(input: MomentInput): ((effects: Float64Array, squares: number) => MomentEstimates) | null {
  const { columns, columnOfEffect, border, nFixed: p, degrees } = input;
  const k = columns + 1;
  const forms = new Float64Array(k * k);
  const diagonal = new Float64Array(columnOfEffect.length);
  const grams = Array.from({ length: columns }, () => new Float64Array(p * p));
  const along = (i: number, j: number): number => {
    let sum = 0;
    for (let c = 0; c < p; c++) sum += border[i * p + c]! * border[j * p + c]!;
    return sum;
  };
  input.eachEntry((i, j, value) => {
    forms[columnOfEffect[i]! * k + columnOfEffect[j]!]! += value * (value - 2 * along(i, j));
    if (i === j) diagonal[i] = value;
  });
  columnOfEffect.forEach((column, i) => {
    const gram = grams[column]!;
    for (let c = 0; c < p; c++) for (let d = 0; d < p; d++) gram[c * p + d]! += border[i * p + c]! * border[i * p + d]!;
    const own = diagonal[i]! - along(i, i);
    forms[column * k + columns]! += own;
    forms[columns * k + column]! += own;
  });
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < columns; b++) forms[a * k + b]! += grams[a]!.reduce((sum, value, at) => sum + value * grams[b]![at]!, 0);
  }
  forms[k * k - 1] = degrees;
  const solution = inverse(forms, k);
  if (solution === null) return null;

  return (effects, squares) => {
    const found = new Float64Array(k);
    effects.forEach((sum, i) => { found[columnOfEffect[i]!]! += sum * sum; });
    found[columns] = squares;
    const variance = (a: number): number => found.reduce((sum, value, b) => sum + solution[a * k + b]! * value, 0);
    const residual = variance(columns);
    const deviations = Float64Array.from({ length: columns }, (_, a) => Math.min(LARGEST, Math.max(SMALLEST, Math.sqrt(Math.max(0, variance(a) / residual)))));
    const information = new Float64Array(columns);
    diagonal.forEach((m, i) => {
      const deviation = deviations[columnOfEffect[i]!]!;
      information[columnOfEffect[i]!]! += 2 * ((m * deviation) / (1 + m * deviation ** 2)) ** 2;
    });
    return { deviations, variances: information.map((value) => 1 / value) };
  };
}
