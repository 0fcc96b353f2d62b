/** Likelihood-ratio test of nested models against its simulated null distribution. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import type { FittedModel } from './fitted-model.js';
import { type SimulatedLrt, lrtFromResults, lrtSpec, lrtStudy } from './lrt-study.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';

/** Replicates of a simulated likelihood-ratio test, and where they are fitted. */
export interface LrtOptions extends StudyRunOptions {
  /** Most replicates. */
  readonly nsim: number;
  /** Integer from 0 on; replicate i depends on (seed, i) alone. */
  readonly seed: number;
  /**
   * Stop at this many replicates at or above the statistic (Besag & Clifford 1991): a large p-value is known after few replicates. The
   * relative standard error of the p-value is then about 1 / √stopAfter.
   */
  readonly stopAfter?: number;
}

const OPTION_NAMES = { nsim: true, seed: true, stopAfter: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof LrtOptions, true>;

/**
 * Draws `nsim` responses from the smaller model and fits both models to each. Gaussian models are compared by maximum likelihood, whatever
 * they were fitted by. A separated fit has a log-likelihood as near its supremum as the tolerance says and counts; fits without a maximum
 * are left out and counted.
 *
 * @throws OptionError when the models are not nested models of the same data, or for impossible options.
 *
 * @example
 * const test = await simulatedLrt(withoutPeriod, withPeriod, { nsim: 10000, seed: 1 });
 * console.table(test.rows);
 */
export async function simulatedLrt(smaller: FittedModel, larger: FittedModel, options: LrtOptions): Promise<SimulatedLrt> {
  for (const fit of [smaller, larger]) checkFit('simulatedLrt', fit);
  checkOptionNames(options, OPTION_NAMES, 'simulatedLrt');
  const spec = await lrtSpec(smaller, larger, options);
  return lrtFromResults(spec, await runInMemory(lrtStudy(spec), options));
}
