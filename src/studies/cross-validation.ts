/** Cross-validation: how well a model predicts rows that it was not fitted to. */
import { checkFit, checkOptions } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { atParameters } from '../fit/at-parameters.js';
import type { Design } from '../model/design.js';
import { linearPredictors } from '../model/linear-predictor.js';
import { type StatusName, STATUS_NAMES, isConverged } from '../model/status.js';
import { STREAM, checkSeed, fillUniforms } from '../random/stream.js';
import { type FittedModel, type StudyFitOptions } from './fitted-model.js';
import { countingRows, fitWithout, rowUnits } from './leave-out.js';

/** The folds, and where their models are fitted. */
export interface CrossValidationOptions extends StudyFitOptions {
  /** Number of folds, from 2 to the number of units. */
  readonly folds: number;
  /** What goes into a fold together: levels of a grouping factor, or single `rows`. */
  readonly by: string;
  /** Of the random assignment to folds. */
  readonly seed: number;
}

/** One fold: the rows left out, and how well they were predicted. */
export interface Fold {
  /** Rows left out. */
  readonly rows: number;
  readonly status: StatusName;
  /** Log predictive density of the rows left out given the others; NaN where the fit failed. */
  readonly log_score: number;
  /** Root mean squared difference of response (binomial: proportion) and predicted mean. */
  readonly rmse: number;
  /** Binomial models: mean squared difference of each trial's outcome (0 or 1) and predicted probability; null for other families. */
  readonly brier: number | null;
}

/** Predictions of rows by fits that did not see them, scored. */
export interface CrossValidation {
  readonly by: string;
  readonly folds: readonly Fold[];
  /** Fold of each row, from 0. */
  readonly foldOf: Int32Array;
  /** Sum over the folds that could be fitted, and its standard error from fold to fold. */
  readonly log_score: number;
  readonly log_score_error: number;
  /** Over all rows of those folds. */
  readonly rmse: number;
  readonly brier: number | null;
  /** Predicted means of all rows, each by the fit that did not see it; NaN where that failed. */
  readonly predicted: Float64Array;
}

/**
 * K-fold cross-validation. With the parameters of the fit without a fold, its log score is the log-likelihood of all rows minus that of the
 * others: the density of the fold given the rest, random effects integrated out. Predicted means take the random effects at their conditional
 * modes given the rest, which are zero for levels that the fold holds completely.
 * @throws OptionError for a number of folds or a grouping factor that cannot be.
 */
export async function crossValidate(model: FittedModel, options: CrossValidationOptions): Promise<CrossValidation> {
  checkFit('crossValidate', model);
  checkOptions('crossValidate', options, "{ folds: 10, by: 'rows', seed: 1 }");
  const { folds: count, by, seed, ...fitOptions } = options;
  const { design } = model.frame;
  const units = rowUnits(design, by);
  if (!Number.isSafeInteger(count) || count < 2 || count > units.labels.length) {
    throw new OptionError(`folds must be an integer from 2 to ${units.labels.length}, the number of ${by === 'rows' ? 'rows' : `levels of '${by}'`}, not ${count}`);
  }
  checkSeed(seed);
  const foldOfUnit = randomFolds(units.labels.length, count, seed);
  const foldOf = units.unitOf.map((unit) => foldOfUnit[unit]!);
  const fit = await fitWithout(model, foldOf, count, fitOptions);
  const predicted = new Float64Array(design.nobs).fill(NaN);
  const folds: Fold[] = [];
  for (let k = 0; k < count; k++) {
    const params = Float64Array.from(fit.params, (column) => column[k]!);
    const rows = [...foldOf.keys()].filter((i) => foldOf[i] === k);
    const status = STATUS_NAMES[fit.status[k]!]!;
    if (!isConverged(fit.status[k]!)) {
      folds.push({ rows: rows.length, status, log_score: NaN, rmse: NaN, brier: isBinomial(design) ? NaN : null });
      continue;
    }
    const all = await atParameters(design, model.settings, { response: model.response }, params);
    const rest = Float64Array.from(foldOf, (fold) => (fold === k ? 0 : 1));
    const seen = await atParameters(design, model.settings, { response: model.response, ...countingRows(design, rest) }, params);
    const means = meansAt(design, params, seen.modes);
    for (const i of rows) predicted[i] = means(i);
    folds.push({ rows: rows.length, status, log_score: all.logLik - seen.logLik, ...errorsOf(model, predicted, rows) });
  }
  const scored = folds.filter(({ log_score }) => !Number.isNaN(log_score));
  const total = scored.reduce((sum, { log_score }) => sum + log_score, 0);
  const mean = total / scored.length;
  const spread = scored.reduce((sum, { log_score }) => sum + (log_score - mean) ** 2, 0) / (scored.length - 1);
  return {
    by, folds, foldOf, predicted, log_score: total, log_score_error: Math.sqrt(scored.length * spread),
    ...errorsOf(model, predicted, [...predicted.keys()].filter((i) => !Number.isNaN(predicted[i]!))),
  };
}

/** Units dealt to folds of nearly equal size in an order that depends on the seed alone. */
function randomFolds(units: number, folds: number, seed: number): Int32Array {
  const keys = new Float64Array(units);
  fillUniforms(keys, units, seed, 0, STREAM.observations);
  const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
  const out = new Int32Array(units);
  order.forEach((unit, place) => { out[unit] = place % folds; });
  return out;
}

/** Mean of the response of each row at the parameters and modes. */
function meansAt(design: Design, params: Float64Array, modes: Float64Array): (row: number) => number {
  const family = familyOf(design);
  const { eta, auxiliaryOf } = linearPredictors({ design, params, modes });
  return (row) => family.responseMean(eta[row]!, auxiliaryOf(row));
}

/** Families of so many successes out of so many trials, whose means are probabilities. */
function isBinomial({ family }: Design): boolean {
  return family === 'binomial' || family === 'betabinomial';
}

/** Errors of the predicted means of some rows; for binomial models means are probabilities. */
function errorsOf({ frame: { design }, response }: FittedModel, predicted: Float64Array, rows: readonly number[]): Pick<Fold, 'rmse' | 'brier'> {
  const trialsOf = (i: number): number => design.trials?.[i] ?? 1;
  const binomial = isBinomial(design);
  const squares = rows.reduce((sum, i) => sum + (response[i]! / (binomial ? trialsOf(i) : 1) - predicted[i]!) ** 2, 0);
  if (!binomial) return { rmse: Math.sqrt(squares / rows.length), brier: null };
  let brier = 0;
  let trials = 0;
  for (const i of rows) {
    brier += response[i]! * (1 - predicted[i]!) ** 2 + (trialsOf(i) - response[i]!) * predicted[i]! ** 2;
    trials += trialsOf(i);
  }
  return { rmse: Math.sqrt(squares / rows.length), brier: brier / trials };
}
