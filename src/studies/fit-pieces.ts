/** Fits many models of which not all data are in memory at once. */
import { createColumns } from '../fit/batch-chunk.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import { type Engine, createEngine } from '../fit/engine.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import type { Progress } from '../fit/types.js';
import type { Batch } from '../model/batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import type { Design } from '../model/design.js';
import type { BackendReport } from '../objective/backend.js';
import { combineBackends } from './combine-backends.js';

/** Numbers of data held at once, 32 MiB of them. */
const NUMBERS_AT_ONCE = 2 ** 22;

/** Models [from, to) in pieces whose data, so many numbers a model, fit in memory. */
export function* pieces(from: number, to: number, numbersPerModel: number, atMost = Infinity): Generator<{ from: number; to: number }> {
  const size = Math.max(1, Math.min(Math.floor(NUMBERS_AT_ONCE / Math.max(1, numbersPerModel)), atMost));
  for (let at = from; at < to; at += size) yield { from: at, to: Math.min(at + size, to) };
}

/** Runs work on the engine of the options, or on one of its own that ends with the work. */
async function withEngine<Result>(options: Pick<FitBatchOptions, 'engine' | 'backend' | 'workers'>, work: (engine: Engine) => Promise<Result>): Promise<Result> {
  if (options.engine !== undefined) return work(options.engine);
  const { backend, workers } = options;
  const engine = await createEngine({ ...(backend === undefined ? {} : { backend }), ...(workers === undefined ? {} : { workers }) });
  try {
    return await work(engine);
  } finally {
    await engine.dispose();
  }
}

/** A receiver of a batch's progress that passes on what was done since its last report. */
export function addingTo(meter: ProgressMeter): (progress: Progress) => void {
  let before = 0;
  return ({ done }) => {
    meter.add(done - before);
    before = done;
  };
}

/**
 * Fits `nModels` models of one design; `batchOf(from, to)` makes the batch of models [from, to) when their turn comes. The same as one
 * `fitBatch` of them all.
 * @param numbersPerModel length of what a model brings of its own (responses, weights, …)
 */
export async function fitPieces(
  design: Design, nModels: number, numbersPerModel: number, batchOf: (from: number, to: number) => Batch, options: FitBatchOptions,
): Promise<BatchFit> {
  const columns = createColumns(design, nModels, (options.standardErrors ?? 'none') !== 'none');
  const meter = new ProgressMeter('fits', nModels, options.onProgress);
  const reports: BackendReport[] = [];
  await withEngine(options, async (engine) => {
    for (const { from, to } of pieces(0, nModels, numbersPerModel)) {
      const fit = await fitBatch(design, batchOf(from, to), { ...options, engine, onProgress: addingTo(meter) });
      columns.params.forEach((column, j) => { column.set(fit.params[j]!, from); });
      columns.standardErrors?.forEach((column, j) => { column.set(fit.standardErrors![j]!, from); });
      for (const name of ['logLik', 'status', 'evaluations', 'decrement'] as const) columns[name].set(fit[name], from);
      reports.push(fit.backend);
    }
  });
  return { nModels, ...columns, backend: combineBackends(reports) };
}
