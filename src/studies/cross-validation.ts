/** Cross-validation: how well a model predicts rows that it was not fitted to. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { atParameters } from '../fit/at-parameters.js';
import type { Design } from '../model/design.js';
import { type StatusName, STATUS_NAMES, isConverged } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import { STREAM, checkSeed, fillUniforms } from '../random/stream.js';
import type { FittedModel } from './fitted-model.js';
import { countingRows, rowUnits, rowsKept } from './leave-out.js';
import { type LeaveOutSpec, leaveOutFits, leaveOutStudy, plainModel } from './leave-out-study.js';
import { FAILED, type PredictionErrors, type RowScore, errorsOf, rowScores } from './row-scores.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';
import type { StudyResults } from './study.js';

/** The folds, and where their models are fitted. */
export interface CrossValidationOptions extends StudyRunOptions {
  /** Number of folds, from 2 to the number of units. */
  readonly folds: number;
  /** What goes into a fold together: levels of a grouping factor, or single `rows`. */
  readonly by: string;
  /** Of the random assignment to folds. */
  readonly seed: number;
  /** Assignments to folds, one after the other; default 1. */
  readonly repeats?: number;
}

const OPTION_NAMES = { folds: true, by: true, seed: true, repeats: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof CrossValidationOptions, true>;

/** Everything the fits without each fold depend on, one repeat after the other. */
export interface CrossValidationSpec extends LeaveOutSpec {
  readonly kind: 'crossvalidate';
  readonly by: string;
}

/** One fold: the rows left out, and how well they were predicted. */
export interface Fold extends PredictionErrors {
  /** Number of the assignment to folds, from 1. */
  readonly repeat: number;
  /** Rows left out. */
  readonly rows: number;
  readonly status: StatusName;
  /** Log predictive density of the rows left out given the others; NaN where the fit failed. */
  readonly log_score: number;
}

/** How well the rows were predicted whose folds could be fitted. */
export interface Scores extends PredictionErrors {
  /** Rows of the folds that could be fitted; scores of models compare only where it is the same. */
  readonly scored: number;
  /** Sum over those folds, NaN without any, and its standard error from fold to fold. */
  readonly log_score: number;
  readonly log_score_error: number;
}

/**
 * Predictions of rows by fits that did not see them, scored. With several repeats the scores are means over them, the squared errors over all: repeats take away
 * the chance of the division into folds, but the rows are the same, so that the standard error is the one of a single repeat.
 */
export interface CrossValidation extends Scores {
  readonly by: string;
  /** Those of all repeats, one repeat after the other. */
  readonly folds: readonly Fold[];
  /** Fold of each row, from 0: n numbers for each repeat. */
  readonly foldOf: Int32Array;
  readonly repeats: readonly Scores[];
  /** Predicted means of all rows (ordered responses: probabilities of their categories), each by the fit that did not see it, n for each repeat; NaN where that failed. */
  readonly predicted: Float64Array;
  readonly backend: BackendReport;
}

/**
 * K-fold cross-validation. With the parameters of the fit without a fold, its log score is the log-likelihood of all rows minus that of the
 * others: the density of the fold given the rest, random effects integrated out. Predicted means take the random effects at their conditional
 * modes given the rest, which are zero for levels that the fold holds completely.
 * @throws OptionError for a number of folds or a grouping factor that cannot be.
 */
export async function crossValidate(model: FittedModel, options: CrossValidationOptions): Promise<CrossValidation> {
  checkFit('crossValidate', model);
  checkOptionNames(options, OPTION_NAMES, 'crossValidate');
  const spec = crossValidationSpec(model, options);
  return crossValidationFromResults(spec, await runInMemory(leaveOutStudy(spec), options), options.signal);
}

/** The spec of the fits. @throws OptionError for a number of folds or a grouping factor that cannot be. */
export function crossValidationSpec(model: FittedModel, { folds, by, seed, repeats = 1 }: Pick<CrossValidationOptions, 'folds' | 'by' | 'seed' | 'repeats'>): CrossValidationSpec {
  const { labels: { length: units }, unitOf } = rowUnits(model.frame.design, by);
  if (!Number.isSafeInteger(folds) || folds < 2 || folds > units) {
    throw new OptionError(`folds must be an integer from 2 to ${units}, the number of ${by === 'rows' ? 'rows' : `levels of '${by}'`}, not ${folds}`);
  }
  if (!Number.isSafeInteger(repeats) || repeats < 1) throw new OptionError(`repeats must be a positive integer, not ${repeats}`);
  checkSeed(seed);
  const n = unitOf.length;
  const partOf = new Int32Array(repeats * n);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const foldOfUnit = randomFolds(units, folds, seed, repeat);
    partOf.set(unitOf.map((unit) => foldOfUnit[unit]!), repeat * n);
  }
  return { kind: 'crossvalidate', by, model: plainModel(model), division: { partOf, parts: folds }, standardErrors: 'none' };
}

