import { OptionError } from '../errors.js';
import { ALL_PARTS, type Family, PART } from '../families/family.js';
import { type Quadrature, gaussHermite, productRule } from '../numerics/gauss-hermite.js';
import type { Integration } from './objective.js';

/** One loaded model: rows sorted level by level. */
export interface ModelData {
  readonly y: Float64Array;
  readonly trials: Float64Array;
  readonly weights: Float64Array;
  readonly offset: Float64Array | null;
  /** Auxiliary values of each row at the parameters being evaluated, one array per value of the family. */
  readonly auxiliary: readonly Float64Array[];
  readonly x: Float64Array;
  readonly z: Float64Array;
  readonly starts: Int32Array;
  /** How often each level counts; null: once. */
  readonly copies: Float64Array | null;
  /** Rows in use: starts[G]. */
  readonly rows: number;
  /** Spherical conditional modes of the latest kept evaluation, in the layout of `effectPlaces`. */
  readonly modes: Float64Array;
  /** Σ of the data constants of the log-density. */
  readonly constant: number;
}

/** What an evaluation leaves for the gradient beside dL/dθ, row by row. */
export interface RowGradients {
  /** Adjusted score r: dL/dβ = X'r. */
  readonly eta: Float64Array;
  /** dL/da of each auxiliary value a. */
  readonly auxiliary: readonly Float64Array[];
}

/** The integral over the random effects of one model. */
export interface GroupKernel {
  /**
   * Log-likelihood without the data constant at η0 = Xβ + offset and θ; NaN where it does not exist. Writes the rows' gradients
   * and dL/dθ. Mathematics: docs/likelihood.md §2–3.
   */
  evaluate(
    model: ModelData, eta0: Float64Array, theta: Float64Array, adjointEta: Float64Array | null, keepModes: boolean,
    gradients: RowGradients, thetaGradient: Float64Array,
  ): number;
  /** X'd1 (p) and X'WX − X'WZΛH⁻¹Λ'Z'WX (p × p) at the mode; NaN where there is none. */
  profile(
    model: ModelData, eta0: Float64Array, theta: Float64Array, weights: 'observed' | 'expected', score: Float64Array, schur: Float64Array,
  ): void;
}

/** Newton steps that a mode may take; 5–6 are usual from a cold start. */
export const MAX_MODE_STEPS = 100;

/** A mode counts as found when the Newton decrement (step² · curvature) is below this: the error after that step is about its square. */
export const MODE_TOLERANCE = 1e-11;

/** When the step used the expected instead of the observed curvature convergence is linear, and the decrement must be smaller. */
export const FISHER_MODE_TOLERANCE = 1e-22;

/** Parts of a family's derivatives at the mode: with auxiliary values their derivatives too. */
export function modeParts(family: Pick<Family, 'auxiliary'>): number {
  return family.auxiliary.length === 0 ? ALL_PARTS & ~PART.auxiliary : ALL_PARTS;
}

/** Points of the product rule for q random effects, or null for Laplace. */
export function quadratureFor(integration: Integration, q: number): Quadrature | null {
  if (integration.nAGQ <= 1) return null;
  if (q > 3) {
    throw new OptionError(
      `nAGQ = ${integration.nAGQ} needs at most 3 random effects per level, the model has ${q}; use nAGQ = 1 (Laplace)`,
    );
  }
  return productRule(gaussHermite(integration.nAGQ), q);
}
