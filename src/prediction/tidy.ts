/** A fitted model as flat tables, with the column meanings of R's broom.mixed. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { checkChoices } from '../fit/check-options.js';
import type { GlmmFit } from '../fit/glmm.js';
import { linearPredictors } from '../model/linear-predictor.js';
import { leverages } from './leverage.js';
import { predict } from './predict.js';
import { ranefTable } from './ranef-table.js';
import { residuals } from './residuals.js';

/** Columns of equal length. */
export type ColumnTable = Readonly<Record<string, readonly (number | string | null)[] | Float64Array>>;

/** One coefficient, variance component or conditional mode. */
export interface TidyRow {
  /** `fixed`, `zi`, `disp`, `threshold`, `ran_pars` (standard deviations and correlations) or `ran_vals` (conditional modes). */
  readonly effect: 'fixed' | 'zi' | 'disp' | 'threshold' | 'ran_pars' | 'ran_vals';
  readonly group: string | null;
  readonly level: string | null;
  /** Name of the coefficient; `sd__x`, `cor__x.y` and `sd__Observation` for variance components. */
  readonly term: string;
  readonly estimate: number;
  readonly std_error: number | null;
  readonly statistic: number | null;
  readonly p_value: number | null;
  readonly conf_low: number | null;
  readonly conf_high: number | null;
}

/** Which rows `tidy` lists, and how. */
export interface TidyOptions {
  /** Which rows; default fixed, zi, disp, threshold, ran_pars. */
  readonly effects?: readonly TidyRow['effect'][];
  /** Level of the intervals, default 0.95. */
  readonly level?: number;
  /** Fixed effects and their intervals exponentiated: odds ratios, rate ratios. */
  readonly exponentiate?: boolean;
}

const DEFAULT_EFFECTS: readonly TidyRow['effect'][] = ['fixed', 'zi', 'disp', 'threshold', 'ran_pars'];

const TIDY_OPTIONS = { effects: true, level: true, exponentiate: true } as const satisfies Record<keyof TidyOptions, true>;

/** Coefficients, variance components and, where asked for, conditional modes, one row each. */
export function tidy(fit: GlmmFit, options: TidyOptions = {}): TidyRow[] {
  checkFit('tidy', fit);
  checkOptionNames(options, TIDY_OPTIONS, 'tidy');
  const { effects = DEFAULT_EFFECTS, level = 0.95, exponentiate = false } = options;
  checkChoices('effects', effects, [...DEFAULT_EFFECTS, 'ran_vals'] satisfies TidyRow['effect'][]);
  const rows: TidyRow[] = [];
  const nothing = { std_error: null, statistic: null, p_value: null, conf_low: null, conf_high: null };
  if (effects.includes('fixed')) {
    for (const row of fit.coefficients(level)) {
      rows.push({
        effect: 'fixed', group: null, level: null, ...row,
        ...(exponentiate ? { estimate: Math.exp(row.estimate), std_error: Math.exp(row.estimate) * row.std_error, conf_low: Math.exp(row.conf_low), conf_high: Math.exp(row.conf_high) } : {}),
      });
    }
  }
  for (const [effect, table] of [['zi', fit.zi], ['disp', fit.disp], ['threshold', fit.thresholds]] as const) {
    if (effects.includes(effect) && table !== null) for (const row of table) rows.push({ effect, group: null, level: null, ...row });
  }
  if (effects.includes('ran_pars')) {
    for (const { group, terms, sd, correlation } of fit.VarCorr) {
      terms.forEach((term, i) => {
        rows.push({ effect: 'ran_pars', group, level: null, term: `sd__${term}`, estimate: sd[i]!, ...nothing });
      });
      terms.forEach((term, i) => {
        for (let j = 0; j < i; j++) rows.push({ effect: 'ran_pars', group, level: null, term: `cor__${terms[j]!}.${term}`, estimate: correlation[i]![j]!, ...nothing });
      });
    }
    const { dispersion } = fit.toJSON();
    if (fit.design.family === 'gaussian' && dispersion !== null) rows.push({ effect: 'ran_pars', group: 'Residual', level: null, term: 'sd__Observation', estimate: Math.sqrt(dispersion), ...nothing });
  }
  if (effects.includes('ran_vals')) {
    for (const { group, level: name, term, estimate, std_error, conf_low, conf_high } of ranefTable(fit, level)) {
      rows.push({ effect: 'ran_vals', group, level: name, term, estimate, std_error, statistic: null, p_value: null, conf_low, conf_high });
    }
  }
  return rows;
}

/** One line about a fit. */
export interface Glance {
  readonly nobs: number;
  readonly sigma: number;
  readonly logLik: number;
  readonly AIC: number;
  readonly BIC: number;
  readonly deviance: number;
  readonly df: number;
  /** n minus the number of parameters. */
  readonly df_residual: number;
}

/** One row about the whole fit. */
export function glance(fit: GlmmFit): Glance {
  checkFit('glance', fit);
  const { nobs, sigma, logLik, AIC, BIC, deviance, df } = fit;
  return { nobs, sigma, logLik, AIC, BIC, deviance, df, df_residual: nobs - df };
}

/**
 * The rows of the fit with what the model says of each: `.row` (1-based row of the data), the response, `.fitted` and `.fixed` (η with and without random
 * effects), `.mu` and `.mu_fixed` (the same as means), `.resid` (deviance), `.pearson`, `.hat` (leverage), and the conditional mode of every random effect of the row.
 */
export function augment(fit: GlmmFit): ColumnTable {
  checkFit('augment', fit);
  const { design, frame } = fit;
  const columns: Record<string, Float64Array | number[] | string[]> = {
    '.row': Array.from(frame.rows, (row) => row + 1),
    [frame.responseName]: fit.response,
    '.fitted': predict(fit, { type: 'link' }).fit,
    '.fixed': linearPredictors(fit, design, design.random.map(() => false)).eta,
  };
  if (design.family !== 'cumulative') {
    columns['.mu'] = predict(fit).fit;
    columns['.mu_fixed'] = predict(fit, { reForm: 'none' }).fit;
    columns['.resid'] = residuals(fit, { type: 'deviance' });
    columns['.pearson'] = residuals(fit, { type: 'pearson' });
  }
  columns['.hat'] = leverages(fit);
  for (const term of design.random) {
    const modes = fit.ranef[term.group]!;
    columns[term.group] = Array.from(term.index, (level) => term.levels[level]!);
    for (const name of term.names) columns[`.ranef_${term.group}_${name}`] = Float64Array.from(term.index, (level) => Number(modes[level]![name]));
  }
  return columns;
}

/** What residual plots are made of, one row per row of the fit: fitted means, deviance and Pearson residuals, and the random effects of the row's levels. */
export function diagnosticData(fit: GlmmFit): ColumnTable {
  checkFit('diagnosticData', fit);
  const columns: Record<string, Float64Array> = {
    fitted_values: predict(fit).fit,
    deviance_residuals: residuals(fit, { type: 'deviance' }),
    pearson_residuals: residuals(fit, { type: 'pearson' }),
  };
  const { random } = fit.design;
  random.forEach((term) => {
    const modes = fit.ranef[term.group]!;
    term.names.forEach((name) => {
      const label = random.length === 1 && term.names.length === 1 ? 'group_random_effect' : `random_effect_${term.group}_${name}`;
      columns[label] = Float64Array.from(term.index, (level) => Number(modes[level]![name]));
    });
  });
  return columns;
}
