/** `glmmgpu queue collect`: from the server into the folder that `queue submit` made. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { FileError } from '../durable/file-error.js';
import { type StudyFolder, openStudyFolder, readStudyFolder } from '../durable/study-folder.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Range } from '../fit/batch-ranges.js';
import { QueueError } from '../queue/connection.js';
import { type RangeJob, addJobs, failedJobs } from '../queue/jobs.js';
import { doneRanges, dropPart, getAbout, getPart, removeStudy } from '../queue/remote-study.js';
import { formatCount } from '../report/format-numbers.js';
import { countRanges } from '../studies/ranges.js';
import { openStudy } from '../studies/registry.js';
import { checkJson, finishStudy } from './durable-command.js';
import { durableCommand } from './durable-commands.js';
import { interruptible } from './interrupt.js';
import { type ProgressStyle, createProgress } from './progress-bar.js';
import { type RedisArguments, shortId, withRedis } from './queue-redis.js';

/** What commander hands to `queue collect`. */
export interface CollectArguments extends RedisArguments {
  readonly wait?: boolean;
  readonly json?: string;
  readonly progress: ProgressStyle;
}

/** Milliseconds between two looks for new parts. */
const POLL = 1000;

/** Fetches the parts that are done into the folder of the study; when all are there, makes the reports and clears the server. */
export async function collectCommand(path: string, options: CollectArguments): Promise<void> {
  const { json, wait } = options;
  await checkJson(json);
  const { manifest: { kind, stage, options: studyOptions, data, context }, spec } = await readStudyFolder(path);
  const record = { study: openStudy(spec), stage, options: studyOptions, data, context };
  const command = await durableCommand(kind);
  await withRedis(options.redis, async (redis, queue) => {
    const folder = await openStudyFolder(path, record, { mode: 'resume', reports: command.reports });
    const progress = createProgress(options.progress);
    try {
      const meter = new ProgressMeter(stage, record.study.total, (report) => { progress.update(report); }, record.study.total - countRanges(folder.missing));
      await interruptible(async (signal) => {
        while (await fetchParts(redis, queue, folder, () => { meter.reach(record.study.total - countRanges(folder.missing)); })) {
          if (wait !== true) throw new QueueError(`${formatCount(countRanges(folder.missing))} of ${formatCount(record.study.total)} replicates are not done yet; collect again later, or add --wait`);
          await sleep(POLL, undefined, { signal });
        }
      }, () => `what is done is in '${path}'; collect again for the rest`);
      progress.stop();
      await finishStudy(command, folder, spec, context, path, { ...(json === undefined ? {} : { json }) });
      await removeStudy(redis, folder.manifest.id);
    } finally {
      progress.stop();
      await folder.close();
    }
  });
}

/** Whether anything is still missing after all that is done was fetched. @throws QueueError when it will never come. */
async function fetchParts(redis: Redis, queue: Queue<RangeJob>, folder: StudyFolder, onPart: () => void): Promise<boolean> {
  if (countRanges(folder.missing) === 0) return false;
  const { id } = folder.manifest;
  const about = await getAbout(redis, id);
  for (const range of await doneRanges(redis, id)) {
    if (!isMissing(folder, range)) continue;
    const part = await getPart(redis, id, range);
    try {
      if (part !== null) await folder.add(part.name, part.bytes);
    } catch (error) {
      // A part that came damaged is computed again.
      if (!(error instanceof FileError) || about === null) throw error;
      await dropPart(redis, id, range);
      await addJobs(queue, about, [range], range.to - range.from);
    }
    onPart();
  }
  if (countRanges(folder.missing) === 0) return false;
  if (about === null) throw new QueueError(`the server does not know study ${shortId(id)}, or has forgotten it; submit it again with --resume, or go on here with --resume`);
  const [failure] = await failedJobs(queue, id);
  if (failure !== undefined) {
    const { range: { from, to }, reason } = failure;
    throw new QueueError(`replicates ${from + 1} to ${to} were given up: ${reason}; submit the study again with --resume`);
  }
  return true;
}

const isMissing = ({ missing: gaps }: StudyFolder, { from, to }: Range): boolean => gaps.some((gap) => gap.from <= from && to <= gap.to);
