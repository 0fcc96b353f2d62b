/** Plain-data results of a single fit and of a bootstrap: what the CLI prints and the JSON output holds. */
import type { BatchFit } from '../model/batch-fit.js';
import type { CovarianceStructure } from '../model/covariance-structure.js';
import type { StatusName } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';

/** One row of the fixed-effects table; `conf_low`/`conf_high` are Wald limits. */
export interface FixedEffect {
  readonly term: string;
  readonly estimate: number;
  readonly std_error: number;
  /** Wald z. */
  readonly statistic: number;
  readonly p_value: number;
  readonly conf_low: number;
  readonly conf_high: number;
}

/** Covariance of one random-effects term, on the link scale. */
export interface VarianceComponent {
  readonly group: string;
  readonly terms: readonly string[];
  /** Its structure. */
  readonly covariance: CovarianceStructure;
  readonly sd: readonly number[];
  /** q × q. */
  readonly correlation: readonly (readonly number[])[];
}

/** Conditional modes of one level: `{ level, '(Intercept)': …, x: … }`. */
export type RanefRow = Readonly<Record<string, number | string>>;

/** The object that `--json` writes and `fit.toJSON()` returns. */
export interface FitJson {
  readonly formula: string;
  readonly family: string;
  readonly link: string;
  /** One-sided formulas of zero inflation and dispersion as given; null without. */
  readonly ziformula: string | null;
  readonly dispformula: string | null;
  /** Gaussian models: `reml` or `ml`. */
  readonly method: 'laplace' | 'agq' | 'nagq0' | 'reml' | 'ml' | 'mpl' | 'rempl';
  readonly nAGQ: number;
  /** Whether a gaussian model was fitted by restricted maximum likelihood; null for other families. */
  readonly REML: boolean | null;
  readonly nobs: number;
  readonly groups: Readonly<Record<string, number>>;
  readonly fixed: readonly FixedEffect[];
  readonly vcov: readonly (readonly number[])[];
  readonly random: readonly VarianceComponent[];
  /** σ² of gaussian models, φ of Gamma and inverse Gaussian, θ, α or the precision of other families; null without one or where it is modelled. */
  readonly dispersion: number | null;
  /** Zero-inflation, dispersion and threshold coefficients, where the model has them. */
  readonly zi: readonly FixedEffect[] | null;
  readonly disp: readonly FixedEffect[] | null;
  readonly thresholds: readonly FixedEffect[] | null;
  readonly logLik: number;
  readonly AIC: number;
  readonly BIC: number;
  readonly deviance: number;
  readonly df: number;
  readonly ranef: Readonly<Record<string, readonly RanefRow[]>>;
  readonly converged: boolean;
  readonly status: StatusName;
  readonly singular: boolean;
  readonly gradient_norm: number;
  readonly evaluations: number;
  readonly backend: BackendReport;
  readonly warnings: readonly string[];
}

/**
 * How a bootstrap makes its replicates.
 * - `parametric`: responses drawn from the fitted model;
 * - `residual`: predicted random effects and, for gaussian models, residuals drawn with replacement after they were given the estimated variances
 *   (Carpenter, Goldstein & Rasbash 2003); other families draw the response given these random effects;
 * - `levels`: levels of the grouping factor drawn with replacement, each with all its rows;
 * - `rows`: rows drawn with replacement within each level.
 */
export type BootstrapMethod = 'parametric' | 'residual' | 'levels' | 'rows';

/** Bootstrap intervals: docs/glossary.md and docs/studies.md define them. */
export type IntervalKind = 'percentile' | 'basic' | 'normal' | 'bca' | 'studentised' | 'shortest';

/** One interval of one parameter. */
export interface IntervalRow {
  /** `(Intercept)`, `period2`, `sd_(Intercept)|herd`, `cor_x.(Intercept)|herd`. */
  readonly parameter: string;
  readonly kind: IntervalKind;
  readonly estimate: number;
  /** Mean of the replicates minus the estimate. */
  readonly bias: number;
  /** Standard deviation of the replicates. */
  readonly std_error: number;
  readonly level: number;
  readonly conf_low: number;
  readonly conf_high: number;
  /** Monte-Carlo standard errors of the limits: what other replicates would change; NaN for fewer than 40 of them. */
  readonly mc_error_low: number;
  readonly mc_error_high: number;
  /** Replicates the row is made from. */
  readonly replicates: number;
}

/** How far a long piece of work is. */
export interface Progress {
  /** What is being done, in a word: `replicates`, `folds`, … */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** Models per second since the start of the stage. */
  readonly rate: number;
  /** Seconds left at that rate. */
  readonly secondsLeft: number;
}

/** Which intervals `Bootstrap.intervals` makes, and of what. */
export interface IntervalOptions {
  /** Default: percentile, basic and normal. */
  readonly kinds?: readonly IntervalKind[];
  /** Default 0.95. */
  readonly level?: number;
  /** Replicates that are separated or did not converge are left out unless this is true. */
  readonly flagged?: boolean;
  /** For `bca`: one column per parameter, estimates without each level in turn (`jackknife`). */
  readonly jackknife?: readonly Float64Array[];
  /** Functions of the parameters by name, instead of the parameters themselves: `{ odds: (p) => Math.exp(p.period2) }`. */
  readonly statistics?: Readonly<Record<string, (parameters: Readonly<Record<string, number>>) => number>>;
}

/** A finished bootstrap. */
export interface Bootstrap {
  readonly nsim: number;
  readonly seed: number;
  readonly method: BootstrapMethod;
  /** Fixed effects, then standard deviations and correlations of the random effects, then `sigma` for gaussian models. */
  readonly parameters: readonly string[];
  /** Estimates of the original fit, one per parameter. */
  readonly estimates: Float64Array;
  /** Replicates: one column of length nsim per parameter. */
  readonly replicates: readonly Float64Array[];
  /** The raw batch (β, θ, logLik, status …). */
  readonly fit: BatchFit;
  readonly counts: Readonly<Record<StatusName, number>>;
  /** Wall-clock seconds of the refits. */
  readonly seconds: number;
  readonly refitsPerSecond: number;
  readonly backend: BackendReport;
  /** Interval rows of all parameters, or of the statistics asked for. */
  intervals(options?: IntervalOptions): IntervalRow[];
}
