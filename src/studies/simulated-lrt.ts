/** Likelihood-ratio test of nested models against its simulated null distribution. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Engine } from '../fit/engine.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import { responseDrawer } from '../fit/batch-slice.js';
import type { BatchFit } from '../model/batch-fit.js';
import { parameterLayout } from '../model/design.js';
import { STATUS, type StatusName, countStatuses, isConverged } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import { checkSeed } from '../random/stream.js';
import { combineBackends } from './combine-backends.js';
import { addingTo, pieces, withEngine } from './fit-pieces.js';
import { type FittedModel, STUDY_FIT_OPTIONS, type StudyFitOptions, byMaximumLikelihood, settingsOptions } from './fitted-model.js';
import { type LrtRow, ZERO_STATISTIC, lrtRows } from './lrt-p-values.js';
import { binomialInterval } from './monte-carlo.js';
import { type Nesting, nestingOf } from './nesting.js';

export interface LrtOptions extends StudyFitOptions {
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

const OPTION_NAMES = { nsim: true, seed: true, stopAfter: true, ...STUDY_FIT_OPTIONS } as const satisfies Record<keyof LrtOptions, true>;

/** Null statistics of some replicates. */
export interface LrtReplicates {
  /** 2 (logLik of the larger − logLik of the smaller model), ≥ 0; NaN where one of the fits has no maximum. */
  readonly statistic: Float64Array;
  /** Codes of `STATUS`. */
  readonly smallerStatus: Uint8Array;
  readonly largerStatus: Uint8Array;
  /** 1 where the larger model's fit was below the smaller's and was found again from there. */
  readonly repaired: Uint8Array;
  readonly backend: BackendReport;
}

export interface SimulatedLrt {
  /** 2 (logLik of the larger − logLik of the smaller model), both by maximum likelihood. */
  readonly statistic: number;
  /** Parameters that the larger model adds. */
  readonly df: number;
  readonly seed: number;
  /** Replicates drawn. */
  readonly nsim: number;
  /** Whether `stopAfter` ended the run before its last replicate. */
  readonly stopped: boolean;
  /** Null statistics of the replicates drawn, NaN where a fit failed. */
  readonly replicates: Float64Array;
  /** Replicates with a statistic. */
  readonly used: number;
  /** Negative statistics that were mended by restarting the larger model from the smaller. */
  readonly repaired: number;
  readonly counts: { readonly smaller: Readonly<Record<StatusName, number>>; readonly larger: Readonly<Record<StatusName, number>> };
  /** P-values side by side, `bootstrap` first. */
  readonly rows: readonly LrtRow[];
  /** Exact 95 % interval of the share of null statistics at or above the observed one; null after sequential stopping. */
  readonly bootstrapInterval: readonly [number, number] | null;
  readonly seconds: number;
  readonly backend: BackendReport;
}

/** The pair of models of a test, prepared once. */
export interface LrtPair {
  readonly smaller: FittedModel;
  readonly larger: FittedModel;
  readonly nesting: Nesting;
}

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
  const { nsim, seed, stopAfter = Infinity } = options;
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  if (options.stopAfter !== undefined && (!Number.isSafeInteger(stopAfter) || stopAfter < 1)) throw new OptionError(`stopAfter must be a positive integer, not ${stopAfter}`);
  checkSeed(seed);
  const begin = performance.now();
  const pair = await lrtPair(smaller, larger);
  return withEngine(options, async (engine) => {
    const { statistic } = await observed(pair, engine, options);
    const meter = new ProgressMeter('fits', 2 * nsim, options.onProgress);
    const parts: LrtReplicates[] = [];
    let exceeding = 0;
    // Without a rule to stop by a piece is as large as memory allows.
    const atMost = options.stopAfter === undefined ? Infinity : Math.max(FIRST_LOOK, 10 * stopAfter);
    for (const { from, to } of pieces(0, nsim, pair.smaller.frame.design.nobs, atMost)) {
      const part = await lrtReplicates(pair, seed, from, to, { ...options, engine }, meter);
      parts.push(part);
      exceeding += part.statistic.reduce((sum, value) => sum + (value >= statistic ? 1 : 0), 0);
      if (exceeding >= stopAfter) break;
    }
    return summarise(pair, statistic, join(parts), options, (performance.now() - begin) / 1000);
  });
}

