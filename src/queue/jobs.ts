/** The queue of jobs: each is a range of replicates of a study on Redis. The jobs themselves hold no data. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Range } from '../fit/batch-ranges.js';
import { optional } from './connection.js';
import type { RemoteAbout } from './remote-study.js';

/** What a job is. */
export interface RangeJob extends Range {
  readonly study: string;
}

export const QUEUE_NAME = 'ranges';
export const QUEUE_PREFIX = 'glmmgpu:queue';
/** A job that threw is tried again, elsewhere or here; one whose worker died is not counted. */
const ATTEMPTS = 3;
const RETRY_MILLISECONDS = 1000;

export async function openQueue(redis: Redis): Promise<Queue<RangeJob>> {
  const { Queue } = await optional(() => import('bullmq'));
  return new Queue<RangeJob>(QUEUE_NAME, { connection: redis, prefix: QUEUE_PREFIX });
}

/** Adds the jobs of a study: its missing replicates cut into pieces of at most `size`. Jobs that wait or run already are left alone, those that were given up begin anew. */
export async function addJobs(queue: Queue<RangeJob>, { id, expiry }: RemoteAbout, missing: readonly Range[], size: number): Promise<number> {
  const jobs = missing.flatMap(({ from, to }) => Array.from({ length: Math.ceil((to - from) / size) }, (_, i) => {
    const begin = from + i * size;
    return { study: id, from: begin, to: Math.min(begin + size, to) };
  }));
  for (const job of await queue.getFailed()) if (job.data.study === id) await job.remove();
  await queue.addBulk(jobs.map((data) => ({
    name: 'range', data,
    opts: {
      jobId: `${data.study}-${data.from}-${data.to}`, attempts: ATTEMPTS, backoff: { type: 'fixed', delay: RETRY_MILLISECONDS },
      removeOnComplete: true, removeOnFail: { age: expiry },
    },
  })));
  return jobs.length;
}

/** Jobs of a study that were given up, with the reasons. */
export async function failedJobs(queue: Queue<RangeJob>, study: string): Promise<{ range: Range; reason: string }[]> {
  const failed = await queue.getFailed();
  return failed.filter(({ data }) => data.study === study).map(({ data: { from, to }, failedReason }) => ({ range: { from, to }, reason: failedReason }))
    .sort((a, b) => a.range.from - b.range.from);
}
