/** Runs a batch in float64: on the calling thread while that is quickest, else on worker threads. */
import { breathe } from '#platform';
import { type Job, type WorkerPool, WorkerLostError } from '../platform/worker-pool.js';
import type { BatchChunk } from './batch-chunk.js';
import { CpuFitter } from './batch-cpu-fitter.js';
import type { Range, Ranges } from './batch-ranges.js';
import { type BatchRun, ChunkSizer } from './batch-run.js';
import { detachedCopy, sliceBatch } from './batch-slice.js';

/** Where a batch finds its workers. */
export interface CpuThreads {
  readonly workers: number;
  /** Whether workers are running already, so that using them costs nothing. */
  readonly warm: boolean;
  pool(): WorkerPool;
}

/** Seconds a task of a worker should take: long against its 0.1 ms of messages, short enough for progress and cancellation. */
const TASK_SECONDS = 0.05;
/** Seconds of work on the calling thread between two breaths. */
const BREATH_SECONDS = 0.03;
/** The calling thread tries this many rows first; models with more go to workers at once. */
const TRIAL_ROWS = 20_000;
/** Seconds the calling thread works before it looks at what is left. */
const TRIAL_SECONDS = 0.03;
/** Starting workers pays from this many seconds of work on: a thread takes 50 ms to start and about as long to compile the hot loops. */
const WORKERS_FROM_SECONDS = 0.15;
const LARGEST_TASK = 4096;
const ONE_THREAD = '1 thread';
/** The first task, before anything is measured. */
const FIRST_MODELS = 16;
const FIRST_ROWS = 5000;

/** Returns what did the work, in words. */
export async function runOnCpu(run: BatchRun, ranges: Ranges, threads: CpuThreads): Promise<string> {
  const first = Math.max(1, Math.min(FIRST_MODELS, Math.floor(FIRST_ROWS / run.design.nobs)));
  const sizer = new ChunkSizer(TASK_SECONDS, first, LARGEST_TASK, run.chunk);
  const several = threads.workers > 1 && run.batch.nModels > 1;
  const trial = several && !threads.warm && run.design.nobs <= TRIAL_ROWS;
  if (!several || trial) await runHere(run, ranges, sizer, trial ? TRIAL_SECONDS : Infinity);
  if (ranges.left === 0) return ONE_THREAD;
  try {
    await runOnPool(run, ranges, sizer, threads.pool());
    return `${threads.workers} worker threads`;
  } catch (error) {
    if (!(error instanceof WorkerLostError) || error.started) throw error;
    await runHere(run, ranges, sizer, Infinity);
    return `${ONE_THREAD} (${error.message})`;
  }
}

/** Works on the calling thread until all is done, or what is left after `trialSeconds` is worth starting workers for. */
async function runHere(run: BatchRun, ranges: Ranges, sizer: ChunkSizer, trialSeconds: number): Promise<void> {
  const fitter = new CpuFitter(run.design, run.settings);
  try {
    const begin = performance.now();
    let lastBreath = begin;
    for (;;) {
      run.signal?.throwIfAborted();
      const range = ranges.take(run.chunk ?? Math.min(fitter.capacity, sizer.next(Infinity, 1)));
      if (range === null) return;
      const before = performance.now();
      run.done(range, await fitter.fit(sliceBatch(run.design, run.batch, range.from, range.to), run.signal));
      const now = performance.now();
      sizer.measured(range.to - range.from, (now - before) / 1000);
      if (now - begin > 1000 * trialSeconds && ranges.left * sizer.secondsPerModel! > WORKERS_FROM_SECONDS) return;
      if (now - lastBreath > 1000 * BREATH_SECONDS) {
        await breathe();
        lastBreath = performance.now();
      }
    }
  } finally {
    fitter.dispose();
  }
}

async function runOnPool(run: BatchRun, ranges: Ranges, sizer: ChunkSizer, pool: WorkerPool): Promise<void> {
  const { design, settings, signal } = run;
  signal?.throwIfAborted();
  const job = pool.open({ design, settings });
  const abort = (): void => {
    job.cancel(signal!.reason);
  };
  signal?.addEventListener('abort', abort);
  try {
    const lanes = Array.from({ length: pool.size }, () => lane(run, ranges, sizer, job, pool.size));
    await Promise.all(lanes).catch(async (error: unknown) => {
      job.cancel(error);
      await Promise.allSettled(lanes);
      throw error;
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    job.close();
  }
}

async function lane(run: BatchRun, ranges: Ranges, sizer: ChunkSizer, job: Job, lanes: number): Promise<void> {
  for (let range; (range = ranges.take(sizer.next(ranges.left, lanes))) !== null; ) {
    let begin = 0;
    try {
      const chunk = await job.run(() => {
        begin = performance.now();
        return message(run, range!);
      });
      sizer.measured(range.to - range.from, (performance.now() - begin) / 1000);
      run.done(range, chunk as BatchChunk);
    } catch (error) {
      ranges.giveBack(range);
      throw error;
    }
  }
}

function message({ design, batch }: BatchRun, { from, to }: Range): { task: unknown; transfer: ArrayBuffer[] } {
  const { batch: task, transfer } = detachedCopy(sliceBatch(design, batch, from, to));
  return { task, transfer };
}