/** Replicates between two looks at a sequential test, at least. */
const FIRST_LOOK = 256;

/** Checks that the models are nested and brings both to maximum likelihood. */
export async function lrtPair(smaller: FittedModel, larger: FittedModel): Promise<LrtPair> {
  const nesting = nestingOf(smaller.frame.design, larger.frame.design);
  if (smaller.response.some((value, i) => value !== larger.response[i])) throw new OptionError('the models were fitted to different responses; fit both to the same');
  const [a, b] = [smaller.settings.integration, larger.settings.integration];
  if (a.nAGQ !== b.nAGQ || a.information !== b.information) {
    throw new OptionError('the models were fitted with different approximations (nAGQ or information); use the same for both');
  }
  return { smaller: await byMaximumLikelihood(smaller), larger: await byMaximumLikelihood(larger), nesting };
}

async function observed(pair: LrtPair, engine: Engine, options: LrtOptions): Promise<{ statistic: number }> {
  const { smaller, larger, nesting } = pair;
  const difference = 2 * (larger.logLik - smaller.logLik);
  if (difference >= -ZERO_STATISTIC) return { statistic: Math.max(0, difference) };
  const start = nesting.embed(smaller.params);
  const again = start === null ? null : await fitBatch(larger.frame.design, { nModels: 1, response: larger.response, start }, lrtFitOptions(larger, engine, options));
  const better = Math.max(larger.logLik, again?.logLik[0] ?? -Infinity);
  return { statistic: Math.max(0, 2 * (better - smaller.logLik)) };
}

function lrtFitOptions(model: FittedModel, engine: Engine, { backend, chunk, check, signal }: StudyFitOptions): FitBatchOptions {
  return {
    ...settingsOptions(model.settings), engine,
    ...(backend === undefined ? {} : { backend }),
    ...(chunk === undefined ? {} : { chunk }),
    ...(check === undefined ? {} : { check }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** Null statistics of replicates [from, to); replicate i depends on (seed, i) alone. */
export async function lrtReplicates(
  pair: LrtPair, seed: number, from: number, to: number, options: StudyFitOptions & { readonly engine: Engine }, meter?: ProgressMeter,
): Promise<LrtReplicates> {
  const { smaller, larger, nesting } = pair;
  const { design } = smaller.frame;
  const count = to - from;
  const { response } = responseDrawer(design)({ nModels: count, response: { kind: 'simulate', params: smaller.params, seed, first: from } });
  const fit = (model: FittedModel, start: Float64Array): Promise<BatchFit> => fitBatch(
    model.frame.design, { nModels: count, response, start, metric: model.metric },
    { ...lrtFitOptions(model, options.engine, options), ...(meter === undefined ? {} : { onProgress: addingTo(meter) }) },
  );
  const small = await fit(smaller, smaller.params);
  const large = await fit(larger, startUnderTheNull(pair));

  const statistic = Float64Array.from(large.logLik, (value, i) => 2 * (value - small.logLik[i]!));
  const largerStatus = large.status.slice();
  const repaired = new Uint8Array(count);
  const negative = [...statistic.keys()].filter((i) => !(statistic[i]! >= -ZERO_STATISTIC) && hasMaximum(small.status[i]!));
  if (negative.length > 0 && nesting.embed(smaller.params) !== null) {
    const again = await restart(pair, negative, response, small, options);
    negative.forEach((i, at) => {
      const value = 2 * (again.logLik[at]! - small.logLik[i]!);
      if (!(value >= -ZERO_STATISTIC) || !hasMaximum(again.status[at]!)) return;
      statistic[i] = value;
      largerStatus[i] = again.status[at]!;
      repaired[i] = 1;
    });
  }
  for (let i = 0; i < count; i++) {
    statistic[i] = hasMaximum(small.status[i]!) && hasMaximum(largerStatus[i]!) && statistic[i]! >= -ZERO_STATISTIC ? Math.max(0, statistic[i]!) : NaN;
  }
  return { statistic, smallerStatus: small.status, largerStatus, repaired, backend: combineBackends([small.backend, large.backend]) };
}

/** A separated fit has no finite estimate, but its log-likelihood has a supremum and is near it. */
function hasMaximum(status: number): boolean {
  return isConverged(status) || status === STATUS.separated;
}

/** Where the larger model starts: at the truth, but for variances that are zero there, which is no place to leave from. */
function startUnderTheNull({ smaller, larger, nesting }: LrtPair): Float64Array {
  const embedded = nesting.embed(smaller.params);
  if (embedded === null) return larger.params;
  const start = larger.params.slice();
  const { nFixed, nTheta } = parameterLayout(larger.frame.design);
  start.set(embedded.subarray(0, nFixed));
  if (nesting.variances === 0) start.set(embedded.subarray(nFixed, nFixed + nTheta), nFixed);
  return start;
}

/** The larger model of some replicates from the smaller model's estimates. */
function restart(
  { smaller, larger, nesting }: LrtPair, replicates: readonly number[], response: Float64Array, small: BatchFit, options: StudyFitOptions & { readonly engine: Engine },
): Promise<BatchFit> {
  const n = smaller.frame.design.nobs;
  const k = larger.params.length;
  const own = new Float64Array(replicates.length * n);
  const start = new Float64Array(replicates.length * k);
  replicates.forEach((i, at) => {
    own.set(response.subarray(i * n, (i + 1) * n), at * n);
    start.set(nesting.embed(Float64Array.from(small.params, (column) => column[i]!))!, at * k);
  });
  return fitBatch(larger.frame.design, { nModels: replicates.length, response: own, start }, lrtFitOptions(larger, options.engine, options));
}

function join(parts: readonly LrtReplicates[]): LrtReplicates {
  const bytes = (pick: (part: LrtReplicates) => Uint8Array): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...pick(part)]));
  return {
    statistic: Float64Array.from(parts.flatMap((part) => [...part.statistic])),
    smallerStatus: bytes((part) => part.smallerStatus), largerStatus: bytes((part) => part.largerStatus), repaired: bytes((part) => part.repaired),
    backend: combineBackends(parts.map((part) => part.backend)),
  };
}

