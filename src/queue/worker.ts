/** A worker: takes jobs from the queue one by one until it is told to stop. */
import type { Job, WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { encodePart } from '../durable/part-file.js';
import { type EngineOptions, createEngine } from '../fit/engine.js';
import { openStudy } from '../studies/registry.js';
import type { Study } from '../studies/study.js';
import { QueueError, optional } from './connection.js';
import { QUEUE_NAME, QUEUE_PREFIX, type RangeJob } from './jobs.js';
import { type RemoteAbout, getAbout, getSpec, hasPart, putPart } from './remote-study.js';

export interface QueueWorkerOptions {
  readonly engine: EngineOptions;
  /** Version of this package: studies of others are refused. */
  readonly version: string;
  /** Seconds without a sign of life after which the job of a worker goes to another one. */
  readonly stalledAfter: number;
  /** Seconds without a job after which the worker ends; Infinity: never. */
  readonly idle: number;
  readonly signal: AbortSignal;
  /** Told when a job begins, goes on and ends. */
  readonly onJob: (event: JobEvent) => void;
}

export interface JobEvent {
  readonly about: RemoteAbout;
  readonly job: RangeJob;
  /** Replicates of the job that are done. */
  readonly done: number;
}

/** A job whose worker died this often is given up: it kills its workers. */
const MOST_DEATHS = 10;
/** Milliseconds between two looks at the clock. */
const TICK = 250;

/**
 * Works until the signal aborts, which gives the job in hand back, or nothing has come for the idle time.
 * @throws QueueError at a study of another version of the program; its job is given back.
 */
export async function runQueueWorker(redis: Redis, options: QueueWorkerOptions): Promise<void> {
  const { Worker, WaitingError } = await optional(() => import('bullmq'));
  const { signal, idle, stalledAfter, version, onJob } = options;
  const engine = await createEngine(options.engine);
  let busy = false;
  let since = performance.now();
  let refusal = null as QueueError | null;
  let current: { about: RemoteAbout; study: Study } | null = null;

  const open = async (id: string): Promise<typeof current> => {
    if (current?.about.id === id) return current;
    const [about, spec] = await Promise.all([getAbout(redis, id), getSpec(redis, id)]);
    if (about === null || spec === null) return null;
    if (about.version !== version) throw new QueueError(`the queue holds a study of glmmgpu ${about.version}, and this worker is ${version}; its job was given back: start a worker of that version`);
    return (current = { about, study: openStudy(spec) });
  };
  const giveBack = async (job: Job<RangeJob>, token?: string): Promise<never> => {
    await job.moveToWait(token);
    throw new WaitingError();
  };
  const process = async (job: Job<RangeJob>, token?: string): Promise<void> => {
    const { study: id, from, to } = job.data;
    const range = { from, to };
    const opened = await open(id).catch((error: unknown) => {
      if (!(error instanceof QueueError)) throw error;
      refusal = error;
      // No further job is taken, which would be the same one again.
      void worker.close();
      return giveBack(job, token);
    });
    // Collected, expired, or done by a worker that was thought dead.
    if (opened === null || (await getAbout(redis, id)) === null || (await hasPart(redis, id, range))) return;
    const { about, study } = opened;
    const report = (done: number): void => { onJob({ about, job: job.data, done }); };
    report(0);
    const begin = performance.now();
    try {
      const result = await study.run(range, { engine, signal, onProgress: report });
      const seconds = (performance.now() - begin) / 1000;
      await putPart(redis, about, range, await encodePart(id, study.columns, { ...result, ...range, seconds }));
      report(to - from);
    } catch (error) {
      if (!signal.aborted) throw error;
      await giveBack(job, token);
    }
  };

  const settings: WorkerOptions = {
    connection: redis, prefix: QUEUE_PREFIX, lockDuration: 1000 * stalledAfter, stalledInterval: 1000 * stalledAfter, maxStalledCount: MOST_DEATHS,
  };
  const worker = new Worker<RangeJob>(QUEUE_NAME, async (job, token) => {
    busy = true;
    try {
      await process(job, token);
    } finally {
      busy = false;
      since = performance.now();
    }
  }, settings);
  // A connection that breaks is made again; whoever waits for the results sees that nothing comes.
  worker.on('error', () => undefined);
  try {
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (!signal.aborted && refusal === null && (busy || performance.now() - since < 1000 * idle)) return;
        clearInterval(timer);
        resolve();
      }, TICK);
    });
  } finally {
    await worker.close();
    await engine.dispose();
  }
  if (refusal !== null) throw refusal;
}
