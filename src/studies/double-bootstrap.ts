/** Double bootstrap: the bootstrap of every replicate tells how often a percentile interval would have held the truth, and corrects its level. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import type { BootstrapSource } from './bootstrap.js';
import { type DoubleBootstrap, doubleBootstrapFromResults, doubleBootstrapSpec, doubleBootstrapStudy } from './double-bootstrap-study.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';

/** Replicates of both levels, and where they are fitted. */
export interface DoubleBootstrapOptions extends StudyRunOptions {
  readonly nsim: number;
  /** Replicates of each replicate; 100 to 200 are usual, for the correction is smooth. */
  readonly inner: number;
  /** Integer from 0 on; replicate i depends on (seed, i) alone. */
  readonly seed: number;
}

const OPTION_NAMES = { nsim: true, inner: true, seed: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof DoubleBootstrapOptions, true>;

/**
 * Parametric bootstrap of every replicate of a parametric bootstrap. With u the share of a replicate's own replicates at or below the
 * original estimate, the quantiles of u take the place of the nominal probabilities of the percentile limits (Loh 1987; Davison & Hinkley
 * 1997, §5.6).
 * @throws OptionError for impossible options; the signal's reason when aborted.
 */
export async function doubleBootstrap(source: BootstrapSource, options: DoubleBootstrapOptions): Promise<DoubleBootstrap> {
  checkFit('doubleBootstrap', source);
  checkOptionNames(options, OPTION_NAMES, 'doubleBootstrap');
  const spec = doubleBootstrapSpec(source, options);
  return doubleBootstrapFromResults(spec, await runInMemory(doubleBootstrapStudy(spec), options));
}
