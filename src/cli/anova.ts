/** `glmmgpu anova`: Wald tests of the terms of one model. */
import { type AnovaRow, anova } from '../inference/anova.js';
import { formatAnova } from '../report/format-wald.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type RobustArguments, robustCovariance } from './robust-option.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `anova`. */
export interface AnovaArguments extends ModelOrSaved, StudyArguments, RobustArguments {
  readonly df: 'residual' | 'none';
}

export async function anovaCommand(path: string, options: AnovaArguments): Promise<void> {
  const fit = await fitModel(path, options);
  const { options: covariance, note } = await robustCovariance(fit, options);
  await studyCommand<AnovaRow[]>(options, {
    run: () => Promise.resolve(anova(fit, { df: options.df, ...covariance })),
    text: (rows) => [formatAnova(rows), ...(note === null ? [] : [note])].join('\n'),
    json: (rows) => ({ formula: fit.frame.formula, rows }),
    rows: (rows) => rows.map((row) => ({ ...row })),
  });
}
