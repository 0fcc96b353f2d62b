/** `glmmgpu merge`: the folders of all shards of a study become the folder of the study, with the reports of a run on one machine. */
import { copyParts, readShards } from '../durable/merge-shards.js';
import { openStudyFolder } from '../durable/study-folder.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import { checkJson, finishStudy } from './durable-command.js';
import { durableCommand } from './durable-commands.js';
import { type ProgressStyle, createProgress } from './progress-bar.js';

/** What commander hands to `merge`. */
export interface MergeArguments {
  readonly out: string;
  readonly force?: boolean;
  readonly json?: string;
  readonly progress: ProgressStyle;
}

export async function mergeCommand(paths: readonly string[], { out, force, json, progress: style }: MergeArguments): Promise<void> {
  await checkJson(json);
  const shards = await readShards(paths);
  const { study, context } = shards.record;
  const command = await durableCommand(study.spec.kind);
  const folder = await openStudyFolder(out, shards.record, { mode: force === true ? 'replace' : 'new', reports: command.reports });
  const progress = createProgress(style);
  try {
    const meter = new ProgressMeter('merged', study.total, (report) => { progress.update(report); });
    await copyParts(shards, folder, (done) => { meter.reach(done); });
    progress.stop();
    await finishStudy(command, folder, study.spec, context, out, { ...(json === undefined ? {} : { json }) });
  } finally {
    progress.stop();
    await folder.close();
  }
}
