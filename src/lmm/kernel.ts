import type { MomentEstimates } from './moments.js';
import type { Profile } from './profile.js';
import type { ResponseSums } from './scaled-rows.js';

/**
 * Eliminates the random effects of a linear mixed model. One instance serves one computation at a time; Λ is relative to σ, as lme4's.
 */
export interface LmmKernel {
  readonly profile: Profile;
  /** Room for one response. */
  createSums(): ResponseSums;
  /** Reads a response (design rows from `base` on) into `sums`. */
  take(y: Float64Array, base: number, offset: Float64Array | null, sums: ResponseSums): void;
  /** Profiled log-likelihood at the relative θ (NaN where it does not exist), and its gradient where an array is given. */
  evaluate(sums: ResponseSums, theta: Float64Array, gradient: Float64Array | null): number;
  /** Spherical modes u (b = Λu, in the layout of `effectPlaces`) of the response taken last, at the θ evaluated last. */
  modes(sums: ResponseSums): Float64Array;
  /** A start for the response, columns of all terms side by side; null where evaluations are too cheap for it, or it does not exist. */
  moments(sums: ResponseSums): MomentEstimates | null;
}
