/** `glmmgpu compare`: models of the same data side by side. */
import { type Comparison, compare } from '../inference/compare.js';
import { formatComparison } from '../report/format-comparison.js';
import { fitTo, readData } from './fit-model.js';
import type { ModelArguments } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `compare`. */
export interface CompareArguments extends Omit<ModelArguments, 'formula'>, StudyArguments {
  readonly formula: readonly string[];
  readonly nsim?: number;
  readonly seed: number;
  readonly refit: boolean;
  readonly checkNesting: boolean;
}

export async function compareCommand(path: string, options: CompareArguments): Promise<void> {
  const { formula, nsim, seed, refit, checkNesting } = options;
  const { table } = await readData(path, { ...options, formula: formula[0]! });
  const fits = await Promise.all(formula.map((own) => fitTo(table, { ...options, formula: own })));
  await studyCommand<Comparison>(options, {
    run: (hooks) => compare(fits, { ...hooks, seed, refit, checkNesting, ...(nsim === undefined ? {} : { nsim }) }),
    text: formatComparison,
    json: (comparison) => comparison,
    rows: ({ rows }) => rows.map((row) => ({ ...row })),
  });
}
