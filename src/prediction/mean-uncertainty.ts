/**
 * Standard errors and limits of means by the delta method: m(η, a) depends on the linear predictor and, with excess zeros or truncation, on the auxiliary
 * predictors a, whose coefficients γ are estimated together with β.
 */
import { familyOf } from '../families/registry.js';
import { type Design, hasTwoPredictors, parameterLayout } from '../model/design.js';
import { slope } from '../numerics/slope.js';
import type { Scale } from './prediction-scale.js';

/** What there is of a row. */
export interface UncertainPredictors {
  readonly eta: number;
  /**
   * The error of `byEta` η + `byZeta` ζ, with of ζ, the logit of an excess zero, the random effects alone: its variance, and its derivatives by the errors of the
   * parameters, of the fixed effects or of all of them.
   */
  readonly errorOf: (byEta: number, byZeta: number) => { readonly variance: number; readonly derivatives: ArrayLike<number> };
  /** Values of the auxiliary predictors. */
  readonly auxiliary: ArrayLike<number>;
  /** Derivative of auxiliary predictor k by its coefficient j. */
  readonly loading: (k: number, j: number) => number;
}

export interface UncertainMean {
  readonly error: number;
  readonly low: number;
  readonly high: number;
}

/** Relative change of a mean that does not matter: coefficients at their limit have no standard error, nor an effect on the mean. */
const NEGLIGIBLE = 1e-4;

/**
 * Limits are symmetric on the scale of η where the mean depends on η alone, else on the scale of the link of the mean. NaN where a coefficient that matters
 * has no standard error.
 * @param covariance of all parameters, k × k
 * @param z quantile of the limits
 */
export function meanUncertainty({ design, covariance }: { readonly design: Design; readonly covariance: Float64Array }, z: number): (scale: Scale, at: UncertainPredictors) => UncertainMean {
  const { nFixed, nTheta, nParams } = parameterLayout(design);
  const family = familyOf(design);
  const ordered = (one: number, other: number): Pick<UncertainMean, 'low' | 'high'> => ({ low: Math.min(one, other), high: Math.max(one, other) });
  return (scale, { eta, errorOf, auxiliary, loading }) => {
    const value = scale(eta, auxiliary);
    const byEta = slope((own) => scale(own, auxiliary), eta);
    /** Coefficients the mean depends on: their places among the parameters and the derivatives. */
    const active: { readonly place: number; readonly derivative: number }[] = [];
    let byZeta = 0;
    let place = nFixed + nTheta;
    design.auxiliary.forEach(({ role, names }, k) => {
      const own = role === 'thresholds' ? 0 : slope((a) => scale(eta, Array.from(auxiliary, (old, i) => (i === k ? a : old))), auxiliary[k]!);
      if (role === 'zi' && hasTwoPredictors(design)) byZeta = own;
      names.forEach((_, j) => {
        const derivative = own === 0 ? 0 : own * loading(k, j);
        if (derivative !== 0 && !(Number.isNaN(covariance[place * (nParams + 1)]!) && Math.abs(derivative) < NEGLIGIBLE * Math.abs(value))) active.push({ place, derivative });
        place++;
      });
    });
    if (active.length === 0 && byZeta === 0) {
      const sd = Math.sqrt(errorOf(1, 0).variance);
      return { error: sd * Math.abs(byEta), ...ordered(scale(eta - z * sd, auxiliary), scale(eta + z * sd, auxiliary)) };
    }
    const { variance, derivatives } = errorOf(byEta, byZeta);
    let total = variance;
    for (const { place: row, derivative } of active) {
      for (let i = 0; i < derivatives.length; i++) if (derivatives[i] !== 0) total += 2 * derivatives[i]! * derivative * covariance[row * nParams + i]!;
      for (const other of active) total += derivative * other.derivative * covariance[row * nParams + other.place]!;
    }
    const error = Math.sqrt(total);
    const centre = family.linkOf(value);
    const reach = (z * error) / Math.abs(family.meanDerivative(centre));
    return { error, ...ordered(family.mean(centre - reach), family.mean(centre + reach)) };
  };
}
