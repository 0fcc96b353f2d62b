/** Runs what is missing of a study, part by part, into a store: memory (`memory-store.ts`), or a folder of files in Node (`src/durable/`). */
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Range } from '../fit/batch-ranges.js';
import { type Engine, createEngine } from '../fit/engine.js';
import type { BackendChoice } from '../fit/options.js';
import type { Progress } from '../fit/types.js';
import { columnIndex, joinColumn, memoryStore } from './memory-store.js';
import { countRanges } from './ranges.js';
import type { RangeResult, Study, StudyPart, StudyResults } from './study.js';

/** Where parts go. */
export interface StudyStore {
  /** Replicates this store is for: all of the study, or a shard. */
  readonly range: Range;
  /** What of it is needed and not there yet: ascending, without overlap. */
  readonly missing: readonly Range[];
  /** Keeps a part for good before it resolves. */
  write(part: StudyPart): Promise<void>;
  /** Tells it which replicates are not needed, in place of what it was told before; those that are there are no results any more. */
  leaveOut(needless: readonly Range[]): void;
  /** What is there so far. */
  results(): StudyResults;
}

/** Where a study is computed, and in which parts. */
export interface RunStudyOptions {
  readonly backend?: BackendChoice;
  /** Worker threads of the float64 path; default all cores. */
  readonly workers?: number;
  /** Threads and device to use and keep; `workers` and `backend` are then the engine's. */
  readonly engine?: Engine;
  /** Replicates of a part; default: as many as take `partSeconds`. Results do not depend on it. */
  readonly partSize?: number;
  /** What is lost when a run is killed, and how often there is something new to look at; default 5. */
  readonly partSeconds?: number;
  /** Word for the replicates in progress reports; default `replicates`. */
  readonly stage?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Aborting rejects with the signal's reason; the parts written so far stay. */
  readonly signal?: AbortSignal;
}

const PART_SECONDS = 5;
/** The first part, before anything is measured: a replicate may be a hundred fits. */
const FIRST_PART = 32;
/** A part grows at most this much from one to the next. */
const GROWTH = 8;
/** Bounds the memory: with ten columns 21 MB of numbers. */
const LARGEST_PART = 2 ** 18;

/** Options of studies that are computed in memory. */
export type StudyRunOptions = Omit<RunStudyOptions, 'partSize' | 'partSeconds' | 'stage'>;

/** Their names, for checks of options. */
export const STUDY_RUN_OPTIONS = { backend: true, workers: true, engine: true, onProgress: true, signal: true } as const satisfies Record<keyof StudyRunOptions, true>;
const OPTION_NAMES = { ...STUDY_RUN_OPTIONS, partSize: true, partSeconds: true, stage: true } as const satisfies Record<keyof RunStudyOptions, true>;

/**
 * Computes the missing replicates of a study and writes them to the store, in ascending order.
 * @throws OptionError for a size of parts that is no positive integer; what the store throws when it cannot write; the signal's reason when aborted.
 */
export async function runStudy(study: Study, store: StudyStore, options: RunStudyOptions = {}): Promise<void> {
  checkArgument('runStudy', study, ['columns', 'total'], 'a study', 'bootstrapStudy makes one');
  checkArgument('runStudy', store, ['range', 'missing'], 'a store', 'memoryStore(study) makes one');
  checkOptionNames(options, OPTION_NAMES, 'runStudy');
  const { partSize } = options;
  if (partSize !== undefined && !(Number.isSafeInteger(partSize) && partSize > 0)) throw new OptionError(`partSize must be a positive integer, not ${partSize}`);
  await computeMissing(study, store, options);
}

async function computeMissing(study: Study, store: StudyStore, options: RunStudyOptions): Promise<void> {
  const { backend, workers, signal, onProgress, partSize, partSeconds = PART_SECONDS, stage = 'replicates' } = options;
  const all = countRanges([store.range]);
  const look = store.missing.length === 0 ? () => undefined : await observe(study, store);
  const meter = new ProgressMeter(stage, all, onProgress, all - countRanges(store.missing));
  if (store.missing.length === 0) return;
  const most = Math.min(study.stopping?.look ?? LARGEST_PART, LARGEST_PART);
  const engine = options.engine ?? await createEngine({ ...(backend === undefined ? {} : { backend }), ...(workers === undefined ? {} : { workers }) });
  try {
    let size = Math.min(partSize ?? FIRST_PART, most);
    for (let gap = store.missing[0]; gap !== undefined; gap = store.missing[0]) {
      signal?.throwIfAborted();
      const { from } = gap;
      const to = Math.min(from + size, gap.to);
      const before = meter.done;
      const begin = performance.now();
      const result = await study.run({ from, to }, { engine, signal, onProgress: (done) => { meter.reach(before + done); } });
      const seconds = (performance.now() - begin) / 1000;
      await store.write({ ...result, from, to, seconds });
      look(result);
      meter.reach(all - countRanges(store.missing));
      size = Math.min(partSize ?? Math.max(1, Math.min(Math.round(((to - from) * partSeconds) / seconds), GROWTH * size)), most);
    }
  } finally {
    if (options.engine === undefined) await engine.dispose();
  }
}

/** Looks at what there is, and again at every part that is added: the store is told what can be left out. */
async function observe(study: Study, store: StudyStore): Promise<(part: RangeResult) => void> {
  const { stopping } = study;
  if (stopping === undefined) return () => undefined;
  const results = store.results();
  let seen = await Promise.all(stopping.columns.map((name) => results.column(name)));
  store.leaveOut(stopping.needless(seen));
  return ({ columns }) => {
    const added = stopping.columns.map((name) => columns[columnIndex(study, name)]!);
    seen = seen.map((values, j) => (values.length === 0 ? added[j]! : joinColumn([values, added[j]!])));
    store.leaveOut(stopping.needless(seen));
  };
}

/** Runs a whole study in memory. */
export async function runInMemory(study: Study, options: StudyRunOptions): Promise<StudyResults> {
  const store = memoryStore(study);
  await computeMissing(study, store, options);
  return store;
}
