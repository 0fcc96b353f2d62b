/** Permutation test of fixed effects: their columns are exchanged between units that are exchangeable when the effects are zero. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import type { FittedModel } from './fitted-model.js';
import { type PermutationTest, permutationFromResults, permutationSpec, permutationStudy } from './permutation-study.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';

/** What is permuted how often, and where the models are fitted. */
export interface PermutationOptions extends StudyRunOptions {
  /** Names of the fixed effects that are permuted, together: all columns of a term, and none that another term shares. */
  readonly columns: readonly string[];
  /** Number of permutations. */
  readonly nsim: number;
  readonly seed: number;
}

const OPTION_NAMES = { columns: true, nsim: true, seed: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof PermutationOptions, true>;

/**
 * Tests whether fixed effects are zero. Columns that are constant within the levels of the grouping factor are exchanged between levels, all
 * others between the rows of each level. The statistic is the likelihood ratio, so that only the model with the columns has to be fitted again.
 * @throws OptionError for unknown columns, several grouping factors, or columns of both kinds.
 */
export async function permutationTest(model: FittedModel, options: PermutationOptions): Promise<PermutationTest> {
  checkFit('permutationTest', model);
  checkOptionNames(options, OPTION_NAMES, 'permutationTest');
  const spec = await permutationSpec(model, options);
  return permutationFromResults(spec, await runInMemory(permutationStudy(spec), options));
}
