/** `glmmgpu compare`: models of the same data side by side. */
import { OptionError } from '../errors.js';
import type { GlmmFit } from '../fit/glmm.js';
import { type Comparison, compare } from '../inference/compare.js';
import { formatComparison } from '../report/format-comparison.js';
import { fitModel, fitTo, readData } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `compare`. */
export interface CompareArguments extends Omit<ModelOrSaved, 'formula'>, StudyArguments {
  readonly formula?: readonly string[];
  readonly nsim?: number;
  readonly seed: number;
  readonly refit: boolean;
  readonly checkNesting: boolean;
}

export async function compareCommand(paths: readonly string[], options: CompareArguments): Promise<void> {
  const { nsim, seed, refit, checkNesting } = options;
  const fits = await modelsOf(paths, options);
  await studyCommand<Comparison>(options, {
    run: (hooks) => compare(fits, { ...hooks, seed, refit, checkNesting, ...(nsim === undefined ? {} : { nsim }) }),
    text: formatComparison,
    json: (comparison) => comparison,
    rows: ({ rows }) => rows.map((row) => ({ ...row })),
  });
}

/** Models of several formulas on one data file, or saved ones. */
async function modelsOf([path, ...others]: readonly string[], { formula, family, ...rest }: CompareArguments): Promise<GlmmFit[]> {
  if (formula === undefined) return Promise.all([path!, ...others].map((own) => fitModel(own, rest)));
  if (others.length > 0) throw new OptionError('formulas are for one data file; name saved models alone, or one data file with two or more --formula');
  if (family === undefined) throw new OptionError("required option '--family' not specified; add it, or name models written by glmmgpu fit --save");
  const { table } = await readData(path!, rest);
  return Promise.all(formula.map((own) => fitTo(table, { ...rest, formula: own, family }, path!)));
}
