/**
 * The numbers of a model that all models of a batch share: plain data, structured-cloneable, in the row order of the model frame.
 * Nothing here knows of formulas, devices or optimisers.
 */

export type FamilyName = 'binomial' | 'poisson' | 'gaussian';
export type LinkName = 'logit' | 'probit' | 'cloglog' | 'cauchit' | 'log' | 'identity' | 'sqrt';

/** One random-effects term, e.g. `(1 + x | g)`. */
export interface RandomTerm {
  /** Name of the grouping factor, e.g. `herd` or `a:b`. */
  readonly group: string;
  /** Levels of the grouping factor that occur, in the order of its codes. */
  readonly levels: readonly string[];
  /** Level of each row: n integers in [0, levels.length). */
  readonly index: Int32Array;
  /** Names of the q columns, e.g. `(Intercept)`, `x`. */
  readonly names: readonly string[];
  /** Model matrix of the term, n × q, row-major. */
  readonly z: Float64Array;
  /** Structure of the q × q covariance. */
  readonly covariance: 'unstructured' | 'diagonal';
}

export interface Design {
  /** n, rows of the model frame. */
  readonly nobs: number;
  /** Names of the p fixed-effect columns, as R names them. */
  readonly fixedNames: readonly string[];
  /** Fixed-effects model matrix, n × p, row-major, full column rank. */
  readonly x: Float64Array;
  readonly random: readonly RandomTerm[];
  readonly family: FamilyName;
  readonly link: LinkName;
  /** Binomial sizes (n positive integers), or null for 0/1 responses and for other families. */
  readonly trials: Float64Array | null;
  /** Prior weights (n, ≥ 0) that multiply each row's log-density (gaussian: the residual variance is σ²/weight); null means 1. For proportions + weights responses the weights are `trials`. */
  readonly weights: Float64Array | null;
  /** Known part of the linear predictor (n), null means 0. */
  readonly offset: Float64Array | null;
}

/** Number of θ entries of a term: the lower triangle of its Cholesky factor, or its diagonal. */
export function thetaCount(term: Pick<RandomTerm, 'names' | 'covariance'>): number {
  const q = term.names.length;
  return term.covariance === 'diagonal' ? q : (q * (q + 1)) / 2;
}

/**
 * Sizes of the parameter vector ψ = (β, θ): p fixed effects, then each term's θ in column-major order of its lower triangle. Gaussian models
 * have the residual standard deviation σ as last parameter.
 */
export interface ParameterLayout {
  readonly nFixed: number;
  readonly nTheta: number;
  readonly nParams: number;
}

export function parameterLayout(design: Design): ParameterLayout {
  const nFixed = design.fixedNames.length;
  const nTheta = design.random.reduce((sum, term) => sum + thetaCount(term), 0);
  return { nFixed, nTheta, nParams: nFixed + nTheta + (design.family === 'gaussian' ? 1 : 0) };
}
