/** `glmmgpu emmeans`: estimated marginal means of factors. */
import type { Adjustment } from '../inference/adjust.js';
import { type Emmeans, emmeans } from '../inference/emmeans.js';
import type { CsvRow } from '../report/csv-text.js';
import { formatEmmeans } from '../report/format-emmeans.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type RobustArguments, robustCovariance } from './robust-option.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `emmeans`. */
export interface EmmeansArguments extends ModelOrSaved, StudyArguments, RobustArguments {
  readonly specs: readonly string[];
  readonly differences?: 'pairwise' | 'treatment';
  readonly adjust?: Adjustment;
  readonly type?: 'link' | 'response';
  readonly at?: Readonly<Record<string, number>>;
  readonly df?: 'residual' | 'none';
  readonly level: number;
}

export async function emmeansCommand(path: string, options: EmmeansArguments): Promise<void> {
  const { specs, differences, adjust, type, at, df, level } = options;
  const fit = await fitModel(path, options);
  const { options: covariance, note } = await robustCovariance(fit, options);
  await studyCommand<Emmeans>(options, {
    run: () => Promise.resolve(emmeans(fit, specs, {
      level, ...covariance,
      ...(differences === undefined ? {} : { contrasts: differences }), ...(adjust === undefined ? {} : { adjust }), ...(type === undefined ? {} : { type }),
      ...(at === undefined ? {} : { at }), ...(df === undefined ? {} : { df }),
    })),
    text: (means) => [formatEmmeans(means), ...(note === null ? [] : [note])].join('\n'),
    json: (means) => ({ formula: fit.frame.formula, ...means }),
    rows: csvRows,
  });
}

/** Means and, where they were asked for, differences, told apart by `kind`; a column that the other kind has is empty. */
function csvRows({ means, contrasts }: Emmeans): CsvRow[] {
  const rows = [
    ...means.map(({ levels, ...row }): CsvRow => ({ kind: 'mean', ...levels, ...row })),
    ...(contrasts ?? []).map((row): CsvRow => ({ kind: 'difference', ...row })),
  ];
  const empty = Object.fromEntries(rows.flatMap((row) => Object.keys(row)).map((name) => [name, null]));
  return rows.map((row) => ({ ...empty, ...row }));
}
