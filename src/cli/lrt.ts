/** `glmmgpu lrt`: two nested models compared by their simulated likelihood-ratio test. */
import { formatLrt } from '../report/format-lrt.js';
import { type SimulatedLrt, simulatedLrt } from '../studies/simulated-lrt.js';
import { fitTo, readData } from './fit-model.js';
import type { ModelArguments } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `lrt`. */
export interface LrtArguments extends ModelArguments, StudyArguments {
  readonly null: string;
  readonly nsim: number;
  readonly seed: number;
  readonly stopAfter?: number;
}

export async function lrtCommand(path: string, options: LrtArguments): Promise<void> {
  const { nsim, seed, stopAfter } = options;
  const { table } = await readData(path, options);
  const larger = await fitTo(table, options, path);
  const smaller = await fitTo(table, { ...options, formula: withResponse(options.null, options.formula) }, path);
  await studyCommand<SimulatedLrt>(options, {
    run: (hooks) => simulatedLrt(smaller, larger, { nsim, seed, ...hooks, ...(stopAfter === undefined ? {} : { stopAfter }) }),
    text: (test) => formatLrt(test, smaller.frame.formula, larger.frame.formula),
    json: ({ replicates: _, ...test }) => ({ smaller: smaller.frame.formula, larger: larger.frame.formula, ...test }),
    rows: (test) => test.rows.map((row) => ({ ...row })),
  });
}

/** `~ x + (1 | g)` gets the response of the other formula. */
function withResponse(formula: string, other: string): string {
  return formula.trimStart().startsWith('~') ? `${other.slice(0, other.indexOf('~'))}${formula.trimStart()}` : formula;
}
