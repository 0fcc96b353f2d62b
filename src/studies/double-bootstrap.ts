/** Double bootstrap: the bootstrap of every replicate tells how often a percentile interval would have held the truth, and corrects its level. */
import { checkFit, checkOptions } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import { fitBatch } from '../fit/fit-batch.js';
import type { Bootstrap } from '../fit/types.js';
import { isConverged } from '../model/status.js';
import { createSimulator } from '../random/simulate.js';
import { type BootstrapOptions, type BootstrapSource, bootstrap } from './bootstrap.js';
import { addingTo, pieces, withEngine } from './fit-pieces.js';
import { settingsOptions } from './fitted-model.js';
import { quantile } from './intervals.js';
import { blockJackknife } from './monte-carlo.js';
import { reportedParameters } from './reported-parameters.js';

export interface DoubleBootstrapOptions extends Omit<BootstrapOptions, 'method' | 'first' | 'standardErrors'> {
  /** Replicates of each replicate; 100 to 200 are usual, for the correction is smooth. */
  readonly inner: number;
}

export interface CalibratedRow {
  readonly parameter: string;
  readonly estimate: number;
  readonly level: number;
  /** Probabilities of the outer replicates at which the limits lie, in place of (1 − level)/2 and (1 + level)/2. */
  readonly probability_low: number;
  readonly probability_high: number;
  readonly conf_low: number;
  readonly conf_high: number;
  /** Monte-Carlo standard errors of the two probabilities. */
  readonly mc_error_low: number;
  readonly mc_error_high: number;
  /** Outer replicates the row is made from. */
  readonly replicates: number;
}

export interface DoubleBootstrap {
  readonly outer: Bootstrap;
  readonly inner: number;
  readonly seconds: number;
  /** For each parameter and replicate the share of its own replicates at or below the estimate; NaN where the replicate failed. */
  readonly ranks: readonly Float64Array[];
  /** Percentile intervals at the corrected probabilities. */
  intervals(level?: number): CalibratedRow[];
}

/** Replicates of replicates are numbered from here on, so that they share no random numbers with the replicates. */
const FIRST_INNER = 2 ** 40;

/**
 * Parametric bootstrap of every replicate of a parametric bootstrap. With u the share of a replicate's own replicates at or below the
 * original estimate, the quantiles of u take the place of the nominal probabilities of the percentile limits (Loh 1987; Davison & Hinkley
 * 1997, §5.6).
 * @throws OptionError for impossible options; the signal's reason when aborted.
 */
export async function doubleBootstrap(source: BootstrapSource, options: DoubleBootstrapOptions): Promise<DoubleBootstrap> {
  checkFit('doubleBootstrap', source);
  checkOptions('doubleBootstrap', options, '{ nsim: 1000, inner: 100, seed: 1 }');
  const { inner, ...outerOptions } = options;
  const { nsim, seed, onProgress, chunk, signal } = outerOptions;
  if (!Number.isSafeInteger(inner) || inner < 1) throw new OptionError(`inner must be a positive integer, not ${inner}`);
  const { frame: { design }, settings, params, metric } = source;
  const n = design.nobs;
  const k = params.length;
  const begin = performance.now();
  const reported = reportedParameters(design);
  const estimates = reported.of(params);
  const ranks = reported.names.map(() => new Float64Array(nsim).fill(NaN));
  const outer = await withEngine(options, async (engine) => {
    const meter = new ProgressMeter('refits', nsim * (inner + 1), onProgress);
    const first = await bootstrap(source, { ...outerOptions, engine, onProgress: addingTo(meter) });
    for (const { from, to } of pieces(0, nsim, inner * (n + k))) {
      const kept = Array.from({ length: to - from }, (_, i) => from + i).filter((m) => isConverged(first.fit.status[m]!));
      if (kept.length === 0) continue;
      const response = new Float64Array(kept.length * inner * n);
      const start = new Float64Array(kept.length * inner * k);
      kept.forEach((m, at) => {
        const own = Float64Array.from(first.fit.params, (column) => column[m]!);
        const simulator = createSimulator(design, own);
        for (let j = 0; j < inner; j++) {
          simulator.simulate(FIRST_INNER + m * inner + j, seed, response, (at * inner + j) * n);
          start.set(own, (at * inner + j) * k);
        }
      });
      const fit = await fitBatch(design, { nModels: kept.length * inner, response, start, metric }, {
        ...settingsOptions(settings), engine, onProgress: addingTo(meter), ...(chunk === undefined ? {} : { chunk }), ...(signal === undefined ? {} : { signal }),
      });
      reported.columns(fit).forEach((column, p) => {
        kept.forEach((m, at) => { ranks[p]![m] = shareBelow(column, fit.status, at * inner, (at + 1) * inner, estimates[p]!); });
      });
    }
    return first;
  });
  return {
    outer, inner, ranks, seconds: (performance.now() - begin) / 1000,
    intervals(level = 0.95) {
      if (!(level >= 0.5 && level <= 0.9999)) throw new OptionError(`level must be from 0.5 to 0.9999, not ${level}`);
      const tail = (1 - level) / 2;
      return reported.names.map((parameter, p): CalibratedRow => {
        const u = ranks[p]!.filter((value) => !Number.isNaN(value));
        const both = (sorted: Float64Array): number[] => [quantile(sorted, tail), quantile(sorted, 1 - tail)];
        const [low, high] = both(u.slice().sort());
        const [errorLow, errorHigh] = blockJackknife(u, both);
        const sorted = outer.replicates[p]!.filter((value, b) => isConverged(outer.fit.status[b]!) && !Number.isNaN(value)).sort();
        return {
          parameter, estimate: estimates[p]!, level, probability_low: low!, probability_high: high!,
          conf_low: quantile(sorted, low!), conf_high: quantile(sorted, high!), mc_error_low: errorLow!, mc_error_high: errorHigh!, replicates: u.length,
        };
      });
    },
  };
}

/** Share of converged values [from, to) at or below the estimate, ties counted half. */
function shareBelow(values: Float64Array, status: Uint8Array, from: number, to: number, estimate: number): number {
  let below = 0;
  let count = 0;
  for (let b = from; b < to; b++) {
    if (!isConverged(status[b]!) || Number.isNaN(values[b]!)) continue;
    count++;
    below += values[b]! < estimate ? 1 : values[b]! === estimate ? 0.5 : 0;
  }
  return count === 0 ? NaN : below / count;
}
