import type { FrameOptions } from '../formula/model-frame.js';
import type { FamilyName, LinkName } from '../model/design.js';

/** Every tolerance, limit and start of a fit in one record; the defaults are `DEFAULT_CONTROL`. */
export interface Control {
  /** Stop when the predicted increase of the log-likelihood (½ g'H⁻¹g, about ½ (distance in standard errors)²) is below this. */
  readonly tolerance: number;
  /** Most likelihood evaluations of one model. */
  readonly maxEvaluations: number;
  /** A diagonal entry of a term's Cholesky factor below this counts as zero: the fit is singular (lme4's isSingular tolerance). */
  readonly singularTolerance: number;
  /** |x'β| beyond which a fit is examined for separation (logit units; 15 is a probability of 3e-7). */
  readonly separationThreshold: number;
}

/** The tolerances and limits of a fit that says nothing of them. */
export const DEFAULT_CONTROL: Control = {
  tolerance: 1e-10,
  maxEvaluations: 400,
  singularTolerance: 1e-4,
  separationThreshold: 12,
};

/** Where models are fitted: `cpu` is float64, `webgpu` a device, `auto` a hardware device where there is one. */
export type BackendChoice = 'auto' | 'cpu' | 'webgpu';

/** One evaluation of the likelihood in a fit. */
export interface Trace {
  /** Counts from 1. */
  readonly evaluation: number;
  /** Log-likelihood, of linear mixed models the criterion that is maximised; NaN where it does not exist. */
  readonly logLik: number;
  /** The parameters that the optimiser moves, by their names: all of them, with nAGQ = 0 without the fixed effects, of linear mixed models θ in units of σ. */
  readonly params: Readonly<Record<string, number>>;
}

/** Options of `glmm`; only `family` is needed. */
export interface GlmmOptions extends Partial<Omit<FrameOptions, 'family' | 'link'>> {
  /** Distribution of the response: `FAMILY_NAMES`; `ziGamma` is Gamma, with zeros modelled by `ziformula`. `gaussian` with identity link is a linear mixed model, solved exactly. */
  readonly family: FamilyName | 'ziGamma';
  /** Default: the first of `linksOf(family)`. */
  readonly link?: LinkName;
  /** 0 = joint mode (lme4's nAGQ = 0), 1 = Laplace (default), k = adaptive Gauss–Hermite nodes per dimension (≤ 100; up to 3 dimensions). */
  readonly nAGQ?: number;
  readonly information?: 'observed' | 'expected';
  /**
   * `likelihood` (default), or MATLAB's pseudo-likelihood methods `MPL` and `REMPL`: fast, but biased for small counts and binary responses, and
   * without a likelihood to compare models by.
   */
  readonly fitMethod?: 'likelihood' | 'MPL' | 'REMPL';
  /** Covariance of β from the joint Hessian of (β, θ) (default) or from penalised weighted least squares given θ (cheaper). */
  readonly standardErrors?: 'hessian' | 'wls';
  /** Gaussian models: restricted maximum likelihood (default true, as lmer) or maximum likelihood (false). */
  readonly REML?: boolean;
  /** Starting values; θ term by term as in the formula, each factor column by column; for gaussian models on the scale of the response, with `sigma` the residual standard deviation; `auxiliary` are the
   * coefficients of dispersion, zero inflation or thresholds in their order. */
  readonly start?: { readonly fixef?: ArrayLike<number>; readonly theta?: ArrayLike<number>; readonly sigma?: number; readonly auxiliary?: ArrayLike<number> };
  readonly control?: Partial<Control>;
  /** Name of the data, shown by summaries and reports. */
  readonly dataName?: string;
  /** Single fits run on the float64 path unless `webgpu` is asked for. */
  readonly backend?: BackendChoice;
  /** Told of every evaluation of the optimiser, as `verbose` does in other programs. */
  readonly onEvaluation?: (trace: Trace) => void;
  readonly signal?: AbortSignal;
}

/** Every option of `glmm`; the compiler sees to it that none is missing. */
export const GLMM_OPTION_NAMES = {
  family: true, link: true, nAGQ: true, information: true, fitMethod: true, standardErrors: true, REML: true, start: true, control: true, dataName: true, backend: true, onEvaluation: true, signal: true,
  weights: true, offset: true, subset: true, contrasts: true, covariancePattern: true, dispformula: true, dispersion: true, ziformula: true, threshold: true, naAction: true,
} as const satisfies Record<keyof GlmmOptions, true>;

/** What `start` may hold. */
export const START_NAMES = { fixef: true, theta: true, sigma: true, auxiliary: true } as const satisfies Record<keyof NonNullable<GlmmOptions['start']>, true>;
