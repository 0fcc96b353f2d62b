/** How much each level of a grouping factor, or each row, matters to the estimates: the model is fitted without it. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type StatusName, STATUS_NAMES, isConverged } from '../model/status.js';
import { inverse } from '../numerics/cholesky.js';
import type { FittedModel } from './fitted-model.js';
import { rowUnits } from './leave-out.js';
import { type LeaveOutSpec, leaveOutFits, leaveOutStudy, plainModel } from './leave-out-study.js';
import { reportedParameters } from './reported-parameters.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';
import type { StudyResults } from './study.js';

/** What is left out in turn, and where the models are fitted. */
export interface InfluenceOptions extends StudyRunOptions {
  /** Name of a grouping factor, or `rows`. */
  readonly by: string;
}

const OPTION_NAMES = { by: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof InfluenceOptions, true>;

/** Everything the fits without each unit depend on, and what they are compared with. */
export interface InfluenceSpec extends LeaveOutSpec {
  readonly kind: 'influence';
  readonly by: string;
  /** p × p covariance of the fixed effects. */
  readonly covariance: Float64Array;
}

/** The model without one unit. */
export interface InfluenceRow {
  /** Level, or number of the row in the model frame from 1. */
  readonly unit: string;
  readonly status: StatusName;
  /**
   * d'V⁻¹d / p with d the change of the fixed effects and V their covariance: Cook's distance. (lme4's `cooks.distance` multiplies it by
   * (units − p) / units.)
   */
  readonly cooks_distance: number;
  /** Log-likelihood of the fit without the unit. */
  readonly logLik: number;
  /** Estimates without the unit minus estimates, fixed effects and variance components, in the order of `parameters`. */
  readonly dfbeta: readonly number[];
  /** Changes of the fixed effects in standard errors of the fit without the unit. */
  readonly dfbetas: readonly number[];
}

/** Fits without each unit. */
export interface Influence {
  readonly by: string;
  /** Names of what `dfbeta` holds; `dfbetas` stops after the fixed effects. */
  readonly parameters: readonly string[];
  readonly rows: readonly InfluenceRow[];
  readonly fit: BatchFit;
}

/** What influence needs of a model: its covariance of the fixed effects as well. */
export interface InfluenceSource extends FittedModel {
  /** Covariance matrix of the fixed effects. */
  readonly vcov: readonly (readonly number[])[];
}

/**
 * Fits the model once without each unit, all of them in one batch from the estimates. A unit without which there is no estimate has NaN and
 * its status.
 * @throws OptionError for a name that is no grouping factor.
 *
 * @example
 * const { rows } = await influence(fit, { by: 'herd' });
 * rows.toSorted((a, b) => b.cooks_distance - a.cooks_distance)[0];
 */
export async function influence(model: InfluenceSource, options: InfluenceOptions): Promise<Influence> {
  checkFit('influence', model);
  checkOptionNames(options, OPTION_NAMES, 'influence');
  const { spec, labels } = influenceSpec(model, options.by);
  return influenceFromResults(spec, labels, await runInMemory(leaveOutStudy(spec), options));
}

/** The spec of the fits, and the names of the units, which stay out of it: they may be those of people. @throws OptionError for a name that is no grouping factor. */
export function influenceSpec(model: InfluenceSource, by: string): { readonly spec: InfluenceSpec; readonly labels: readonly string[] } {
  const { labels, unitOf } = rowUnits(model.frame.design, by);
  return {
    spec: {
      kind: 'influence', by, model: plainModel(model), division: { partOf: unitOf, parts: labels.length }, covariance: Float64Array.from(model.vcov.flat()),
      standardErrors: model.settings.integration.nAGQ === 0 ? 'wls' : 'hessian',
    },
    labels,
  };
}

/** What `influence` returns, from the results of its study. */
export async function influenceFromResults(spec: InfluenceSpec, labels: readonly string[], results: StudyResults): Promise<Influence> {
  const { by, covariance, model: { params, frame: { design } } } = spec;
  const p = design.fixedNames.length;
  const reported = reportedParameters(design);
  const estimates = reported.of(params);
  const precision = inverse(covariance, p);
  const fit = await leaveOutFits(spec, results);
  const columns = reported.columns(fit);
  const rows = labels.map((unit, b): InfluenceRow => {
    const found = isConverged(fit.status[b]!);
    const dfbeta = columns.map((column, j) => (found ? column[b]! - estimates[j]! : NaN));
    let distance = precision === null ? NaN : 0;
    if (precision !== null) for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) distance += (dfbeta[i]! * precision[i * p + j]! * dfbeta[j]!) / p;
    return {
      unit, status: STATUS_NAMES[fit.status[b]!]!, cooks_distance: distance, logLik: fit.logLik[b]!, dfbeta,
      dfbetas: dfbeta.slice(0, p).map((change, j) => change / fit.standardErrors![j]![b]!),
    };
  });
  return { by, parameters: reported.names, rows, fit };
}