/** The result of a test from all its replicates. */
function summarise(pair: LrtPair, statistic: number, all: LrtReplicates, { seed, nsim, stopAfter }: LrtOptions, seconds: number): SimulatedLrt {
  const end = stopAfter === undefined ? all.statistic.length : sequentialEnd(all.statistic, statistic, stopAfter);
  const replicates = all.statistic.slice(0, end);
  const valid = replicates.filter((value) => !Number.isNaN(value));
  const exceeding = valid.reduce((sum, value) => sum + (value >= statistic ? 1 : 0), 0);
  const stopped = stopAfter !== undefined && exceeding >= stopAfter;
  const rows = lrtRows(statistic, valid, pair.nesting);
  if (stopped) {
    // The number of replicates was random: h exceedances in l replicates estimate p by h / l.
    const p = exceeding / valid.length;
    rows[0] = { ...rows[0]!, p_value: p, std_error: p * Math.sqrt((1 - p) / exceeding) };
  }
  return {
    statistic, df: pair.nesting.df, seed, nsim: Math.min(nsim, end), stopped, replicates, used: valid.length,
    repaired: all.repaired.subarray(0, end).reduce((sum, flag) => sum + flag, 0),
    counts: { smaller: countStatuses(all.smallerStatus.subarray(0, end)), larger: countStatuses(all.largerStatus.subarray(0, end)) },
    rows, bootstrapInterval: stopped ? null : binomialInterval(exceeding, valid.length, 0.95),
    seconds, backend: all.backend,
  };
}

/** Replicates up to the one that brings the exceedances to `stopAfter`, or all of them: whatever pieces they came in. */
function sequentialEnd(replicates: Float64Array, statistic: number, stopAfter: number): number {
  let exceeding = 0;
  for (let i = 0; i < replicates.length; i++) {
    if (replicates[i]! >= statistic && ++exceeding === stopAfter) return i + 1;
  }
  return replicates.length;
}
