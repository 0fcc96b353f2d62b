/** `glmmgpu crossvalidate`: how well the model predicts rows it was not fitted to. */
import { formatRows } from '../report/format-rows.js';
import { type CrossValidation, crossValidate } from '../studies/cross-validation.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

export interface CrossValidateArguments extends ModelOrSaved, StudyArguments {
  readonly by?: string;
  readonly folds: number;
  readonly seed: number;
}

export async function crossValidateCommand(path: string, options: CrossValidateArguments): Promise<void> {
  const fit = await fitModel(path, options);
  const { folds, seed } = options;
  const by = options.by ?? fit.design.random[0]!.group;
  await studyCommand<CrossValidation>(options, {
    run: (hooks) => crossValidate(fit, { folds, by, seed, ...hooks }),
    text: (result) => [
      `${folds}-fold cross-validation by ${by}`, '',
      formatRows(result.folds.map((fold, k) => ({ fold: k + 1, ...fold })), { log_score: 'log score', rmse: 'RMSE', brier: 'Brier' }), '',
      `Log score ${result.log_score.toFixed(3)} (standard error ${result.log_score_error.toFixed(3)})`
        + (result.rmse === null ? '' : `, RMSE ${result.rmse.toPrecision(4)}`)
        + (result.brier === null ? '' : `, Brier score ${result.brier.toPrecision(4)}`)
        + (result.scored === fit.nobs ? '' : `\nover ${result.scored} of ${fit.nobs} rows: the other folds could not be fitted`),
    ].join('\n'),
    json: (result) => ({ formula: fit.frame.formula, seed, ...result }),
    rows: (result) => [...result.predicted].map((predicted, i) => ({ row: fit.frame.rows[i]! + 1, fold: result.foldOf[i]! + 1, response: fit.response[i]!, predicted })),
  });
}
