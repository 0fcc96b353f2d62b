/** `glmmgpu queue submit`: a study and its missing replicates, for any number of workers. */
import { checkStudyFolder, openStudyFolder, refuseStopping } from '../durable/study-folder.js';
import { OptionError } from '../errors.js';
import { addJobs } from '../queue/jobs.js';
import { type RemoteAbout, putStudy } from '../queue/remote-study.js';
import { formatCount } from '../report/format-numbers.js';
import { countRanges } from '../studies/ranges.js';
import { checkJson, deliverJson, folderMode, printer } from './durable-command.js';
import { durableCommand } from './durable-commands.js';
import type { DurableArguments } from './options.js';
import { type RedisArguments, shortId, withRedis } from './queue-redis.js';

/** What commander hands to `queue submit`, besides the options of the study. */
export interface SubmitArguments extends RedisArguments, Pick<DurableArguments, 'json' | 'force' | 'resume' | 'out'> {
  readonly jobSize?: number;
  readonly expire: number;
}

const SECONDS_PER_DAY = 86_400;
/** Jobs of a study unless `--job-size` says otherwise: enough for many machines, few enough to be long against their messages. */
const JOBS = 500;

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
    refuseStopping(record.study);
    if (heading !== null) printer(json)(`${heading}\n`);
    const folder = await openStudyFolder(out, record, folderOptions);
    await folder.close();
    const { id, version, stage, total } = folder.manifest;
    const about: RemoteAbout = { id, version, kind, stage, total, expiry: Math.ceil(expire * SECONDS_PER_DAY) };
    await putStudy(redis, about, record.study.spec);
    const jobs = await addJobs(queue, about, folder.missing, jobSize ?? Math.ceil(total / JOBS));
    printer(json)(`Submitted study ${shortId(id)}: ${formatCount(countRanges(folder.missing))} replicates in ${formatCount(jobs)} jobs.\n`
      + `On any machine: glmmgpu queue worker. Here, for the results: glmmgpu queue collect ${out} --wait`);
    await deliverJson({ id, total, jobs, folder: out }, json);
  });
}
