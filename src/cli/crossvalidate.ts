/** `glmmgpu crossvalidate`: how well the model predicts rows it was not fitted to. */
import { formatRows } from '../report/format-rows.js';
import { formatBackend } from '../report/format-run.js';
import { type CrossValidationSpec, type Scores, crossValidationFromResults, crossValidationSpec } from '../studies/cross-validation.js';
import { leaveOutStudy } from '../studies/leave-out-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { openFit } from './fit-model.js';
import { type DurableArguments, type ModelOrSaved, modelOptions } from './options.js';

/** What commander hands to `crossvalidate`. */
export interface CrossValidateArguments extends ModelOrSaved, DurableArguments {
  readonly by?: string;
  readonly folds: number;
  readonly seed: number;
  readonly repeats: number;
}

interface Context {
  readonly formula: string;
  readonly seed: number;
  /** Rows of the data that the model uses, from 0. */
  readonly rows: Int32Array;
}

const HEADERS = { log_score: 'log score', rmse: 'RMSE', brier: 'Brier', log_score_error: '(error)' };

export const crossValidateCommand: DurableCommand<CrossValidateArguments> = {
  reports: ['crossvalidate.csv', 'crossvalidate.json'],

  async prepare(path, options) {
    const { folds, seed, repeats } = options;
    const { fit, data } = await openFit(path, options);
    const by = options.by ?? fit.design.random[0]!.group;
    const spec = crossValidationSpec(fit, { folds, by, seed, repeats });
    return {
      heading: null,
      record: {
        study: leaveOutStudy(spec), stage: 'fits', data, options: { ...modelOptions(options), by, folds, seed, repeats },
        context: { formula: fit.frame.formula, seed, rows: fit.frame.rows } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { formula, seed, rows } = context as Context;
    const { model: { response }, division } = spec as CrossValidationSpec;
    const result = await crossValidationFromResults(spec as CrossValidationSpec, results);
    const { by, folds, foldOf, repeats, predicted, backend } = result;
    const several = repeats.length > 1;
    // Of several repeats nobody reads every fold.
    const table = several ? repeats.map((scores, r) => ({ repeat: r + 1, ...scores })) : folds.map(({ repeat: _, ...fold }, k) => ({ fold: k + 1, ...fold }));
    const text = [
      `${division.parts}-fold cross-validation by ${by}${several ? `, ${repeats.length} times` : ''}`, '', formatRows(table, HEADERS), '', scoresText(result, rows.length * repeats.length), '', formatBackend(backend),
    ].join('\n');
    const predictions = [...predicted].map((value, at) => {
      const i = at % rows.length;
      return { repeat: Math.floor(at / rows.length) + 1, row: rows[i]! + 1, fold: foldOf[at]! + 1, response: response[i]!, predicted: value };
    });
    return tableReport('crossvalidate', text, { formula, seed, ...result }, predictions);
  },
};

function scoresText({ log_score, log_score_error, rmse, brier, scored }: Scores, rows: number): string {
  return `Log score ${log_score.toFixed(3)} (standard error ${log_score_error.toFixed(3)})`
    + (rmse === null ? '' : `, RMSE ${rmse.toPrecision(4)}`)
    + (brier === null ? '' : `, Brier score ${brier.toPrecision(4)}`)
    + (scored === rows ? '' : `\nover ${scored} of ${rows} rows: the other folds could not be fitted`);
}
