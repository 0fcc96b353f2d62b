/** `glmmgpu calibrate`: percentile intervals whose level is corrected by a double bootstrap. */
import { formatRows } from '../report/format-rows.js';
import { formatBackend, formatStatusCounts } from '../report/format-run.js';
import { type DoubleBootstrapSpec, doubleBootstrapFromResults, doubleBootstrapSpec, doubleBootstrapStudy } from '../studies/double-bootstrap-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { openFit } from './fit-model.js';
import { type DurableArguments, type ModelOrSaved, modelOptions } from './options.js';

/** What commander hands to `calibrate`. */
export interface CalibrateArguments extends ModelOrSaved, DurableArguments {
  readonly nsim: number;
  readonly inner: number;
  readonly seed: number;
  readonly level: number;
}

interface Context {
  readonly formula: string;
  readonly level: number;
}

const HEADERS = { probability_low: 'p low', probability_high: 'p high', mc_error_low: '(error)', mc_error_high: '(error)', conf_low: 'low', conf_high: 'high' };

export const calibrateCommand: DurableCommand<CalibrateArguments> = {
  reports: ['calibrate.csv', 'calibrate.json'],

  async prepare(path, options) {
    const { nsim, inner, seed, level } = options;
    const { fit, data } = await openFit(path, options);
    return {
      heading: null,
      record: {
        study: doubleBootstrapStudy(doubleBootstrapSpec(fit, { nsim, inner, seed })), stage: 'replicates', data,
        options: { ...modelOptions(options), nsim, inner, seed }, context: { formula: fit.frame.formula, level } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { formula, level } = context as Context;
    const { nsim, inner, seed } = spec as DoubleBootstrapSpec;
    const result = await doubleBootstrapFromResults(spec as DoubleBootstrapSpec, results);
    const { outer: { counts, backend }, seconds } = result;
    const rows = result.intervals(level);
    const text = [
      `Calibrated percentile intervals at level ${level}: ${nsim} replicates with ${inner} of their own each`, '',
      formatRows(rows.map(({ level: _, replicates: __, ...row }) => ({ ...row })), HEADERS), '', formatStatusCounts(counts), '', formatBackend(backend),
    ].join('\n');
    return tableReport('calibrate', text, { formula, nsim, inner, seed, intervals: rows, counts, seconds, backend }, rows.map((row) => ({ ...row })));
  },
};
