/** `glmmgpu queue submit | worker | status | collect`: a study computed by any number of machines that share a Redis server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { FileError } from '../durable/file-error.js';
import { type StudyFolder, checkStudyFolder, openStudyFolder, readStudyFolder } from '../durable/study-folder.js';
import { packageVersion } from '../durable/version.js';
import { OptionError } from '../errors.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Range } from '../fit/batch-ranges.js';
import type { BackendChoice } from '../fit/options.js';
import { QueueError, connectRedis } from '../queue/connection.js';
import { type RangeJob, addJobs, failedJobs, openQueue } from '../queue/jobs.js';
import { type RemoteAbout, doneRanges, dropPart, getAbout, getPart, listStudies, putStudy, removeStudy } from '../queue/remote-study.js';
import { type JobEvent, runQueueWorker } from '../queue/worker.js';
import { formatCount } from '../report/format-numbers.js';
import { formatQueue } from '../report/format-queue.js';
import { openStudy } from '../studies/registry.js';
import { checkJson, deliverJson, finishStudy, folderMode, printer } from './durable-command.js';
import { durableCommand } from './durable-commands.js';
import { interruptible } from './interrupt.js';
import type { DurableArguments } from './options.js';
import { type ProgressStyle, createProgress } from './progress-bar.js';

interface RedisArguments {
  readonly redis: string;
}

/** What commander hands to `queue submit`, besides the options of the study. */
export interface SubmitArguments extends RedisArguments, Pick<DurableArguments, 'json' | 'force' | 'resume' | 'out'> {
  readonly jobSize?: number;
  readonly expire: number;
}

export interface WorkerArguments extends RedisArguments {
  readonly backend: BackendChoice;
  readonly workers?: number;
  readonly stalledAfter: number;
  readonly idle?: number;
  readonly progress: ProgressStyle;
}

export interface StatusArguments extends RedisArguments {
  readonly json?: string;
}

export interface CollectArguments extends RedisArguments {
  readonly wait?: boolean;
  readonly json?: string;
  readonly progress: ProgressStyle;
}

const SECONDS_PER_DAY = 86_400;
/** Jobs of a study unless `--job-size` says otherwise: enough for many machines, few enough to be long against their messages. */
const JOBS = 500;
/** Milliseconds between two looks for new parts. */
const POLL = 1000;

/** Makes the folder of a study and puts its missing replicates on the queue. */
export async function submitCommand(kind: string, path: string, options: SubmitArguments): Promise<void> {
  const { json, out, jobSize, expire } = options;
  if (out === undefined) throw new OptionError('queue submit needs a folder for the results; add --out <folder>');
  await checkJson(json);
  await withRedis(options.redis, async (redis, queue) => {
    const command = await durableCommand(kind);
    const folderOptions = { mode: folderMode(options), reports: command.reports };
    await checkStudyFolder(out, folderOptions);
    const { record, heading } = await command.prepare(path, options as never);
    printer(json)(`${heading}\n`);
    const folder = await openStudyFolder(out, record, folderOptions);
    await folder.close();
    const { id, version, stage, total } = folder.manifest;
    const about: RemoteAbout = { id, version, kind, stage, total, expiry: Math.ceil(expire * SECONDS_PER_DAY) };
    await putStudy(redis, about, record.study.spec);
    const jobs = await addJobs(queue, about, folder.missing, jobSize ?? Math.ceil(total / JOBS));
    printer(json)(`Submitted study ${shortId(id)}: ${formatCount(missing(folder))} replicates in ${formatCount(jobs)} jobs.\n`
      + `On any machine: glmmgpu queue worker. Here, for the results: glmmgpu queue collect ${out} --wait`);
    await deliverJson({ id, total, jobs, folder: out }, json);
  });
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

/** Says how far each study on the server is. */
export async function statusCommand({ redis: url, json }: StatusArguments): Promise<void> {
  await checkJson(json);
  await withRedis(url, async (redis, queue) => {
    const running = await queue.getActive();
    const studies = await Promise.all((await listStudies(redis)).map(async ({ id, kind, stage, total }) => ({
      id, kind, stage, total,
      done: (await doneRanges(redis, id)).reduce((sum, { from, to }) => sum + to - from, 0),
      running: running.filter(({ data }) => data.study === id).length,
      failed: await failedJobs(queue, id),
    })));
    const report = { workers: await queue.getWorkersCount(), studies };
    printer(json)(formatQueue(report));
    await deliverJson(report, json);
  });
}

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
      const meter = new ProgressMeter(stage, record.study.total, (report) => { progress.update(report); }, record.study.total - missing(folder));
      await interruptible(async (signal) => {
        while (await fetchParts(redis, queue, folder, () => { meter.reach(record.study.total - missing(folder)); })) {
          if (wait !== true) throw new QueueError(`${formatCount(missing(folder))} of ${formatCount(record.study.total)} replicates are not done yet; collect again later, or add --wait`);
          await sleep(POLL, undefined, { signal });
        }
      }, () => `what is done is in '${path}'; collect again for the rest`);
      progress.stop();
      await finishStudy(command, folder, spec, context, path, json);
      await removeStudy(redis, folder.manifest.id);
    } finally {
      progress.stop();
      await folder.close();
    }
  });
}

/** Whether anything is still missing after all that is done was fetched. @throws QueueError when it will never come. */
async function fetchParts(redis: Redis, queue: Queue<RangeJob>, folder: StudyFolder, onPart: () => void): Promise<boolean> {
  if (missing(folder) === 0) return false;
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
  if (missing(folder) === 0) return false;
  if (about === null) throw new QueueError(`the server does not know study ${shortId(id)}, or has forgotten it; submit it again with --resume, or go on here with --resume`);
  const [failure] = await failedJobs(queue, id);
  if (failure !== undefined) {
    const { range: { from, to }, reason } = failure;
    throw new QueueError(`replicates ${from + 1} to ${to} were given up: ${reason}; submit the study again with --resume`);
  }
  return true;
}

async function withRedis(url: string, work: (redis: Redis, queue: Queue<RangeJob>) => Promise<void>): Promise<void> {
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

const missing = ({ missing: gaps }: StudyFolder): number => gaps.reduce((sum, { from, to }) => sum + to - from, 0);

const isMissing = ({ missing: gaps }: StudyFolder, { from, to }: Range): boolean => gaps.some((gap) => gap.from <= from && to <= gap.to);

/** Enough of an id for a person. */
const shortId = (id: string): string => id.slice(0, 12);
