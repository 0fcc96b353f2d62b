/** The double bootstrap as a study: cut anywhere, computed anywhere, put together again. */
import { OptionError } from '../errors.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Range } from '../fit/batch-ranges.js';
import { checkLevel } from '../fit/confidence-level.js';
import { fitBatch } from '../fit/fit-batch.js';
import type { Bootstrap } from '../fit/types.js';
import { isConverged } from '../model/status.js';
import { createSimulator } from '../random/simulate.js';
import { checkSeed } from '../random/stream.js';
import { type BootstrapSource, bootstrap } from './bootstrap.js';
import { type BootstrapSpec, bootstrapFromResults } from './bootstrap-study.js';
import { addingTo, pieces } from './fit-pieces.js';
import { settingsOptions } from './fitted-model.js';
import { quantile } from './intervals.js';
import { blockJackknife } from './monte-carlo.js';
import { plainSource } from './plain-source.js';
import { replicateFits, replicateNumbers } from './replicate-columns.js';
import { reportedParameters } from './reported-parameters.js';
import type { RangeResult, Study, StudyContext, StudyResults, StudySpec } from './study.js';

/** Everything the replicates and theirs depend on. */
export interface DoubleBootstrapSpec extends StudySpec {
  readonly kind: 'calibrate';
  readonly source: BootstrapSource;
  readonly nsim: number;
  readonly inner: number;
  readonly seed: number;
}

/** A percentile interval at corrected probabilities. */
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

/** A bootstrap of every replicate of a bootstrap. */
export interface DoubleBootstrap {
  readonly outer: Bootstrap;
  readonly inner: number;
  readonly seconds: number;
  /** For each parameter and replicate the place of the estimate among its own replicates, in (0, 1); NaN where the replicate failed. */
  readonly ranks: readonly Float64Array[];
  /** Percentile intervals at the corrected probabilities. */
  intervals(level?: number): CalibratedRow[];
}

/** Replicates of replicates are numbered from here on, so that they share no random numbers with the replicates. */
const FIRST_INNER = 2 ** 40;

/** The spec of a double bootstrap of a fitted model. @throws OptionError for impossible options. */
export function doubleBootstrapSpec(fit: BootstrapSource, { nsim, inner, seed }: Pick<DoubleBootstrapSpec, 'nsim' | 'inner' | 'seed'>): DoubleBootstrapSpec {
  for (const [name, value] of Object.entries({ nsim, inner })) if (!Number.isSafeInteger(value) || value < 1) throw new OptionError(`${name} must be a positive integer, not ${value}`);
  checkSeed(seed);
  return { kind: 'calibrate', source: plainSource(fit), nsim, inner, seed };
}

/** The study of a spec: the columns of a bootstrap, and one per parameter, `rank_…`, with the place of the original estimate among the replicate's own replicates. */
export function doubleBootstrapStudy(spec: DoubleBootstrapSpec): Study {
  const { source, nsim, seed } = spec;
  const { columns, of } = replicateFits(source.frame.design, false);
  const names = reportedParameters(source.frame.design).names;
  return {
    spec, total: nsim,
    columns: [...columns, ...names.map((name) => ({ name: rankName(name), type: 'DOUBLE' as const }))],
    async run({ from, to }, context) {
      const meter = new ProgressMeter('refits', (to - from) * (spec.inner + 1), ({ done }) => { context.onProgress?.(Math.floor(done / (spec.inner + 1))); });
      const { engine, signal } = context;
      const outer = await bootstrap(source, { nsim: to - from, first: from, seed, engine, ...(signal === undefined ? {} : { signal }), onProgress: addingTo(meter) });
      const ranks = await ranksOf(spec, outer, from, context, meter);
      return { columns: [...of([replicateNumbers({ from, to })], outer.fit), ...ranks], backend: outer.backend } satisfies RangeResult;
    },
  };
}

/** The outer replicates are those of a parametric bootstrap. */
function outerSpec({ source, nsim, seed }: DoubleBootstrapSpec): BootstrapSpec {
  return { kind: 'bootstrap', source, nsim, seed };
}

const rankName = (parameter: string): string => `rank_${parameter}`;