/** What `crossValidate` returns, from the results of its study: the rows that were left out are predicted here. @param signal aborts between two folds */
export async function crossValidationFromResults(spec: CrossValidationSpec, results: StudyResults, signal?: AbortSignal): Promise<CrossValidation> {
  const { by, model, division } = spec;
  const { frame: { design }, settings, response } = model;
  const n = design.nobs;
  const fit = await leaveOutFits(spec, results);
  const scores = new Array<RowScore>(division.partOf.length).fill(FAILED);
  const folds: Fold[] = [];
  for (let k = 0; k < fit.nModels; k++) {
    signal?.throwIfAborted();
    const repeat = Math.floor(k / division.parts);
    const kept = rowsKept(division, design, k);
    const rows = [...kept.keys()].filter((i) => kept[i] === 0);
    const about = { repeat: repeat + 1, rows: rows.length, status: STATUS_NAMES[fit.status[k]!]! };
    if (!isConverged(fit.status[k]!)) {
      folds.push({ ...about, log_score: NaN, ...errorsOf(design, [FAILED]) });
      continue;
    }
    const params = Float64Array.from(fit.params, (column) => column[k]!);
    const all = await atParameters(design, settings, { response }, params);
    const seen = await atParameters(design, settings, { response, ...countingRows(design, kept) }, params);
    const scoreOf = rowScores(model, params, seen.modes);
    const own = rows.map(scoreOf);
    rows.forEach((i, at) => { scores[repeat * n + i] = own[at]!; });
    folds.push({ ...about, log_score: all.logLik - seen.logLik, ...errorsOf(design, own) });
  }
  const repeats = Array.from({ length: division.partOf.length / n }, (_, repeat) =>
    scoresOf(design, folds.filter((fold) => fold.repeat === repeat + 1), scores.slice(repeat * n, (repeat + 1) * n)));
  const mean = (of: (scores: Scores) => number): number => repeats.reduce((sum, one) => sum + of(one), 0) / repeats.length;
  return {
    by, folds, foldOf: division.partOf, predicted: Float64Array.from(scores, (score) => score.predicted), repeats,
    scored: repeats.reduce((sum, { scored }) => sum + scored, 0), log_score: mean(({ log_score }) => log_score),
    log_score_error: Math.sqrt(mean(({ log_score_error }) => log_score_error ** 2)),
    ...errorsOf(design, scores.filter((score) => score !== FAILED)), backend: fit.backend,
  };
}

/** The scores of one repeat. */
function scoresOf(design: Design, folds: readonly Fold[], rows: readonly RowScore[]): Scores {
  const fitted = folds.filter(({ log_score }) => !Number.isNaN(log_score));
  // Without any, 0 would be better than every model.
  const total = fitted.length === 0 ? NaN : fitted.reduce((sum, { log_score }) => sum + log_score, 0);
  const mean = total / fitted.length;
  const spread = fitted.reduce((sum, { log_score }) => sum + (log_score - mean) ** 2, 0) / (fitted.length - 1);
  return {
    scored: fitted.reduce((sum, { rows: count }) => sum + count, 0), log_score: total, log_score_error: Math.sqrt(fitted.length * spread),
    ...errorsOf(design, rows.filter((score) => score !== FAILED)),
  };
}

/** Units dealt to folds of nearly equal size in an order that depends on (seed, repeat) alone. */
function randomFolds(units: number, folds: number, seed: number, repeat: number): Int32Array {
  const keys = new Float64Array(units);
  fillUniforms(keys, units, seed, repeat, STREAM.observations);
  const order = [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!);
  const out = new Int32Array(units);
  order.forEach((unit, place) => { out[unit] = place % folds; });
  return out;
}
