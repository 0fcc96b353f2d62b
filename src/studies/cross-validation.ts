/** Cross-validation: how well a model predicts rows that it was not fitted to. */
import { checkFit, checkOptions } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { type CumulativeLink, categoryProbability } from '../families/cumulative.js';
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
  /** Root mean squared difference of response (binomial: proportion) and predicted mean; null for ordered responses, which have no mean. */
  readonly rmse: number | null;
  /**
   * Mean squared difference of each trial's outcome (0 or 1) and predicted probability; for ordered responses summed over the categories (Brier 1950);
   * null for families without probabilities.
   */
  readonly brier: number | null;
}

/** Predictions of rows by fits that did not see them, scored. */
export interface CrossValidation {
  readonly by: string;
  readonly folds: readonly Fold[];
  /** Fold of each row, from 0. */
  readonly foldOf: Int32Array;
  /** Rows of the folds that could be fitted; scores of models compare only where it is the same. */
  readonly scored: number;
  /** Sum over those folds, NaN without any, and its standard error from fold to fold. */
  readonly log_score: number;
  readonly log_score_error: number;
  /** Over the scored rows. */
  readonly rmse: number | null;
  readonly brier: number | null;
  /** Predicted means of all rows (ordered responses: probabilities of their categories), each by the fit that did not see it; NaN where that failed. */
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
  const scores = new Array<RowScore>(design.nobs).fill(FAILED);
  const folds: Fold[] = [];
  for (let k = 0; k < count; k++) {
    fitOptions.signal?.throwIfAborted();
    const params = Float64Array.from(fit.params, (column) => column[k]!);
    const rows = [...foldOf.keys()].filter((i) => foldOf[i] === k);
    const status = STATUS_NAMES[fit.status[k]!]!;
    if (!isConverged(fit.status[k]!)) {
      folds.push({ rows: rows.length, status, log_score: NaN, ...errorsOf(design, [FAILED]) });
      continue;
    }
    const all = await atParameters(design, model.settings, { response: model.response }, params);
    const rest = Float64Array.from(foldOf, (fold) => (fold === k ? 0 : 1));
    const seen = await atParameters(design, model.settings, { response: model.response, ...countingRows(design, rest) }, params);
    const scoreOf = rowScores(model, params, seen.modes);
    for (const i of rows) scores[i] = scoreOf(i);
    folds.push({ rows: rows.length, status, log_score: all.logLik - seen.logLik, ...errorsOf(design, rows.map((i) => scores[i]!)) });
  }
  const fitted = folds.filter(({ log_score }) => !Number.isNaN(log_score));
  // Without any, 0 would be better than every model.
  const total = fitted.length === 0 ? NaN : fitted.reduce((sum, { log_score }) => sum + log_score, 0);
  const mean = total / fitted.length;
  const spread = fitted.reduce((sum, { log_score }) => sum + (log_score - mean) ** 2, 0) / (fitted.length - 1);
  return {
    by, folds, foldOf, predicted: Float64Array.from(scores, (score) => score.predicted),
    scored: fitted.reduce((sum, { rows }) => sum + rows, 0), log_score: total, log_score_error: Math.sqrt(fitted.length * spread),
    ...errorsOf(design, scores.filter((score) => score !== FAILED)),
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

/** What a fit says of a row that it did not see. */
interface RowScore {
  readonly predicted: number;
  readonly squaredError: number;
  /** Summed over the trials. */
  readonly brier: number;
  readonly trials: number;
}

const FAILED: RowScore = { predicted: NaN, squaredError: NaN, brier: NaN, trials: 1 };

/** The scores of rows at the parameters and modes. */
function rowScores({ frame: { design }, response }: FittedModel, params: Float64Array, modes: Float64Array): (row: number) => RowScore {
  const { eta, auxiliaryOf } = linearPredictors({ design, params, modes });
  if (isOrdered(design)) {
    return (row) => {
      const thresholds = auxiliaryOf(row);
      const p = Array.from({ length: thresholds.length + 1 }, (_, k) => categoryProbability(design.link as CumulativeLink, eta[row]!, thresholds, k + 1));
      return { predicted: p[response[row]! - 1]!, squaredError: NaN, brier: p.reduce((sum, value, k) => sum + (value - (k + 1 === response[row] ? 1 : 0)) ** 2, 0), trials: 1 };
    };
  }
  const family = familyOf(design);
  const binomial = isBinomial(design);
  return (row) => {
    const y = response[row]!;
    const trials = binomial ? design.trials?.[row] ?? 1 : 1;
    const mean = family.responseMean(eta[row]!, auxiliaryOf(row));
    return { predicted: mean, squaredError: (y / trials - mean) ** 2, brier: y * (1 - mean) ** 2 + (trials - y) * mean ** 2, trials };
  };
}

/** Families of so many successes out of so many trials, whose means are probabilities. */
function isBinomial({ family }: Design): boolean {
  return family === 'binomial' || family === 'betabinomial';
}

/** Families of categories. */
function isOrdered({ family }: Design): boolean {
  return family === 'cumulative';
}

/** Errors of the predictions of some rows. */
function errorsOf(design: Design, scores: readonly RowScore[]): Pick<Fold, 'rmse' | 'brier'> {
  const sum = (of: (score: RowScore) => number): number => scores.reduce((total, score) => total + of(score), 0);
  return {
    rmse: isOrdered(design) ? null : Math.sqrt(sum(({ squaredError }) => squaredError) / scores.length),
    brier: isBinomial(design) || isOrdered(design) ? sum(({ brier }) => brier) / sum(({ trials }) => trials) : null,
  };
}
