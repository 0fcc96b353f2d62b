/** `glmmgpu influence`: the model without each level of a grouping factor, or each row. */
import { packageVersion } from '../durable/version.js';
import type { CsvRow } from '../report/csv-text.js';
import { influenceReport, influenceRows } from '../report/influence-section.js';
import { formatRows } from '../report/format-rows.js';
import { formatBackend } from '../report/format-run.js';
import { type InfluenceSpec, influenceFromResults, influenceSpec } from '../studies/influence.js';
import { leaveOutStudy } from '../studies/leave-out-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { openFit } from './fit-model.js';
import { type DurableArguments, type ModelOrSaved, modelOptions } from './options.js';

/** What commander hands to `influence`. */
export interface InfluenceArguments extends ModelOrSaved, DurableArguments {
  readonly by?: string;
}

interface Context {
  readonly formula: string;
  /** Names of the units. */
  readonly labels: readonly string[];
}

/** Units that are printed; the CSV has all. */
const PRINTED = 20;

export const influenceCommand: DurableCommand<InfluenceArguments> = {
  reports: ['influence.csv', 'influence.json', 'report.html'],

  async prepare(path, options) {
    const { fit, data } = await openFit(path, options);
    const by = options.by ?? fit.design.random[0]!.group;
    const { spec, labels } = influenceSpec(fit, by);
    return {
      heading: null,
      record: { study: leaveOutStudy(spec), stage: 'fits', data, options: { ...modelOptions(options), by }, context: { formula: fit.frame.formula, labels } satisfies Context },
    };
  },

  async report(spec, context, results) {
    const { formula, labels } = context as Context;
    const influence = await influenceFromResults(spec as InfluenceSpec, labels, results);
    const { fit: { backend }, ...rest } = influence;
    const { by, rows, parameters } = rest;
    const most = [...rows].sort((a, b) => (b.cooks_distance || 0) - (a.cooks_distance || 0)).slice(0, PRINTED);
    const table = most.map(({ unit, status, cooks_distance, dfbeta }): CsvRow => ({
      unit, status, cooks_distance, ...Object.fromEntries(dfbeta.map((change, j) => [`change ${parameters[j]!}`, change])),
    }));
    const text = [
      `Influence of ${by}: ${rows.length} fits, the ${most.length} largest Cook's distances`, '', formatRows(table, { cooks_distance: "Cook's D", unit: by }), '', formatBackend(backend),
    ].join('\n');
    const report = tableReport('influence', text, { formula, ...rest, backend }, influenceRows(influence));
    return { ...report, files: new Map([...report.files, ['report.html', await influenceReport(influence, formula, `glmmgpu ${packageVersion()}`)]]) };
  },
};
