/** Intra-class correlation, design effect and R² of a fitted model, each with a reason where it does not exist. */
import { checkFit } from '../check-arguments.js';
import type { GlmmFit } from '../fit/glmm.js';
import { covarianceOf } from '../model/covariance.js';
import { isLinearMixed } from '../model/design.js';
import { linearPredictors } from '../model/linear-predictor.js';
import { predict, randomVariance } from './predict.js';

/** A number, or in words why there is none. */
export type Explained = number | { readonly unavailable: string };

/** Shares of variance of a fitted model. */
export interface VarianceExplained {
  /** Share of a grouping factor's variance in the total on the scale of the link, by factor. */
  readonly icc: Readonly<Record<string, Explained>>;
  /** 1 + (m − 1) ICC with m the mean number of rows per level, by factor. */
  readonly designEffect: Readonly<Record<string, Explained>>;
  /** Nakagawa's R²: variance explained by the fixed effects, and by fixed and random effects. */
  readonly r2Marginal: Explained;
  readonly r2Conditional: Explained;
}

/**
 * ICC exists for gaussian-identity models (residual variance σ²), binomial logit (π²/3) and probit (1): there the link scale has a residual
 * of known variance. R² (Nakagawa, Johnson & Schielzeth 2017, J. R. Soc. Interface 14) also for cloglog (π²/6) and Poisson log, whose residual variance
 * log(1 + 1/λ) is taken at λ = the population mean. Random slopes enter with the mean of z'Σz over the rows (Johnson 2014).
 */
export function varianceExplained(fit: GlmmFit): VarianceExplained {
  checkFit('varianceExplained', fit);
  const { design } = fit;
  const components = covarianceOf(design, fit.params);
  const groups = [...new Set(components.map(({ group }) => group))];
  const noise = residualVariance(fit);
  const sharing = linkVariance(fit);
  const total = typeof sharing === 'number' ? components.reduce((sum, { sd }) => sum + sd.reduce((part, value) => part + value * value, 0), sharing) : NaN;
  const slopes = components.some(({ terms }) => terms.some((term) => term !== '(Intercept)'));

  const icc: Record<string, Explained> = {};
  const designEffect: Record<string, Explained> = {};
  for (const group of groups) {
    const value: Explained = typeof sharing !== 'number' ? sharing
      : slopes ? { unavailable: 'with random slopes the correlation within a level depends on the covariates' }
        : components.filter((one) => one.group === group).reduce((sum, { sd }) => sum + sd[0]! ** 2, 0) / total;
    icc[group] = value;
    const levels = design.random.find((term) => term.group === group)!.levels.length;
    designEffect[group] = typeof value === 'number' ? 1 + (design.nobs / levels - 1) * value : value;
  }

  const fixed = variance(linearPredictors(fit, { ...design, offset: null }, design.random.map(() => false)).eta);
  const varianceOf = randomVariance(fit, design);
  let random = 0;
  for (let i = 0; i < design.nobs; i++) random += varianceOf(i) / design.nobs;
  const share = (part: number): Explained => (typeof noise === 'number' ? part / (fixed + random + noise) : noise);
  return { icc, designEffect, r2Marginal: share(fixed), r2Conditional: share(fixed + random) };
}

/** Residual variance on the scale of the link where it is the same for every row. */
function linkVariance(fit: GlmmFit): Explained {
  const { family, link } = fit.design;
  if (isLinearMixed(fit.design)) return fit.sigma ** 2;
  if (family === 'binomial' && link === 'logit') return Math.PI ** 2 / 3;
  if (family === 'binomial' && link === 'probit') return 1;
  return { unavailable: `${family} models with ${link} link have no residual variance on the scale of the link` };
}

function residualVariance(fit: GlmmFit): Explained {
  const { family, link } = fit.design;
  if (family === 'binomial' && link === 'cloglog') return Math.PI ** 2 / 6;
  if (family !== 'poisson' || link !== 'log' || fit.design.auxiliary.length > 0) return linkVariance(fit);
  const means = predict(fit, { populationAveraged: true }).fit;
  return Math.log1p(means.length / means.reduce((sum, mean) => sum + mean, 0));
}

/** Sample variance. */
function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
