/** Bootstrap: a fitted model fitted again to responses drawn from it, or to resampled data. */
import { checkFit, checkOptionNames, checkOptions, inWords } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { checkChoices } from '../fit/check-options.js';
import { checkLevel } from '../fit/confidence-level.js';
import type { FitBatchOptions } from '../fit/fit-batch.js';
import type { FitSettings } from '../fit/fit-chunk.js';
import type { Bootstrap, BootstrapMethod, IntervalKind, IntervalOptions } from '../fit/types.js';
import type { BatchFit } from '../model/batch-fit.js';
import type { Design } from '../model/design.js';
import { countStatuses, isConverged } from '../model/status.js';
import { hasOneFactor } from '../objective/one-factor.js';
import { checkSeed } from '../random/stream.js';
import { fitPieces } from './fit-pieces.js';
import { type FittedModel, settingsOptions } from './fitted-model.js';
import { type IntervalExtras, intervalRows } from './intervals.js';
import { fitWithout, rowUnits } from './leave-out.js';
import { reportedParameters } from './reported-parameters.js';
import { createResampler } from './resample.js';

/** What a bootstrap needs of a fitted model; `GlmmFit` is one. */
export interface BootstrapSource {
  readonly frame: { readonly design: Design };
  readonly settings: Pick<FitSettings, 'integration' | 'control' | 'REML' | 'pseudo'>;
  /** Estimates (β, θ): the generating parameters, and the start of every refit. */
  readonly params: Float64Array;
  /** k × k inverse Hessian of −logLik at the estimates: the first metric of the refits. */
  readonly metric: Float64Array;
  /** k × k covariance of the estimates, NaN where one has no standard error; studentised intervals are NaN without it. */
  readonly covariance?: Float64Array;
  /** The response of the fit, for the methods that use it. */
  readonly response?: Float64Array;
  /** Spherical conditional modes, for the method `residual`. */
  readonly modes?: Float64Array;
}

/** Replicates of a bootstrap, and where they are fitted. */
export interface BootstrapOptions
  extends Pick<FitBatchOptions, 'backend' | 'workers' | 'engine' | 'chunk' | 'check' | 'onProgress' | 'signal' | 'standardErrors'> {
  /** Number of replicates. */
  readonly nsim: number;
  /** Integer from 0 on; replicate i depends on (seed, i) alone. */
  readonly seed: number;
  /** Number of the first replicate, default 0: the replicates are first … first + nsim − 1. */
  readonly first?: number;
  /** How replicates are made, default `parametric`. */
  readonly method?: BootstrapMethod;
}

/**
 * Makes `nsim` replicates from the fitted model, by default responses drawn from it with new random effects, and refits the model to each, with
 * the integration and control of the fit.
 * @throws OptionError for impossible options; DeviceError when `webgpu` is asked for and cannot be had; the signal's reason when aborted.
 *
 * @example
 * const replicates = await fit.bootstrap({ nsim: 10000, seed: 1 });
 * replicates.intervals({ kinds: ['percentile'], level: 0.95 });
 */
export async function bootstrap(source: BootstrapSource, options: BootstrapOptions): Promise<Bootstrap> {
  checkFit('bootstrap', source);
  checkOptions('bootstrap', options, '{ nsim: 10000, seed: 1 }');
  const { nsim, seed, first = 0, method = 'parametric', onProgress, ...rest } = options;
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  checkSeed(seed);
  const { params, metric, settings, frame: { design } } = source;
  const begin = performance.now();
  const resample = createResampler(source, method, seed);
  // Parametric replicates are drawn where they are fitted: nothing of them is held here.
  const numbers = method === 'parametric' ? 0 : 3 * design.nobs;
  const fit = await fitPieces(
    design, nsim, numbers, (from, to) => ({ nModels: to - from, start: params, metric, ...resample(first + from, first + to) }),
    {
      ...rest, ...settingsOptions(settings),
      ...(onProgress === undefined ? {} : { onProgress: (progress) => { onProgress({ ...progress, stage: 'refits' }); } }),
    },
  );
  return bootstrapOf(source, options, fit, (performance.now() - begin) / 1000);
}

/**
 * The bootstrap whose refits are those of a batch.
 * @param seconds what the refits took
 */
