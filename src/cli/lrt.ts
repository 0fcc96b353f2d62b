/** `glmmgpu lrt`: two nested models compared by their simulated likelihood-ratio test. */
import { formatLrt } from '../report/format-lrt.js';
import { type LrtSpec, lrtFromResults, lrtSpec, lrtStudy } from '../studies/lrt-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { fitTo, readData } from './fit-model.js';
import { type DurableArguments, type ModelArguments, modelOptions } from './options.js';

/** What commander hands to `lrt`. */
export interface LrtArguments extends ModelArguments, DurableArguments {
  readonly null: string;
  readonly nsim: number;
  readonly seed: number;
  readonly stopAfter?: number;
}

interface Context {
  readonly smaller: string;
  readonly larger: string;
}

export const lrtCommand: DurableCommand<LrtArguments> = {
  reports: ['lrt.csv', 'lrt.json'],

  async prepare(path, options) {
    const { nsim, seed, stopAfter } = options;
    const { table, data } = await readData(path, options);
    const larger = await fitTo(table, options, path);
    const smaller = await fitTo(table, { ...options, formula: withResponse(options.null, options.formula) }, path);
    return {
      heading: null,
      record: {
        study: lrtStudy(await lrtSpec(smaller, larger, { nsim, seed, stopAfter })), stage: 'replicates', data,
        options: { ...modelOptions(options), null: options.null, nsim, seed, stopAfter },
        context: { smaller: smaller.frame.formula, larger: larger.frame.formula } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { smaller, larger } = context as Context;
    const { replicates: _, ...test } = await lrtFromResults(spec as LrtSpec, results);
    return tableReport('lrt', formatLrt(test, smaller, larger), { smaller, larger, ...test }, test.rows.map((row) => ({ ...row })));
  },
};

/** `~ x + (1 | g)` gets the response of the other formula. */
function withResponse(formula: string, other: string): string {
  return formula.trimStart().startsWith('~') ? `${other.slice(0, other.indexOf('~'))}${formula.trimStart()}` : formula;
}
