/** `glmmgpu queue worker`: one of any number of processes that compute what was submitted. */
import { packageVersion } from '../durable/version.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { BackendChoice } from '../fit/options.js';
import type { RangeJob } from '../queue/jobs.js';
import { type JobEvent, runQueueWorker } from '../queue/worker.js';
import { interruptible } from './interrupt.js';
import { type ProgressStyle, createProgress } from './progress-bar.js';
import { type RedisArguments, shortId, withRedis } from './queue-redis.js';

/** What commander hands to `queue worker`. */
export interface WorkerArguments extends RedisArguments {
  readonly backend: BackendChoice;
  readonly workers?: number;
  readonly stalledAfter: number;
  readonly idle?: number;
  readonly progress: ProgressStyle;
}

/** Computes jobs until Ctrl-C, which gives the job in hand back, or until none has come for a while. */
export async function workerCommand({ redis: url, backend, workers, stalledAfter, idle, progress: style }: WorkerArguments): Promise<void> {
  const progress = createProgress(style);
  let current: RangeJob | null = null;
  let meter: ProgressMeter | null = null;
  const onJob = ({ about, job, done }: JobEvent): void => {
    if (job !== current) meter = new ProgressMeter(`${about.stage} of study ${shortId(about.id)}`, job.to - job.from, (report) => { progress.update(report); });
    current = job;
    meter!.reach(done);
  };
  try {
    await withRedis(url, (redis) => interruptible((signal) => runQueueWorker(redis, {
      engine: { backend, ...(workers === undefined ? {} : { workers }) }, version: packageVersion(), stalledAfter, idle: idle ?? Infinity, signal, onJob,
    })));
  } finally {
    progress.stop();
  }
}
