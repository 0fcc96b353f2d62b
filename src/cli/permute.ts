/** `glmmgpu permute`: permutation test of fixed effects. */
import { type PermutationTest, permutationTest } from '../studies/permutation.js';
import { formatBackend, formatStatusCounts } from '../report/format-run.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

export interface PermuteArguments extends ModelOrSaved, StudyArguments {
  readonly columns: string[];
  readonly nsim: number;
  readonly seed: number;
}

export async function permuteCommand(path: string, options: PermuteArguments): Promise<void> {
  const { columns, nsim, seed } = options;
  const fit = await fitModel(path, options);
  await studyCommand<PermutationTest>(options, {
    run: (hooks) => permutationTest(fit, { columns, nsim, seed, ...hooks }),
    text: (test) => [
      `Permutation test of ${columns.join(', ')}: ${test.exchanged === 'rows' ? 'rows exchanged within levels' : 'levels exchanged'} of ${fit.design.random[0]!.group}`,
      `Likelihood-ratio statistic ${test.statistic.toFixed(3)}, p value ${test.p_value.toPrecision(3)} (95 % Monte-Carlo interval ${test.interval.map((value) => value.toPrecision(3)).join(' to ')})`,
      '', formatStatusCounts(test.counts), '', formatBackend(test.fit.backend),
    ].join('\n'),
    json: ({ replicates: _, fit: { backend }, ...test }) => ({ formula: fit.frame.formula, nsim, seed, ...test, backend }),
    rows: (test) => [...test.replicates].map((statistic, b) => ({ permutation: b + 1, statistic })),
  });
}
