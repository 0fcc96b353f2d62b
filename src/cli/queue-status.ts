/** `glmmgpu queue status`: the studies on a server, seen from anywhere. */
import { failedJobs } from '../queue/jobs.js';
import { doneRanges, listStudies } from '../queue/remote-study.js';
import { formatQueue } from '../report/format-queue.js';
import { countRanges } from '../studies/ranges.js';
import { checkJson, deliverJson, printer } from './durable-command.js';
import { type RedisArguments, withRedis } from './queue-redis.js';

/** What commander hands to `queue status`. */
export interface StatusArguments extends RedisArguments {
  readonly json?: string;
}

/** Says how far each study on the server is. */
export async function statusCommand({ redis: url, json }: StatusArguments): Promise<void> {
  await checkJson(json);
  await withRedis(url, async (redis, queue) => {
    const running = await queue.getActive();
    const studies = await Promise.all((await listStudies(redis)).map(async ({ id, kind, stage, total }) => ({
      id, kind, stage, total,
      done: countRanges(await doneRanges(redis, id)),
      running: running.filter(({ data }) => data.study === id).length,
      failed: await failedJobs(queue, id),
    })));
    const report = { workers: await queue.getWorkersCount(), studies };
    printer(json)(formatQueue(report));
    await deliverJson(report, json);
  });
}
