/**
 * The numbers of a model that all models of a batch share: plain data, structured-cloneable, in the row order of the model frame.
 * Nothing here knows of formulas, devices or optimisers.
 */

import { type CovarianceStructure, thetaEntries } from './covariance-structure.js';

/** Distributions of the response; docs/families.md describes them. */
export type FamilyName =
  | 'binomial' | 'poisson' | 'gaussian' | 'Gamma' | 'inverse.gaussian' | 'nbinom1' | 'nbinom2' | 'beta' | 'betabinomial'
  | 'truncated_poisson' | 'truncated_nbinom1' | 'truncated_nbinom2' | 'cumulative';
/** Link functions; `linksOf` says which a family takes. */
export type LinkName = 'logit' | 'probit' | 'cloglog' | 'loglog' | 'cauchit' | 'log' | 'identity' | 'sqrt' | 'inverse' | '1/mu^2';

/** One random-effects term, e.g. `(1 + x | g)`. */
export interface RandomTerm {
  /** Name of the grouping factor, e.g. `herd` or `a:b`. */
  readonly group: string;
  /** Levels of the grouping factor that occur, in the order of its codes. */
  readonly levels: readonly string[];
  /** Level of each row: n integers in [0, levels.length). */
  readonly index: Int32Array;
  /** Names of the q columns, e.g. `(Intercept)`, `x`; of terms of the zero inflation `zi.(Intercept)`. */
  readonly names: readonly string[];
  /** Model matrix of the term, n × q, row-major. */
  readonly z: Float64Array;
  /** Structure of the q × q covariance. */
  readonly covariance: CovarianceStructure;
  /** `zi` where the effects act on the logit of the zero inflation; absent: on η. */
  readonly predictor?: 'zi';
}

/**
 * What a distribution needs beside its mean, as a linear predictor of its own: a = X γ + offset, one number per row.
 * `dispersion` is the logarithm of the family's dispersion parameter, `zi` the logit of the probability of an excess zero. For `thresholds`
 * (cumulative families with J ordered categories, coded 1 … J) X is a (J − 1) × m matrix and a the J − 1 thresholds, in increasing order.
 */
export interface AuxiliaryPredictor {
  readonly role: 'dispersion' | 'zi' | 'thresholds';
  /** Names of the m coefficients; none where the predictor is known (its offset alone). */
  readonly names: readonly string[];
  /** n × m (thresholds: (J − 1) × m), row-major, full column rank. */
  readonly x: Float64Array;
  /** Known part, as many numbers as X has rows; null means 0. */
  readonly offset: Float64Array | null;
}

/** The numbers of a model without its response. */
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
  /** Dispersion, zero inflation, thresholds, in the order in which the family takes them; empty for one-parameter families. */
  readonly auxiliary: readonly AuxiliaryPredictor[];
}

/** Whether a term of the zero inflation is among the random ones: rows then have two linear predictors with effects in common. */
export function hasTwoPredictors({ random }: Pick<Design, 'random'>): boolean {
  return random.some(({ predictor }) => predictor === 'zi');
}

/** Number of θ of a term: entries of its Cholesky factor, or the parameters of its structure. */
export function thetaCount(term: Pick<RandomTerm, 'names' | 'covariance'>): number {
  return thetaEntries(term.covariance, term.names.length).length;
}

/**
 * Places in the parameter vector ψ = (β, θ, γ): p fixed effects, then each term's θ in the order of `thetaEntries`, then the
 * coefficients of the auxiliary predictors. Linear mixed models have the residual standard deviation σ as last parameter instead of γ.
 */
export interface ParameterLayout {
  readonly nFixed: number;
  readonly nTheta: number;
  /** Coefficients of all auxiliary predictors. */
  readonly nAuxiliary: number;
  readonly nParams: number;
}

export function parameterLayout(design: Design): ParameterLayout {
  const nFixed = design.fixedNames.length;
  const nTheta = design.random.reduce((sum, term) => sum + thetaCount(term), 0);
  const nAuxiliary = design.auxiliary.reduce((sum, { names }) => sum + names.length, 0);
  return { nFixed, nTheta, nAuxiliary, nParams: nFixed + nTheta + nAuxiliary + (isLinearMixed(design) ? 1 : 0) };
}

/** Gaussian with identity link and one residual variance: solved exactly, without iterating for the modes. */
export function isLinearMixed({ family, link, auxiliary }: Pick<Design, 'family' | 'link' | 'auxiliary'>): boolean {
  return family === 'gaussian' && link === 'identity' && auxiliary.length === 0;
}