export function bootstrapOf(
  { params, covariance, frame: { design } }: BootstrapSource, { nsim, seed, method = 'parametric' }: Pick<BootstrapOptions, 'nsim' | 'seed' | 'method'>,
  fit: BatchFit, seconds: number,
): Bootstrap {
  const reported = reportedParameters(design);
  const parameters = reported.names;
  const estimates = reported.of(params);
  const replicates = reported.columns(fit);
  const k = params.length;
  const errorsOf = (j: number): IntervalExtras['errors'] => {
    const single = reported.single[j]!;
    if (fit.standardErrors === null || single === null || params[single] === 0) return undefined;
    // Not of the metric, whose gaps are filled with guesses.
    return { estimate: Math.sqrt(covariance?.[single * k + single] ?? NaN), replicates: fit.standardErrors[single]! };
  };
  return {
    nsim, seed, method, parameters, estimates, replicates, fit, seconds,
    counts: countStatuses(fit.status),
    refitsPerSecond: nsim / seconds,
    backend: fit.backend,
    intervals(options = {}) {
      checkOptionNames(options, INTERVAL_OPTIONS, 'intervals');
      const { kinds = DEFAULT_KINDS, level = 0.95, flagged = false, jackknife, statistics } = options;
      checkLevel(level);
      checkChoices('kinds', kinds, INTERVAL_KINDS);
      if (kinds.includes('bca') && jackknife === undefined) throw new OptionError('bca intervals need the jackknife; pass { jackknife: await jackknife(fit) }');
      if (kinds.includes('studentised') && fit.standardErrors === null) {
        throw new OptionError("studentised intervals need standard errors of the refits; run the bootstrap with standardErrors: 'hessian'");
      }
      const keep = (column: Float64Array): Float64Array => (flagged ? column : column.filter((_, b) => isConverged(fit.status[b]!)));
      if (statistics !== undefined) {
        return Object.entries(statistics).flatMap(([name, statistic]) => {
          if (typeof statistic !== 'function') throw new OptionError(`statistic '${name}' must be a function, not ${inWords(statistic)}; expressionStatistics makes functions of text`);
          const at = statisticOf(parameters, statistic);
          return intervalRows(name, at(estimates), keep(columnOf(replicates, at)), kinds, level, { jackknife: jackknife && columnOf(jackknife, at) });
        });
      }
      return parameters.flatMap((name, j) => {
        const errors = errorsOf(j);
        return intervalRows(name, estimates[j]!, keep(replicates[j]!), kinds, level, {
          jackknife: jackknife?.[j], errors: errors && { ...errors, replicates: keep(errors.replicates) },
        });
      });
    },
  };
}

const INTERVAL_KINDS: readonly IntervalKind[] = ['percentile', 'basic', 'normal', 'bca', 'studentised', 'shortest'];
const INTERVAL_OPTIONS = { kinds: true, level: true, flagged: true, jackknife: true, statistics: true } as const satisfies Record<keyof IntervalOptions, true>;
const DEFAULT_KINDS: readonly IntervalKind[] = ['percentile', 'basic', 'normal'];

type Statistic = NonNullable<IntervalOptions['statistics']>[string];

/** A statistic of parameters by name as a function of their values in order. */
function statisticOf(parameters: readonly string[], statistic: Statistic): (values: Float64Array) => number {
  return (values) => statistic(Object.fromEntries(parameters.map((name, j) => [name, values[j]!])));
}

/** A function of the rows of some columns as a column. */
function columnOf(columns: readonly Float64Array[], value: (row: Float64Array) => number): Float64Array {
  const row = new Float64Array(columns.length);
  return Float64Array.from({ length: columns[0]?.length ?? 0 }, (_, b) => {
    columns.forEach((column, j) => { row[j] = column[b]!; });
    return value(row);
  });
}

/**
 * Estimates of a fitted model without each level of its grouping factor in turn (with several factors: without each row), one column per
 * parameter, NaN where a fit failed: the jackknife that `bca` intervals take their acceleration from.
 */
export async function jackknife(model: FittedModel, options: Pick<FitBatchOptions, 'backend' | 'workers' | 'engine' | 'chunk' | 'check' | 'onProgress' | 'signal'> = {}): Promise<Float64Array[]> {
  checkFit('jackknife', model);
  checkOptions('jackknife', options);
  const { design } = model.frame;
  const units = rowUnits(design, hasOneFactor(design) ? design.random[0]!.group : 'rows');
  const parts = units.labels.length;
  const fit = await fitWithout(model, { partOf: units.unitOf, parts }, { from: 0, to: parts }, options);
  return reportedParameters(design).columns(fit).map((column) => column.map((value, b) => (isConverged(fit.status[b]!) ? value : NaN)));
}
