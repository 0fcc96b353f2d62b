/** `glmmgpu permute`: permutation test of fixed effects. */
import { formatBackend, formatStatusCounts } from '../report/format-run.js';
import { type PermutationSpec, permutationFromResults, permutationSpec, permutationStudy } from '../studies/permutation-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { openFit } from './fit-model.js';
import { type DurableArguments, type ModelOrSaved, modelOptions } from './options.js';

/** What commander hands to `permute`. */
export interface PermuteArguments extends ModelOrSaved, DurableArguments {
  readonly columns: string[];
  readonly nsim: number;
  readonly seed: number;
}

interface Context {
  readonly formula: string;
  /** Name of the grouping factor. */
  readonly group: string;
}

export const permuteCommand: DurableCommand<PermuteArguments> = {
  reports: ['permute.csv', 'permute.json'],

  async prepare(path, options) {
    const { columns, nsim, seed } = options;
    const { fit, data } = await openFit(path, options);
    const spec = await permutationSpec(fit, { columns, nsim, seed });
    return {
      heading: null,
      record: {
        study: permutationStudy(spec), stage: 'replicates', data,
        options: { ...modelOptions(options), columns, nsim, seed }, context: { formula: fit.frame.formula, group: fit.design.random[0]!.group } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { formula, group } = context as Context;
    const { nsim, seed } = spec as PermutationSpec;
    const { replicates, ...test } = await permutationFromResults(spec as PermutationSpec, results);
    const text = [
      `Permutation test of ${test.columns.join(', ')}: ${test.exchanged === 'rows' ? 'rows exchanged within levels' : 'levels exchanged'} of ${group}`,
      `Likelihood-ratio statistic ${test.statistic.toFixed(3)}, p value ${test.p_value.toPrecision(3)} (95 % Monte-Carlo interval ${test.interval.map((value) => value.toPrecision(3)).join(' to ')})`,
      '', formatStatusCounts(test.counts), '', formatBackend(test.backend),
    ].join('\n');
    return tableReport('permute', text, { formula, nsim, seed, ...test }, [...replicates].map((statistic, b) => ({ permutation: b + 1, statistic })));
  },
};
