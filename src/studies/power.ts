/** Power, type-I error, bias and coverage by simulation, over a grid of effects, sizes and random-effect distributions. */
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import type { PowerGrid, PowerModel } from './power-plan.js';
import type { PowerStudy } from './power-rows.js';
import { powerFromResults, powerSpec, powerStudy } from './power-study.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';

/** Grid, replicates and level of a study of power, and where its models are fitted. */
export interface PowerOptions extends PowerGrid, StudyRunOptions {
  /** Replicates of each cell; with `width` the most. */
  readonly nsim: number;
  /** Integer from 0 on. Replicate i of every cell has the same random numbers: differences between cells are sharper than the cells themselves. */
  readonly seed: number;
  /** Level of the tests, default 0.05; coverage is that of Wald intervals at 1 − alpha. */
  readonly alpha?: number;
  /** Stop a cell when the 95 % interval of each of its rejection rates is no wider than this; looked at every 200 replicates. */
  readonly width?: number;
}

const OPTION_NAMES = { tested: true, nsim: true, seed: true, alpha: true, width: true, effects: true, along: true, within: true, distributions: true, tests: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof PowerOptions, true>;

/**
 * Simulates every cell of the grid and tests in each replicate whether the tested coefficients are zero.
 *
 * Gaussian models are fitted as `REML` says where only `z` is asked for, else by maximum likelihood. `simulatedLrt` refers to the null
 * distribution at the stated parameters without the tested effects: what a simulated test does whose nuisance parameters are well estimated.
 * @throws GlmmError for a model or grid that does not fit; the signal's reason when aborted.
 *
 * @example
 * const study = await power({ formula: 'y ~ arm + (1 | clinic)', family: 'binomial', data: crossedTable('clinic[20]; arm = a|b; patient[10]'),
 *   params: { '(Intercept)': -1, armb: 0.5, 'clinic.(Intercept)': 0.6 } }, { tested: 'armb', effects: [0, 0.25, 0.5], nsim: 1000, seed: 1 });
 */
export async function power(model: PowerModel, options: PowerOptions): Promise<PowerStudy> {
  checkArgument('power', model, ['formula', 'data'], 'a model', 'for example { formula, data, family }');
  checkOptionNames(options, OPTION_NAMES, 'power');
  const spec = await powerSpec(model, options);
  return powerFromResults(spec, options.alpha ?? 0.05, await runInMemory(powerStudy(spec), options));
}
