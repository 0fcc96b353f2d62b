/** Runs what is missing of a study, part by part, into a store: memory (`memory-store.ts`), or a folder of files in Node (`src/durable/`). */
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Range } from '../fit/batch-ranges.js';
import { type Engine, createEngine } from '../fit/engine.js';
import type { BackendChoice } from '../fit/options.js';
import type { Progress } from '../fit/types.js';
import type { Study, StudyPart } from './study.js';

/** Where parts go. */
export interface StudyStore {
  /** Replicates this store is for: all of the study, or a shard. */
  readonly range: Range;
  /** What of it is not there yet: ascending, without overlap. */
  readonly missing: readonly Range[];
  /** Keeps a part for good before it resolves. */
  write(part: StudyPart): Promise<void>;
}

export interface RunStudyOptions {
  readonly backend?: BackendChoice;
  /** Worker threads of the float64 path; default all cores. */
  readonly workers?: number;
  /** Threads and device to use and keep; `workers` and `backend` are then the engine's. */
  readonly engine?: Engine;
  /** Replicates of a part; default: as many as take about five seconds. Results do not depend on it. */
  readonly partSize?: number;
  /** Word for the replicates in progress reports; default `replicates`. */
  readonly stage?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting rejects with the signal's reason; the parts written so far stay. */
  readonly signal?: AbortSignal;
}

/** What is lost when a run is killed. */
const PART_SECONDS = 5;
/** The first part, before anything is measured. */
const FIRST_PART = 256;
/** A part grows at most this much from one to the next. */
const GROWTH = 8;
/** Bounds the memory: with ten columns 21 MB of numbers. */
const LARGEST_PART = 2 ** 18;

const OPTION_NAMES = { backend: true, workers: true, engine: true, partSize: true, stage: true, onProgress: true, signal: true } as const satisfies Record<keyof RunStudyOptions, true>;

/**
 * Computes the missing replicates of a study and writes them to the store, in ascending order.
 * @throws what the store throws when it cannot write; the signal's reason when aborted.
 */
export async function runStudy(study: Study, store: StudyStore, options: RunStudyOptions = {}): Promise<void> {
  checkArgument('runStudy', study, ['columns', 'total'], 'a study', 'bootstrapStudy makes one');
  checkArgument('runStudy', store, ['range', 'missing'], 'a store', 'memoryStore(study) makes one');
  checkOptionNames(options, OPTION_NAMES, 'runStudy');
  const { backend, workers, signal, onProgress, partSize, stage = 'replicates' } = options;
  const { range, missing } = store;
  const left = missing.reduce((sum, { from, to }) => sum + to - from, 0);
  const meter = new ProgressMeter(stage, range.to - range.from, onProgress, range.to - range.from - left);
  if (left === 0) return;
  const engine = options.engine ?? await createEngine({ ...(backend === undefined ? {} : { backend }), ...(workers === undefined ? {} : { workers }) });
  try {
    let size = partSize ?? FIRST_PART;
    for (const gap of missing) {
      for (let from = gap.from; from < gap.to;) {
        signal?.throwIfAborted();
        const to = Math.min(from + size, gap.to);
        const before = meter.done;
        const begin = performance.now();
        const result = await study.run({ from, to }, { engine, signal, onProgress: (done) => { meter.reach(before + done); } });
        const seconds = (performance.now() - begin) / 1000;
        await store.write({ ...result, from, to, seconds });
        meter.reach(before + to - from);
        size = partSize ?? Math.max(1, Math.min(Math.round(((to - from) * PART_SECONDS) / seconds), GROWTH * size, LARGEST_PART));
        from = to;
      }
    }
  } finally {
    if (options.engine === undefined) await engine.dispose();
  }
}
