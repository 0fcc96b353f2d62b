/** Runs a batch in float64: on the calling thread while that is quickest, else on worker threads. */
import { CALLING_THREAD_COMPUTES, breathe } from '#platform';
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
  /** Throws once the threads have been given up. */
  checkAlive(): void;
}

/** Seconds a task of a worker should take: long against its messages, short enough for progress and cancellation. */
const TASK_SECONDS = 0.05;
/** Seconds of work on the calling thread between two breaths: the caller's events wait that long. */
const SLICE_SECONDS = 0.005;
/** The same while workers are there, which wait that long for their next task. Fewer models at a time cost 3 % more (measured). */
const SHARED_SLICE_SECONDS = 0.001;
/** The calling thread takes no part in models of more rows than this, which could hold it up. */
const MOST_ROWS_HERE = 20_000;
/** Seconds the calling thread works before it looks at what is left. */
const TRIAL_SECONDS = 0.1;
/** Starting workers pays from this many seconds of work on: a thread takes 0.1 s to start and about as long to compile the hot loops. */
const WORKERS_FROM_SECONDS = 0.15;
const LARGEST_TASK = 4096;
/** The first task, before anything is measured. */
const FIRST_MODELS = 16;
const FIRST_ROWS = 5000;

/** Returns what did the work, in words. */
export async function runOnCpu(run: BatchRun, ranges: Ranges, threads: CpuThreads): Promise<string> {
  const several = threads.workers > 1 && run.batch.nModels > 1;
  const here = several && run.design.nobs > MOST_ROWS_HERE ? null : new HereRunner(run, ranges, threads);
  try {
    if (!several) await here!.work(() => false);
    else if (!threads.warm) await here?.work(here.worthWorkers());
    if (ranges.left === 0) return threadsInWords(1);
    try {
      await runOnPool(run, ranges, threads, here);
      return threadsInWords(threads.workers);
    } catch (error) {
      threads.checkAlive();
      if (!(error instanceof WorkerLostError) || error.started) throw error;
      await (here ?? new HereRunner(run, ranges, threads)).work(() => false);
      return `${threadsInWords(1)} (${error.message})`;
    }
  } finally {
    here?.dispose();
  }
}

const threadsInWords = (count: number): string => (count === 1 ? '1 thread' : `${count} threads`);

function sizerFor(run: BatchRun): ChunkSizer {
  const first = Math.max(1, Math.min(FIRST_MODELS, Math.floor(FIRST_ROWS / run.design.nobs)));
  return new ChunkSizer(first, LARGEST_TASK, run.chunk);
}

/** Fits ranges on the calling thread, a few models at a time. */
class HereRunner {
  readonly #run: BatchRun;
  readonly #ranges: Ranges;
  readonly #sizer: ChunkSizer;
  readonly #threads: CpuThreads;
  readonly #fitter: CpuFitter;

  constructor(run: BatchRun, ranges: Ranges, threads: CpuThreads) {
    this.#run = run;
    this.#ranges = ranges;
    this.#threads = threads;
    this.#sizer = sizerFor(run);
    this.#fitter = new CpuFitter(run.design, run.settings);
  }

  /** Works until nothing is left or `enough` says so, `seconds` at a time. */
  async work(enough: () => boolean, seconds = SLICE_SECONDS): Promise<void> {
    const { design, batch, signal } = this.#run;
    while (!enough()) {
      signal?.throwIfAborted();
      this.#threads.checkAlive();
      const range = this.#ranges.take(this.#sizer.next(seconds, this.#ranges.left, 1));
      if (range === null) return;
      const begin = performance.now();
      const result = await this.#fitter.fit(sliceBatch(design, batch, range.from, range.to), signal);
      this.#sizer.measured(range.to - range.from, (performance.now() - begin) / 1000);
      this.#run.done(range, result);
      await breathe();
    }
  }

  /** Tells when the calling thread has worked for a while and there is enough left for workers to pay. */
  worthWorkers(): () => boolean {
    const begin = performance.now();
    return () =>
      performance.now() - begin > 1000 * TRIAL_SECONDS && this.#ranges.left * (this.#sizer.secondsPerModel ?? 0) > WORKERS_FROM_SECONDS;
  }

  dispose(): void {
    this.#fitter.dispose();
  }
}

/**
 * Workers, and the calling thread as one of them: its code is compiled already, while a new worker needs about 0.3 s (measured) until
 * its own is. In a page the calling thread only fills the time until the first worker has a result.
 */
async function runOnPool(run: BatchRun, ranges: Ranges, threads: CpuThreads, here: HereRunner | null): Promise<void> {
  const { design, settings, signal } = run;
  signal?.throwIfAborted();
  const helps = here !== null && CALLING_THREAD_COMPUTES;
  const lanes = helps ? threads.workers - 1 : threads.workers;
  const sizer = sizerFor(run);
  const job = threads.pool().open({ design, settings });
  const abort = (): void => {
    job.cancel(signal!.reason);
  };
  signal?.addEventListener('abort', abort);
  let stop = false;
  const onResult = (): void => {
    stop ||= !helps;
  };
  const all = Array.from({ length: lanes }, () => lane(run, ranges, sizer, job, threads.workers, onResult));
  if (here !== null) all.push(here.work(() => stop, SHARED_SLICE_SECONDS));
  try {
    await Promise.all(all);
  } catch (error) {
    stop = true;
    job.cancel(error);
    await Promise.allSettled(all);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    job.close();
  }
}

async function lane(
  run: BatchRun, ranges: Ranges, sizer: ChunkSizer, job: Job, lanes: number, onResult: () => void,
): Promise<void> {
  for (let range; (range = ranges.take(sizer.next(TASK_SECONDS, ranges.left, lanes))) !== null; ) {
    let begin = 0;
    try {
      const chunk = await job.run(() => {
        begin = performance.now();
        return message(run, range);
      });
      onResult();
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
