import type { BackendReport } from '../objective/backend.js';

/** Fits of a batch as columns of length B. */
export interface BatchFit {
  readonly nModels: number;
  /** Names of the k parameters: fixed effects, then θ as `group.term` / `group.term2.term1`. */
  readonly names: readonly string[];
  /** k columns of estimates. θ is reported with a non-negative diagonal. */
  readonly params: readonly Float64Array[];
  /** k columns of standard errors where they were asked for; NaN where they do not exist. */
  readonly standardErrors: readonly Float64Array[] | null;
  readonly logLik: Float64Array;
  /** Codes of `STATUS`. */
  readonly status: Uint8Array;
  /** Likelihood evaluations spent on each model. */
  readonly evaluations: Int32Array;
  /** Predicted increase of the log-likelihood that was left at the end, about ½ (distance in standard errors)². */
  readonly decrement: Float64Array;
  readonly backend: BackendReport;
}
