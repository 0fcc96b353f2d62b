/**
 * The narrow waist between statistics and hardware: parameters of some models in, log-likelihood and its gradient out.
 * Implementations: `cpu.ts` (float64) and `webgpu.ts` (float32, totals finished in float64). They know nothing of the optimiser,
 * and the optimiser knows nothing of families or devices.
 */
import type { Batch } from '../model/batch.js';

/** How the integral over the random effects is approximated. */
export interface Integration {
  /** Nodes per dimension: 1 = Laplace. (0, lme4's joint mode, is built above the Objective from `profile`.) */
  readonly nAGQ: number;
  /** Curvature at the mode: observed (exact Laplace, default) or expected (Fisher) weights, as lme4 uses for non-canonical links. */
  readonly information: 'observed' | 'expected';
}

/** One round: `count` evaluations of loaded models. The caller owns all arrays; they are at least as long as stated. */
export interface Evaluation {
  readonly count: number;
  /** Loaded model (0 … loaded − 1) of each entry. A model may appear more than once only if `keepModes` is false. */
  readonly models: Int32Array;
  /** count × k parameters (β, θ). */
  readonly params: Float64Array;
  /** Out: count log-likelihoods with all constants; −Infinity or NaN where the parameters are infeasible. */
  readonly value: Float64Array;
  /** Out: count × k gradients. */
  readonly gradient: Float64Array;
  /** Whether the conditional modes found are kept as the next start of those models. */
  readonly keepModes: boolean;
  /**
   * count × p adjoint vectors λ, for nAGQ = 0: the gradient in θ is then the total derivative of the likelihood with β at the joint
   * mode (a_i of likelihood.md §2 gains w_i x_i'λ). Absent: plain gradient.
   */
  readonly adjoint?: Float64Array;
}

/** Penalised least-squares quantities of the fixed effects at given parameters (u at its mode). */
export interface Profile {
  readonly count: number;
  readonly models: Int32Array;
  readonly params: Float64Array;
  /** Weights W of the Schur complement: observed (derivative of the score) or expected (lme4's RX). */
  readonly weights: 'observed' | 'expected';
  /** Out: count × p, X'd1 at the mode: zero at the joint mode of (β, u). */
  readonly score: Float64Array;
  /** Out: count × p × p, X'WX − X'WZΛ H⁻¹ Λ'Z'WX with H from the same weights. */
  readonly schur: Float64Array;
}

export interface Objective {
  readonly backend: 'cpu' | 'webgpu';
  /** Most models that can be loaded at once. */
  readonly capacity: number;
  /** k, parameters of a model. */
  readonly nParams: number;
  /** Relative noise of a log-likelihood value: what the line search must not mistake for a rise or fall. */
  readonly valueNoise: number;
  /** Loads models [from, to) of a batch whose responses are numbers; forgets earlier models and modes. */
  load(batch: Batch & { response: Float64Array }, from: number, to: number): Promise<void>;
  evaluate(evaluation: Evaluation): Promise<void>;
  profile(profile: Profile): Promise<void>;
  /**
   * Conditional modes u (spherical) of the latest kept evaluation of a loaded model, level-major: `u[level * q + j]` with the
   * q columns of all terms side by side. For several grouping factors: terms one after the other.
   */
  modes(model: number): Promise<Float64Array>;
  dispose(): void;
}
