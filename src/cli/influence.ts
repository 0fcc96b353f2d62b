/** `glmmgpu influence`: the model without each level of a grouping factor, or each row. */
import type { CsvRow } from '../report/csv-text.js';
import { influenceRows } from '../report/influence-section.js';
import { formatRows } from '../report/format-rows.js';
import { formatBackend } from '../report/format-run.js';
import { type Influence, influence } from '../studies/influence.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

export interface InfluenceArguments extends ModelOrSaved, StudyArguments {
  readonly by?: string;
}

/** Units that are printed; the CSV has all. */
const PRINTED = 20;

export async function influenceCommand(path: string, options: InfluenceArguments): Promise<void> {
  const fit = await fitModel(path, options);
  const by = options.by ?? fit.design.random[0]!.group;
  await studyCommand<Influence>(options, {
    run: (hooks) => influence(fit, { by, ...hooks }),
    text: ({ rows, parameters, fit: { backend } }) => {
      const most = [...rows].sort((a, b) => (b.cooks_distance || 0) - (a.cooks_distance || 0)).slice(0, PRINTED);
      const table = most.map(({ unit, status, cooks_distance, dfbeta }): CsvRow => ({
        unit, status, cooks_distance, ...Object.fromEntries(dfbeta.map((change, j) => [`change ${parameters[j]!}`, change])),
      }));
      return [`Influence of ${by}: ${rows.length} fits, the ${most.length} largest Cook's distances`, '', formatRows(table, { cooks_distance: "Cook's D", unit: by }), '', formatBackend(backend)].join('\n');
    },
    json: ({ fit: { backend }, ...rest }) => ({ formula: fit.frame.formula, ...rest, backend }),
    rows: influenceRows,
  });
}
