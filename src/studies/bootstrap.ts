/** Parametric bootstrap: responses drawn from a fitted model, the model fitted to each. */
import { OptionError } from '../errors.js';
import { parameterNames } from '../fit/parameter-names.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import type { FitSettings } from '../fit/fit-chunk.js';
import type { Bootstrap, IntervalKind } from '../fit/types.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type CovarianceColumns, covarianceColumns } from '../model/covariance-columns.js';
import { type Design, parameterLayout } from '../model/design.js';
import { countStatuses, isConverged } from '../model/status.js';
import { checkSeed } from '../random/stream.js';
import { intervalRows } from './intervals.js';

/** What a bootstrap needs of a fitted model; `GlmmFit` is one. */
export interface BootstrapSource {
  readonly frame: { readonly design: Design };
  readonly settings: Pick<FitSettings, 'integration' | 'control' | 'REML'>;
  /** Estimates (β, θ): the generating parameters, and the start of every refit. */
  readonly params: Float64Array;
  /** k × k inverse Hessian of −logLik at the estimates: the first metric of the refits. */
  readonly metric: Float64Array;
}

export interface BootstrapOptions
  extends Pick<FitBatchOptions, 'backend' | 'workers' | 'engine' | 'chunk' | 'check' | 'onProgress' | 'signal' | 'standardErrors'> {
  /** Number of replicates. */
  readonly nsim: number;
  /** Integer from 0 on; replicate i depends on (seed, i) alone. */
  readonly seed: number;
  /** Number of the first replicate, default 0: the replicates are first … first + nsim − 1. */
  readonly first?: number;
}

/**
 * Draws `nsim` responses from the fitted model with new random effects and refits the model to each, with the integration and control of
 * the fit.
 * @throws OptionError for impossible options; DeviceError when `webgpu` is asked for and cannot be had; the signal's reason when aborted.
 *
 * @example
 * const replicates = await fit.bootstrap({ nsim: 10000, seed: 1 });
 * replicates.intervals({ kinds: ['percentile'], level: 0.95 });
 */
export async function bootstrap(source: BootstrapSource, options: BootstrapOptions): Promise<Bootstrap> {
  const { nsim, seed, first = 0, onProgress, ...rest } = options;
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  checkSeed(seed);
  const { params, metric, settings, frame: { design } } = source;
  const begin = performance.now();
  const fit = await fitBatch(
    design,
    { nModels: nsim, response: { kind: 'simulate', params, seed, first }, start: params, metric },
    {
      ...rest, ...settings.integration, control: settings.control, ...(settings.REML === undefined ? {} : { REML: settings.REML }),
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
  { params, frame: { design } }: BootstrapSource, { nsim, seed }: Pick<BootstrapOptions, 'nsim' | 'seed'>, fit: BatchFit, seconds: number,
): Bootstrap {
  const { nFixed, nTheta } = parameterLayout(design);
  const covariance = covarianceColumns(design);
  const parameters = [...design.fixedNames, ...covariance.names, ...parameterNames(design).slice(nFixed + nTheta)];
  const estimates = Float64Array.from([...params.subarray(0, nFixed), ...covariance.from(params), ...params.subarray(nFixed + nTheta)]);
  const replicates = [...fit.params.slice(0, nFixed), ...derivedColumns(fit, covariance), ...fit.params.slice(nFixed + nTheta)];
  return {
    nsim, seed, parameters, estimates, replicates, fit, seconds,
    counts: countStatuses(fit.status),
    refitsPerSecond: nsim / seconds,
    backend: fit.backend,
    intervals({ kinds = ALL_KINDS, level = 0.95, flagged = false } = {}) {
      if (!(level >= 0.5 && level <= 0.9999)) throw new OptionError(`level must be from 0.5 to 0.9999, not ${level}`);
      const unknown = kinds.find((kind) => !ALL_KINDS.includes(kind));
      if (unknown !== undefined) throw new OptionError(`unknown kind of interval '${unknown}'; use ${ALL_KINDS.join(', ')}`);
      return parameters.flatMap((name, j) => {
        const used = flagged ? replicates[j]! : replicates[j]!.filter((_, b) => isConverged(fit.status[b]!));
        return intervalRows(name, estimates[j]!, used, kinds, level);
      });
    },
  };
}

const ALL_KINDS: readonly IntervalKind[] = ['percentile', 'basic', 'normal'];

/** Standard deviations and correlations of every replicate, as columns. */
function derivedColumns(fit: BatchFit, covariance: CovarianceColumns): Float64Array[] {
  const columns = covariance.names.map(() => new Float64Array(fit.nModels));
  const params = new Float64Array(fit.params.length);
  for (let b = 0; b < fit.nModels; b++) {
    fit.params.forEach((column, j) => { params[j] = column[b]!; });
    covariance.from(params).forEach((value, j) => { columns[j]![b] = value; });
  }
  return columns;
}
