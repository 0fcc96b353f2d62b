/** `glmmgpu bootstrap`: the fitted model, its refits, and what is made of them. */
import { packageVersion } from '../durable/version.js';
import type { FitJson, IntervalKind } from '../fit/types.js';
import { formatIntervals } from '../report/format-intervals.js';
import { formatBackend, formatSpeed, formatStatusCounts } from '../report/format-run.js';
import { htmlReport } from '../report/html-report.js';
import { intervalsCsv, jsonText } from '../report/intervals-table.js';
import { type BootstrapSpec, bootstrapFromResults, bootstrapSpec, bootstrapStudy } from '../studies/bootstrap-study.js';
import { type BootstrapSource, jackknife } from '../studies/bootstrap.js';
import { expressionStatistics } from '../studies/expression-statistic.js';
import { reportedParameters } from '../studies/reported-parameters.js';
import { dataName, describeFit, openFit } from './fit-model.js';
import { type BootstrapArguments, modelOptions } from './options.js';
import type { DurableCommand } from './durable-command.js';

/** What the report needs besides the replicates. */
interface Context {
  readonly fit: FitJson;
  readonly dataName: string;
  readonly ci: readonly IntervalKind[];
  readonly level: number;
  readonly flagged: boolean;
  /** Expressions by name. */
  readonly statistics: Readonly<Record<string, string>> | null;
  readonly jackknife: readonly Float64Array[] | null;
}

/** A mistake in an expression is found before the long work. */
function checkStatistics(statistics: Readonly<Record<string, string>>, { frame: { design }, params }: BootstrapSource): void {
  const reported = reportedParameters(design);
  const values = reported.of(params);
  const parameters = Object.fromEntries(reported.names.map((name, j) => [name, values[j]!]));
  for (const statistic of Object.values(expressionStatistics(statistics))) statistic(parameters);
}

export const bootstrapCommand: DurableCommand<BootstrapArguments> = {
  reports: ['intervals.csv', 'bootstrap.json', 'fit.json', 'report.html'],

  async prepare(path, options) {
    const { nsim, seed, method, ci, level, flagged = false } = options;
    const { fit, data } = await openFit(path, options);
    const statistics = options.statistic ?? null;
    if (statistics !== null) checkStatistics(statistics, fit);
    return {
      heading: describeFit(fit),
      record: {
        study: bootstrapStudy(bootstrapSpec(fit, { nsim, seed, method, standardErrors: ci.includes('studentised') ? 'hessian' : 'none' })), stage: 'refits', data,
        options: { ...modelOptions(options), nsim, seed, ...(method === 'parametric' ? {} : { method }) },
        context: { fit: fit.toJSON(), dataName: fit.options.dataName ?? dataName(path), ci, level, flagged, statistics, jackknife: ci.includes('bca') ? await jackknife(fit) : null } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { fit, dataName, ci, level, flagged, statistics, jackknife: leftOut } = context as Context;
    const bootstrap = await bootstrapFromResults(spec as BootstrapSpec, results);
    const { nsim, seed, counts, seconds, refitsPerSecond, backend } = bootstrap;
    const common = { kinds: ci, level, flagged, ...(leftOut === null ? {} : { jackknife: leftOut }) };
    const intervals = bootstrap.intervals(common);
    const ofStatistics = statistics === null ? [] : bootstrap.intervals({ ...common, statistics: expressionStatistics(statistics) });
    const without = new Set(intervals.filter(({ kind, conf_low }) => kind === 'studentised' && Number.isNaN(conf_low)).map(({ parameter }) => parameter));
    const summary = { nsim, seed, method: bootstrap.method, level, counts, seconds, refitsPerSecond, backend, intervals: [...intervals, ...ofStatistics] };
    return {
      text: [
        formatIntervals([...intervals, ...ofStatistics]), '',
        ...(without.size === 0 ? [] : [`No studentised limits, for want of a standard error: ${[...without].join(', ')}`, '']), formatStatusCounts(counts), '', formatBackend(backend), formatSpeed(nsim, seconds, refitsPerSecond),
      ].join('\n'),
      json: { ...fit, bootstrap: summary },
      rows: [...intervals, ...ofStatistics].map((row) => ({ ...row })),
      files: new Map([
        ['intervals.csv', intervalsCsv([...intervals, ...ofStatistics])],
        ['bootstrap.json', jsonText({ formula: fit.formula, ...summary })],
        ['fit.json', jsonText(fit)],
        ['report.html', await htmlReport({ fit, bootstrap, intervals, dataName, generator: `glmmgpu ${packageVersion()}` })],
      ]),
    };
  },
};
