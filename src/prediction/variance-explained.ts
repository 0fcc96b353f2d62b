/** Intra-class correlation, design effect and R² of a fitted model, each with a reason where it does not exist. */
import { checkFit } from '../check-arguments.js';
import { familyOf } from '../families/registry.js';
import type { GlmmFit } from '../fit/glmm.js';
import { covarianceOf } from '../model/covariance.js';
import { type FamilyName, type RandomTerm, isLinearMixed } from '../model/design.js';
import { linearPredictors } from '../model/linear-predictor.js';
import { predict, randomVariance } from './predict.js';

/** A number, or in words why there is none. */
export type Explained = number | { readonly unavailable: string };

/** Shares of variance of a fitted model, on the scale of the link. */
export interface VarianceExplained {
  /** Share of a grouping factor's variance in that of random effects and residual, by factor. */
  readonly icc: Readonly<Record<string, Explained>>;
  /** 1 + (m − 1) ICC with m the mean number of rows per level, by factor. */
  readonly designEffect: Readonly<Record<string, Explained>>;
  /** Share of all random effects in their variance and the residual one; with random slopes the mean over the rows. */
  readonly iccAdjusted: Explained;
  /** The same share in the whole variance, the fixed effects' included: r2Conditional − r2Marginal. */
  readonly iccUnadjusted: Explained;
  /** Nakagawa's R²: variance explained by the fixed effects, and by fixed and random effects. */
  readonly r2Marginal: Explained;
  readonly r2Conditional: Explained;
}

/**
 * ICC of a factor exists for gaussian-identity models (residual variance σ²), binomial logit (π²/3) and probit (1): there the link scale has a residual
 * of known variance. R² (Nakagawa, Johnson & Schielzeth 2017, J. R. Soc. Interface 14) and the ICC of all random effects also for cloglog (π²/6), square roots of Poisson
 * counts (¼), and with log link for Poisson, negative binomial and Gamma models, whose residual variance log(1 + V(λ)/λ²) is taken at λ = the population mean.
 * Random slopes enter with the mean of z'Σz over the rows (Johnson 2014); effects of a factor with one level per row are residual variance.
 */
export function varianceExplained(fit: GlmmFit): VarianceExplained {
  checkFit('varianceExplained', fit);
  const { design } = fit;
  const components = covarianceOf(design, fit.params);
  const noise = residualVariance(fit);
  const sharing = linkVariance(fit);
  const total = typeof sharing === 'number' ? components.reduce((sum, { sd }) => sum + sd.reduce((part, value) => part + value * value, 0), sharing) : NaN;
  const slopes = components.some(({ terms }) => terms.some((term) => term !== '(Intercept)'));

  const icc: Record<string, Explained> = {};
  const designEffect: Record<string, Explained> = {};
  for (const { group, levels } of design.random) {
    const value: Explained = typeof sharing !== 'number' ? sharing
      : levels.length === design.nobs ? { unavailable: 'with one level per row there is no correlation within a level' }
        : slopes ? { unavailable: 'with random slopes the correlation within a level depends on the covariates' }
          : components.filter((one) => one.group === group).reduce((sum, { sd }) => sum + sd[0]! ** 2, 0) / total;
    icc[group] = value;
    designEffect[group] = typeof value === 'number' ? 1 + (design.nobs / levels.length - 1) * value : value;
  }

  const fixed = variance(linearPredictors(fit, { ...design, offset: null }, design.random.map(() => false)).eta);
  const isResidual = ({ levels }: RandomTerm): boolean => levels.length === design.nobs;
  const random = meanVariance(fit, (term) => !isResidual(term));
  const perRow = meanVariance(fit, isResidual);
  const share = (part: number, rest: number): Explained => (typeof noise === 'number' ? part / (part + rest + perRow + noise) : noise);
  return {
    icc, designEffect,
    iccAdjusted: share(random, 0), iccUnadjusted: share(random, fixed), r2Marginal: share(fixed, random), r2Conditional: share(fixed + random, 0),
  };
}

/** Variance of new random effects of some terms, averaged over the rows. */
function meanVariance(fit: GlmmFit, counts: (term: RandomTerm) => boolean): number {
  const { nobs } = fit.design;
  const varianceOf = randomVariance(fit, fit.design, counts);
  let sum = 0;
  for (let i = 0; i < nobs; i++) sum += varianceOf(i);
  return sum / nobs;
}

/** Residual variance on the scale of the link where it is the same for every row. */
function linkVariance(fit: GlmmFit): Explained {
  const { family, link, auxiliary } = fit.design;
  if (isLinearMixed(fit.design)) return fit.sigma ** 2;
  if (family === 'binomial' && link === 'logit') return Math.PI ** 2 / 3;
  if (family === 'binomial' && link === 'probit') return 1;
  const model = auxiliary.some(({ role }) => role === 'zi') ? 'models with excess zeros' : `${family} models with ${link} link`;
  return { unavailable: `${model} have no residual variance on the scale of the link` };
}

const LOG_NORMAL: readonly FamilyName[] = ['poisson', 'nbinom1', 'nbinom2', 'Gamma'];

/** The residual variance that R² has: also where that of the link's scale is an approximation. */
function residualVariance(fit: GlmmFit): Explained {
  const { family, link, auxiliary } = fit.design;
  if (auxiliary.some(({ role }) => role === 'zi')) return linkVariance(fit);
  if (family === 'binomial' && link === 'cloglog') return Math.PI ** 2 / 6;
  if (family === 'poisson' && link === 'sqrt') return 0.25;
  if (link !== 'log' || !LOG_NORMAL.includes(family)) return linkVariance(fit);
  if (family !== 'poisson' && fit.dispersion === null) return { unavailable: 'where the dispersion is modelled the residual variance differs between rows' };
  const means = predict(fit, { populationAveraged: true }).fit;
  const lambda = means.reduce((sum, mean) => sum + mean, 0) / means.length;
  const dispersion = linearPredictors(fit, fit.design, fit.design.random.map(() => false)).auxiliaryOf(0);
  return Math.log1p(familyOf(fit.design).responseVariance(Math.log(lambda), dispersion, 1) / lambda ** 2);
}

/** Sample variance. */
function variance(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
