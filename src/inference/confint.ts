/** Confidence intervals of every parameter: Wald, profile likelihood, bootstrap. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { IntervalKind } from '../fit/types.js';
import { type BootstrapOptions, type BootstrapSource, bootstrap } from '../studies/bootstrap.js';
import type { FittedModel } from '../studies/fitted-model.js';
import { checkLevel } from '../fit/confidence-level.js';
import { profileLimits } from './profile-interval.js';
import { chooseParameters, profileParameters, profileValues } from './profile-parameters.js';
import { type ProfileCurve, profile } from './profile.js';

/** Ways to confidence intervals. */
export type ConfintMethod = 'wald' | 'profile' | 'bootstrap';

/** Which intervals, of which parameters. */
export interface ConfintOptions {
  /** Default `profile`, as in lme4. */
  readonly method?: ConfintMethod;
  /** Confidence level, 0.5 … 0.9999, default 0.95. */
  readonly level?: number;
  /** Names of parameters; default all. */
  readonly parameters?: readonly string[];
  /** For `bootstrap`: replicates, seed, where they are fitted; defaults 1000 and 1. */
  readonly bootstrap?: Partial<BootstrapOptions>;
  /** For `bootstrap`: default `percentile`. */
  readonly kind?: IntervalKind;
  readonly signal?: AbortSignal;
}

/** The interval of one parameter. */
export interface ConfintRow {
  /** `period2`, `sd_(Intercept)|herd`, `cor_Days.(Intercept)|Subject`, `sigma`. */
  readonly parameter: string;
  readonly method: ConfintMethod;
  readonly level: number;
  /** Profiles of REML fits are those of the maximum-likelihood fit, with its estimates. */
  readonly estimate: number;
  /** NaN where the method gives no limit: no standard error, or a profile that ends early. */
  readonly conf_low: number;
  readonly conf_high: number;
}

/** What intervals need of a fitted model; `GlmmFit` is one. */
export interface EstimatedModel extends FittedModel {
  /** Covariance of all parameters, k × k, NaN where an estimate has no standard error. */
  readonly covariance: Float64Array;
}

const DEFAULT_REPLICATES = 1000;

const OPTION_NAMES = { method: true, level: true, parameters: true, bootstrap: true, kind: true, signal: true } as const satisfies Record<keyof ConfintOptions, true>;

/**
 * Intervals of the fixed effects, the standard deviations and correlations of the random effects, and what else is estimated.
 *
 * Wald intervals of standard deviations are made on the logarithmic scale and those of correlations on the scale of Fisher's z, by the delta method,
 * so that they stay in range.
 * @throws OptionError for unknown names and impossible levels; the signal's reason when aborted.
 *
 * @example
 * await confint(fit, { method: 'profile', level: 0.9 });
 */
export async function confint(fit: EstimatedModel, options: ConfintOptions = {}): Promise<ConfintRow[]> {
  checkFit('confint', fit);
  checkOptionNames(options, OPTION_NAMES, 'confint');
  const { method = 'profile', level = 0.95, parameters } = options;
  checkLevel(level);
  const names = chooseParameters(fit.frame.design, parameters).map(({ name }) => name);
  const rows = await rowsOf(fit, method, level, options);
  return names.map((name) => rows.find(({ parameter }) => parameter === name)!);
}

async function rowsOf(fit: EstimatedModel, method: ConfintMethod, level: number, options: ConfintOptions): Promise<ConfintRow[]> {
  switch (method) {
    case 'wald': return waldRows(fit, level);
    case 'profile': return profileRows(fit, level, options);
    case 'bootstrap': return bootstrapRows(fit, level, options);
    default: throw new OptionError(`unknown method '${String(method satisfies never)}' of intervals; use wald, profile or bootstrap`);
  }
}

async function profileRows(fit: FittedModel, level: number, { parameters, signal }: ConfintOptions): Promise<ConfintRow[]> {
  const { curves } = await profile(fit, { level, ...(parameters === undefined ? {} : { parameters }), ...(signal === undefined ? {} : { signal }) });
  return profileIntervals(curves, chooseParameters(fit.frame.design, parameters).map(({ name }) => name), level);
}

/**
 * Rows from curves that there are already.
 * @param parameters names in the order of the rows; those without a curve have no limits
 */
export function profileIntervals(curves: readonly ProfileCurve[], parameters: readonly string[], level: number): ConfintRow[] {
  return parameters.map((parameter) => {
    const curve = curves.find((own) => own.parameter === parameter);
    const [conf_low, conf_high] = curve === undefined ? [NaN, NaN] : profileLimits(curve, level);
    return { parameter, method: 'profile', level, estimate: curve?.estimate ?? NaN, conf_low, conf_high };
  });
}

async function bootstrapRows(fit: BootstrapSource, level: number, { bootstrap: own, kind = 'percentile', signal }: ConfintOptions): Promise<ConfintRow[]> {
  const replicates = await bootstrap(fit, { nsim: DEFAULT_REPLICATES, seed: 1, ...own, ...(signal === undefined ? {} : { signal }) });
  return replicates.intervals({ kinds: [kind], level }).map(({ parameter, estimate, conf_low, conf_high }) =>
    ({ parameter, method: 'bootstrap', level, estimate, conf_low, conf_high }));
}

function waldRows({ frame: { design }, params, covariance }: EstimatedModel, level: number): ConfintRow[] {
  const z = normalQuantile(0.5 + level / 2, 0, 1);
  const estimates = profileValues(design, params);
  return profileParameters(design).map(({ name, kind }, j) => {
    const estimate = estimates[j]!;
    const error = Math.sqrt(deltaVariance(params, covariance, (at) => profileValues(design, at)[j]!));
    const { to, from, slope } = SCALES[name === 'sigma' ? 'sd' : kind];
    const half = z * error * slope(estimate);
    return { parameter: name, method: 'wald', level, estimate, conf_low: from(to(estimate) - half), conf_high: from(to(estimate) + half) };
  });
}

/** Scales on which estimates are nearer to normal, and their slopes. */
const SCALES = {
  coefficient: { to: (x: number) => x, from: (x: number) => x, slope: () => 1 },
  sd: { to: Math.log, from: Math.exp, slope: (x: number) => 1 / x },
  correlation: { to: Math.atanh, from: Math.tanh, slope: (x: number) => 1 / (1 - x * x) },
} as const;

/** Relative step of the central differences. */
const STEP = 1e-5;

/** Variance of a smooth function of the estimates. Parameters it does not depend on may lack a standard error. */
function deltaVariance(params: Float64Array, covariance: Float64Array, value: (params: Float64Array) => number): number {
  const k = params.length;
  const gradient = params.map((estimate, j) => {
    const step = STEP * (1 + Math.abs(estimate));
    const at = (shift: number): number => value(params.map((own, i) => (i === j ? own + shift : own)));
    return (at(step) - at(-step)) / (2 * step);
  });
  let variance = 0;
  for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) if (gradient[i] !== 0 && gradient[j] !== 0) variance += gradient[i]! * gradient[j]! * covariance[i * k + j]!;
  return variance;
}
