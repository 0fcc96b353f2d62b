/** `glmmgpu drop1`: the model without each of its terms. */
import { type Drop1Row, drop1 } from '../inference/drop1.js';
import { formatDrop1 } from '../report/format-comparison.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `drop1`. */
export interface Drop1Arguments extends ModelOrSaved, StudyArguments {}

export async function drop1Command(path: string, options: Drop1Arguments): Promise<void> {
  const fit = await fitModel(path, options);
  await studyCommand<Drop1Row[]>(options, {
    run: ({ signal }) => drop1(fit, { signal }),
    text: formatDrop1,
    json: (rows) => ({ formula: fit.frame.formula, rows }),
    rows: (rows) => rows.map((row) => ({ ...row })),
  });
}