/** For each parameter and replicate of a bootstrap the place of the original estimate among its own replicates; NaN where the replicate failed. */
async function ranksOf({ source, inner, seed }: DoubleBootstrapSpec, outer: Bootstrap, from: number, { engine, signal }: StudyContext, meter: ProgressMeter): Promise<Float64Array[]> {
  const { frame: { design }, settings, params, metric } = source;
  const n = design.nobs;
  const k = params.length;
  const reported = reportedParameters(design);
  const estimates = reported.of(params);
  const ranks = reported.names.map(() => new Float64Array(outer.nsim).fill(NaN));
  for (const piece of pieces(0, outer.nsim, inner * (n + k))) {
    const kept = convergedIn(outer, piece);
    meter.add((piece.to - piece.from - kept.length) * inner);
    if (kept.length === 0) continue;
    const response = new Float64Array(kept.length * inner * n);
    const start = new Float64Array(kept.length * inner * k);
    kept.forEach((m, at) => {
      const own = Float64Array.from(outer.fit.params, (column) => column[m]!);
      const simulator = createSimulator(design, own);
      for (let j = 0; j < inner; j++) {
        simulator.simulate(FIRST_INNER + (from + m) * inner + j, seed, response, (at * inner + j) * n);
        start.set(own, (at * inner + j) * k);
      }
    });
    const fit = await fitBatch(design, { nModels: kept.length * inner, response, start, metric }, {
      ...settingsOptions(settings), engine, onProgress: addingTo(meter), ...(signal === undefined ? {} : { signal }),
    });
    reported.columns(fit).forEach((column, p) => {
      kept.forEach((m, at) => { ranks[p]![m] = placeAmong(column, fit.status, at * inner, (at + 1) * inner, estimates[p]!); });
    });
  }
  return ranks;
}

function convergedIn({ fit }: Bootstrap, { from, to }: Range): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i).filter((m) => isConverged(fit.status[m]!));
}

/** Place of the estimate among the m converged values of [from, to): (below + ½) / (m + 1), ties counted half, which is never 0 or 1. */
function placeAmong(values: Float64Array, status: Uint8Array, from: number, to: number, estimate: number): number {
  let below = 0;
  let count = 0;
  for (let b = from; b < to; b++) {
    if (!isConverged(status[b]!) || Number.isNaN(values[b]!)) continue;
    count++;
    below += values[b]! < estimate ? 1 : values[b]! === estimate ? 0.5 : 0;
  }
  return count === 0 ? NaN : (below + 0.5) / (count + 1);
}

/** The double bootstrap from the results of its study. */
export async function doubleBootstrapFromResults(spec: DoubleBootstrapSpec, results: StudyResults): Promise<DoubleBootstrap> {
  const outer = await bootstrapFromResults(outerSpec(spec), results);
  const ranks = await Promise.all(outer.parameters.map(async (name) => (await results.column(rankName(name))) as Float64Array));
  return {
    outer, inner: spec.inner, ranks, seconds: results.seconds,
    intervals(level = 0.95) {
      checkLevel(level);
      return outer.parameters.map((_, p) => calibratedRow(outer, p, ranks[p]!, spec.inner, level));
    },
  };
}

function calibratedRow(outer: Bootstrap, p: number, ranks: Float64Array, inner: number, level: number): CalibratedRow {
  const tail = (1 - level) / 2;
  const u = ranks.filter((value) => !Number.isNaN(value));
  const both = (sorted: Float64Array): number[] => [quantile(sorted, tail), quantile(sorted, 1 - tail)];
  const [low, high] = both(u.slice().sort());
  // Places among so many are known to a step, whose error is uniform.
  const [errorLow, errorHigh] = blockJackknife(u, both).map((error) => Math.hypot(error, 1 / ((inner + 1) * Math.sqrt(12))));
  const sorted = outer.replicates[p]!.filter((value, b) => isConverged(outer.fit.status[b]!) && !Number.isNaN(value)).sort();
  return {
    parameter: outer.parameters[p]!, estimate: outer.estimates[p]!, level, probability_low: low!, probability_high: high!,
    conf_low: quantile(sorted, low!), conf_high: quantile(sorted, high!), mc_error_low: errorLow!, mc_error_high: errorHigh!, replicates: u.length,
  };
}
