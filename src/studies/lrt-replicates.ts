/** Null statistics of a likelihood-ratio test: responses drawn from the smaller model, and both models fitted to each. */
import type { Range } from '../fit/batch-ranges.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import { responseDrawer } from '../fit/batch-slice.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import { parameterLayout } from '../model/design.js';
import { hasSupremum } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import type { BootstrapSource } from './bootstrap.js';
import { combineBackends } from './combine-backends.js';
import { addingTo, pieces } from './fit-pieces.js';
import { settingsOptions } from './fitted-model.js';
import { ZERO_STATISTIC } from './lrt-p-values.js';
import type { Nesting } from './nesting.js';
import type { StudyContext } from './study.js';

/** Two nested models as far as their refits need them. */
export interface NullModels {
  readonly smaller: BootstrapSource;
  readonly larger: BootstrapSource;
  readonly nesting: Nesting;
}

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

/** Null statistics of replicates [from, to); replicate i depends on (seed, i) alone. */
export async function lrtReplicates(pair: NullModels, seed: number, { from, to }: Range, { engine, signal, onProgress }: StudyContext): Promise<LrtReplicates> {
  const meter = new ProgressMeter('fits', 2 * (to - from), ({ done }) => { onProgress?.(Math.floor(done / 2)); });
  const options = { engine, ...(signal === undefined ? {} : { signal }) };
  const parts: LrtReplicates[] = [];
  for (const piece of pieces(from, to, pair.smaller.frame.design.nobs)) parts.push(await replicatesOf(pair, seed, piece, options, meter));
  return join(parts);
}

async function replicatesOf(pair: NullModels, seed: number, { from, to }: Range, options: FitBatchOptions, meter: ProgressMeter): Promise<LrtReplicates> {
  const { smaller, larger, nesting } = pair;
  const { design } = smaller.frame;
  const count = to - from;
  const { response } = responseDrawer(design)({ nModels: count, response: { kind: 'simulate', params: smaller.params, seed, first: from } });
  const fit = (model: BootstrapSource, start: Float64Array): Promise<BatchFit> =>
    fitBatch(model.frame.design, { nModels: count, response, start, metric: model.metric }, { ...settingsOptions(model.settings), ...options, onProgress: addingTo(meter) });
  const small = await fit(smaller, smaller.params);
  const large = await fit(larger, startUnderTheNull(pair));

  const statistic = Float64Array.from(large.logLik, (value, i) => 2 * (value - small.logLik[i]!));
  const largerStatus = large.status.slice();
  const repaired = new Uint8Array(count);
  const negative = [...statistic.keys()].filter((i) => !(statistic[i]! >= -ZERO_STATISTIC) && hasSupremum(small.status[i]!));
  if (negative.length > 0 && nesting.embed(smaller.params) !== null) {
    const again = await restart(pair, negative, response, small, options);
    negative.forEach((i, at) => {
      const value = 2 * (again.logLik[at]! - small.logLik[i]!);
      if (!(value >= -ZERO_STATISTIC) || !hasSupremum(again.status[at]!)) return;
      statistic[i] = value;
      largerStatus[i] = again.status[at]!;
      repaired[i] = 1;
    });
  }
  for (let i = 0; i < count; i++) {
    statistic[i] = hasSupremum(small.status[i]!) && hasSupremum(largerStatus[i]!) && statistic[i]! >= -ZERO_STATISTIC ? Math.max(0, statistic[i]!) : NaN;
  }
  return { statistic, smallerStatus: small.status, largerStatus, repaired, backend: combineBackends([small.backend, large.backend]) };
}

/** Where the larger model starts: at the truth, but for variances that are zero there, which is no place to leave from. */
function startUnderTheNull({ smaller, larger, nesting }: NullModels): Float64Array {
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
  { smaller, larger, nesting }: NullModels, replicates: readonly number[], response: Float64Array, small: BatchFit, options: FitBatchOptions,
): Promise<BatchFit> {
  const n = smaller.frame.design.nobs;
  const k = larger.params.length;
  const own = new Float64Array(replicates.length * n);
  const start = new Float64Array(replicates.length * k);
  replicates.forEach((i, at) => {
    own.set(response.subarray(i * n, (i + 1) * n), at * n);
    start.set(nesting.embed(Float64Array.from(small.params, (column) => column[i]!))!, at * k);
  });
  return fitBatch(larger.frame.design, { nModels: replicates.length, response: own, start }, { ...settingsOptions(larger.settings), ...options });
}

function join(parts: readonly LrtReplicates[]): LrtReplicates {
  const bytes = (pick: (part: LrtReplicates) => Uint8Array): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...pick(part)]));
  return {
    statistic: Float64Array.from(parts.flatMap((part) => [...part.statistic])),
    smallerStatus: bytes((part) => part.smallerStatus), largerStatus: bytes((part) => part.largerStatus), repaired: bytes((part) => part.repaired),
    backend: combineBackends(parts.map((part) => part.backend)),
  };
}
