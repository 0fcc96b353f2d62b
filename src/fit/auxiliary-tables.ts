/** Coefficients of dispersion, zero inflation and thresholds for readers. */
import { categoryProbability, type CumulativeLink } from '../families/cumulative.js';
import { familyOf } from '../families/registry.js';
import { auxiliaryValues } from '../model/auxiliary-values.js';
import { type AuxiliaryPredictor, type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { linearPredictors } from '../model/linear-predictor.js';
import { coefficientTable } from './coefficient-table.js';
import type { FixedEffect } from './types.js';

/** Wald table of the coefficients of one auxiliary predictor; null where the design has none, or a known one. */
export function auxiliaryTable(
  { design, params, covariance }: { readonly design: Design; readonly params: Float64Array; readonly covariance: Float64Array },
  role: AuxiliaryPredictor['role'], level = 0.95,
): FixedEffect[] | null {
  const { nFixed, nTheta, nParams: k } = parameterLayout(design);
  let at = nFixed + nTheta;
  for (const { role: own, names } of design.auxiliary) {
    if (own === role && names.length > 0) {
      const first = at;
      const block = names.map((_, i) => names.map((__, j) => covariance[(first + i) * k + first + j]!));
      return coefficientTable(names, params.subarray(first, first + names.length), block, level);
    }
    at += names.length;
  }
  return null;
}

/**
 * The dispersion parameter where it is one number: σ² of gaussian models, φ of Gamma and inverse Gaussian (variance φμ², φμ³), θ of nbinom2 (μ + μ²/θ), α of nbinom1
 * (μ(1 + α)), the precision of beta and beta-binomial models. Null where the family has none or it is modelled.
 */
export function dispersionOf(design: Design, params: Float64Array): number | null {
  if (isLinearMixed(design)) return params.at(-1)! ** 2;
  const predictor = design.auxiliary.find(({ role }) => role === 'dispersion');
  if (predictor === undefined || predictor.names.length > 1 || (predictor.names.length === 1 && predictor.names[0] !== '(Intercept)')) return null;
  const { nFixed, nTheta } = parameterLayout(design);
  const a = auxiliaryValues(design, params.subarray(nFixed + nTheta))(0)[0]!;
  // Gamma's predictor is the logarithm of the shape 1/φ.
  return Math.exp(design.family === 'Gamma' ? -a : a);
}

/** Families whose dispersion is a scale: the residual variance divided by the variance function. */
const SCALES: readonly Design['family'][] = ['gaussian', 'Gamma', 'inverse.gaussian'];

/** Whether the variance components have a residual row: the family has a scale of its own. */
export function hasResidual(family: string): boolean {
  return (SCALES as readonly string[]).includes(family);
}

/** `sigma()` as glmmTMB defines it: the square root of a scale, else the dispersion parameter itself; 1 for families without one, NaN where it is modelled. */
export function sigmaOf(design: Design, params: Float64Array): number {
  const dispersion = dispersionOf(design, params);
  if (dispersion === null) return design.auxiliary.some(({ role }) => role === 'dispersion') ? NaN : 1;
  return hasResidual(design.family) ? Math.sqrt(dispersion) : dispersion;
}

/** Means at the given modes, excess zeros and truncation included; for ordered responses the probability of each row's own category. */
export function fittedMeans(design: Design, params: Float64Array, modes: Float64Array, response: Float64Array): Float64Array {
  const family = familyOf(design);
  const { eta: predictors, auxiliaryOf } = linearPredictors({ design, params, modes });
  return predictors.map((eta, i) => (design.family === 'cumulative'
    ? categoryProbability(design.link as CumulativeLink, eta, auxiliaryOf(i), response[i]!)
    : family.responseMean(eta, auxiliaryOf(i))));
}
