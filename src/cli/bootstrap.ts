/** `glmmgpu bootstrap`: the fitted model, its refits, and what is made of them. */
import type { FitJson, IntervalKind } from '../fit/types.js';
import { formatIntervals } from '../report/format-intervals.js';
import { formatBackend, formatSpeed, formatStatusCounts } from '../report/format-run.js';
import { htmlReport } from '../report/html-report.js';
import { intervalsCsv, jsonText } from '../report/intervals-table.js';
import { type BootstrapSpec, bootstrapFromResults, bootstrapSpec, bootstrapStudy } from '../studies/bootstrap-study.js';
import { dataName, describeFit, fitTo, readData } from './fit-model.js';
import { type BootstrapArguments, modelOptions } from './options.js';
import { packageVersion } from './program.js';
import type { DurableCommand } from './durable-command.js';

/** What the report needs besides the replicates. */
interface Context {
  readonly fit: FitJson;
  readonly dataName: string;
  readonly ci: readonly IntervalKind[];
  readonly level: number;
}

export const bootstrapCommand: DurableCommand<BootstrapArguments> = {
  reports: ['intervals.csv', 'bootstrap.json', 'fit.json', 'report.html'],

  async prepare(path, options) {
    const { nsim, seed, ci, level } = options;
    const { table, data } = await readData(path, options);
    const fit = await fitTo(table, options);
    return {
      heading: describeFit(fit, path),
      record: {
        study: bootstrapStudy(bootstrapSpec(fit, { nsim, seed })), stage: 'refits', data,
        options: { ...modelOptions(options), nsim, seed },
        context: { fit: fit.toJSON(), dataName: dataName(path), ci, level } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { fit, dataName, ci, level } = context as Context;
    const bootstrap = await bootstrapFromResults(spec as BootstrapSpec, results);
    const { nsim, seed, counts, seconds, refitsPerSecond, backend } = bootstrap;
    const intervals = bootstrap.intervals({ kinds: ci, level });
    const summary = { nsim, seed, level, counts, seconds, refitsPerSecond, backend, intervals };
    return {
      text: [
        formatIntervals(intervals), '', formatStatusCounts(counts), '', formatBackend(backend), formatSpeed(nsim, seconds, refitsPerSecond),
      ].join('\n'),
      json: { ...fit, bootstrap: summary },
      files: new Map([
        ['intervals.csv', intervalsCsv(intervals)],
        ['bootstrap.json', jsonText({ formula: fit.formula, ...summary })],
        ['fit.json', jsonText(fit)],
        ['report.html', await htmlReport({ fit, bootstrap, intervals, dataName, generator: `glmmgpu ${packageVersion()}` })],
      ]),
    };
  },
};
