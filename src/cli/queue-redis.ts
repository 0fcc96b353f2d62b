/** What the commands of `glmmgpu queue` share. */
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectRedis } from '../queue/connection.js';
import { type RangeJob, openQueue } from '../queue/jobs.js';

export interface RedisArguments {
  readonly redis: string;
}

/** Work with a server and its queue, which are left when it ends. */
export async function withRedis(url: string, work: (redis: Redis, queue: Queue<RangeJob>) => Promise<void>): Promise<void> {
  const redis = await connectRedis(url);
  try {
    const queue = await openQueue(redis);
    try {
      await work(redis, queue);
    } finally {
      await queue.close();
    }
  } finally {
    redis.disconnect();
  }
}

/** Enough of an id for a person. */
export function shortId(id: string): string {
  return id.slice(0, 12);
}
