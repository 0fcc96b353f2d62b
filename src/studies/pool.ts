/** Fits to multiply imputed data as one result (Rubin 1987, Multiple Imputation for Nonresponse in Surveys, ch. 3). */
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { checkArgument } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { type GlmmFit, glmm } from '../fit/glmm.js';
import type { GlmmOptions } from '../fit/options.js';
import { twoSided } from '../numerics/tails.js';
import { reportedParameters } from './reported-parameters.js';
import type { TableInput } from '../table/from-values.js';

/** A fixed effect pooled over imputations. */
export interface PooledRow {
  readonly term: string;
  readonly estimate: number;
  /** √ of the total variance: mean of the squared standard errors plus (1 + 1/m) times the variance between imputations. */
  readonly std_error: number;
  readonly statistic: number;
  /** Degrees of freedom of Barnard & Rubin (1999). */
  readonly df: number;
  readonly p_value: number;
  readonly conf_low: number;
  readonly conf_high: number;
  /** Variance between imputations relative to that within them. */
  readonly riv: number;
  /** Share of the total variance that is due to what is missing. */
  readonly lambda: number;
  /** Fraction of missing information. */
  readonly fmi: number;
}

/** Fits to imputed data as one result. */
export interface Pooled {
  /** Imputations. */
  readonly m: number;
  readonly level: number;
  readonly fixed: readonly PooledRow[];
  /** Means over the imputations of standard deviations, correlations and what follows them, by name. */
  readonly random: Readonly<Record<string, number>>;
  readonly fits: readonly GlmmFit[];
}

/**
 * Fits the formula to every imputed table and pools the fits.
 * @param tables the imputed data, at least two
 */
export async function glmmImputed(formula: string, tables: readonly TableInput[], options: GlmmOptions, level = 0.95): Promise<Pooled> {
  checkArgument('glmmImputed', tables, ['length'], 'a list of tables, one per imputation', 'for example [first, second]');
  const fits: GlmmFit[] = [];
  for (const table of tables) fits.push(await glmm(formula, table, options));
  return pool(fits, level);
}

/**
 * Pools fits of one model to imputed data.
 * @param level confidence level, 0.5 … 0.9999
 * @throws OptionError for fewer than two fits, DataError where they differ in their fixed effects or one has no standard errors.
 */
export function pool(fits: readonly GlmmFit[], level = 0.95): Pooled {
  checkArgument('pool', fits, ['length'], 'a list of fitted models, one per imputation', 'for example [first, second]');
  const m = fits.length;
  const first = fits[0];
  if (first === undefined || m < 2) throw new OptionError('pooling needs the fits of at least two imputations');
  if (!(level >= 0.5 && level <= 0.9999)) throw new OptionError(`level must be from 0.5 to 0.9999, not ${level}`);
  const { fixedNames } = first.design;
  fits.forEach((fit, i) => {
    if (fit.design.fixedNames.join('\n') !== fixedNames.join('\n')) throw new DataError(`imputation ${i + 1} has other fixed effects than the first: ${fit.design.fixedNames.join(', ')}`);
    if (!fit.converged) throw new DataError(`the model does not converge on imputation ${i + 1} (${fit.status})`);
    const j = fit.vcov.findIndex((row, at) => !(row[at]! > 0));
    if (j !== -1) throw new DataError(`the fit to imputation ${i + 1} has no standard error of ${fixedNames[j]!}; simplify the model`);
  });
  const complete = first.nobs - fixedNames.length;
  const fixed = fixedNames.map((term, j) => pooledRow(term, fits.map((fit) => fit.params[j]!), fits.map((fit) => fit.vcov[j]![j]!), complete, level));
  const reported = reportedParameters(first.design);
  const all = fits.map((fit) => reported.of(fit.params));
  const random = Object.fromEntries(reported.names.slice(fixedNames.length).map((name, j) => [name, all.reduce((sum, values) => sum + values[fixedNames.length + j]! / m, 0)]));
  return { m, level, fixed, random, fits };
}

/** @param complete residual degrees of freedom of the complete data */
function pooledRow(term: string, estimates: readonly number[], variances: readonly number[], complete: number, level: number): PooledRow {
  const m = estimates.length;
  const estimate = estimates.reduce((sum, value) => sum + value, 0) / m;
  const within = variances.reduce((sum, value) => sum + value, 0) / m;
  const between = estimates.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (m - 1);
  const total = within + (1 + 1 / m) * between;
  const lambda = ((1 + 1 / m) * between) / total;
  const observed = ((complete + 1) / (complete + 3)) * complete * (1 - lambda);
  // Imputations that agree leave the degrees of freedom of the data alone.
  const df = lambda === 0 ? observed : 1 / (lambda ** 2 / (m - 1) + 1 / observed);
  const riv = ((1 + 1 / m) * between) / within;
  const std_error = Math.sqrt(total);
  const statistic = estimate / std_error;
  const half = tQuantile(0.5 + level / 2, df) * std_error;
  return {
    term, estimate, std_error, statistic, df, p_value: twoSided(statistic, df), conf_low: estimate - half, conf_high: estimate + half,
    riv, lambda, fmi: (riv + 2 / (df + 3)) / (riv + 1),
  };
}
