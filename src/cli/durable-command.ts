/** What the commands share whose study can be kept in a folder: parts, shards, resumption, reports at the end. */
import type { StudyRecord } from '../durable/manifest.js';
import { type FolderMode, type StudyFolder, checkStudyFolder, openStudyFolder } from '../durable/study-folder.js';
import { OptionError } from '../errors.js';
import { type CsvRow, csvText } from '../report/csv-text.js';
import { formatCount } from '../report/format-numbers.js';
import { jsonText } from '../report/intervals-table.js';
import { memoryStore } from '../studies/memory-store.js';
import { type StudyStore, runStudy } from '../studies/run-study.js';
import type { StudyResults, StudySpec } from '../studies/study.js';
import { checkWritable, writeOutput } from './files.js';
import { interruptible } from './interrupt.js';
import type { DurableArguments } from './options.js';
import { createProgress } from './progress-bar.js';

/** A study on the command line: made from data and options, reported from its results alone, here or where they were put together. */
export interface DurableCommand<Arguments> {
  /** Names of the files that `report` makes. */
  readonly reports: readonly string[];
  /** From the data to the study, with the text that is printed before its replicates are computed, if any. */
  prepare(path: string, options: Arguments): Promise<{ readonly record: StudyRecord; readonly heading: string | null }>;
  /** What is made of the finished results; `context` is the one of the record. */
  report(spec: StudySpec, context: object, results: StudyResults): Promise<DurableReport>;
}

export interface DurableReport {
  /** Printed on standard output. */
  readonly text: string;
  /** Written by `--json`. */
  readonly json: object;
  /** Written by `--csv`. */
  readonly rows: readonly CsvRow[];
  /** Files of the output folder, besides the replicates. */
  readonly files: ReadonlyMap<string, string>;
}

/** A report whose files are its table and its JSON, by the name of the command. */
export function tableReport(name: string, text: string, json: object, rows: readonly CsvRow[]): DurableReport {
  return { text, json, rows, files: new Map([[`${name}.csv`, csvText(rows)], [`${name}.json`, jsonText(json)]]) };
}

/** Runs a study from the command line to its reports. */
export async function runDurableCommand<Arguments extends DurableArguments>(command: DurableCommand<Arguments>, path: string, options: Arguments): Promise<void> {
  const { json, csv, out, shard } = options;
  const announce = (heading: string | null): void => {
    if (heading !== null) printer(json)(`${heading}\n`);
  };
  // Whatever would make the results unwritable is found before the long work.
  await checkJson(json);
  if (csv !== undefined) await checkWritable(csv);
  if (csv !== undefined && shard !== undefined) throw new OptionError('a shard has no table of results; leave out --csv');
  if (out === undefined) {
    for (const name of ['resume', 'shard'] as const) if (options[name] !== undefined) throw new OptionError(`--${name} needs the folder of the run; add --out <folder>`);
    const { record, heading } = await command.prepare(path, options);
    announce(heading);
    const store = memoryStore(record.study);
    await compute(record, store, options, () => 'nothing was written');
    await deliver(await command.report(record.study.spec, record.context, store), options);
    return;
  }
  const folderOptions = { mode: folderMode(options), shard: shard ?? null, reports: command.reports };
  await checkStudyFolder(out, folderOptions);
  const { record, heading } = await command.prepare(path, options);
  announce(heading);
  const folder = await openStudyFolder(out, record, folderOptions);
  try {
    for (const note of folder.notes) process.stderr.write(`glmmgpu: ${note}\n`);
    await compute(record, folder, options, () => `${formatCount(folder.results().total)} of ${formatCount(folder.range.to - folder.range.from)} replicates are in '${out}'; go on with --resume`);
    if (shard === undefined) await finishStudy(command, folder, record.study.spec, record.context, out, options);
    else await deliverShard(folder, out, json);
  } finally {
    await folder.close();
  }
}

/** Makes the reports of a complete folder, writes them into it and prints them. */
export async function finishStudy(
  command: Pick<DurableCommand<never>, 'report'>, folder: StudyFolder, spec: StudySpec, context: object, out: string, written: Pick<DurableArguments, 'json' | 'csv'>,
): Promise<void> {
  const report = await command.report(spec, context, folder.results());
  const names = await folder.finish(report.files);
  await deliver(report, written, `Written to ${out}: ${names.join(', ')}`);
}

/** `--json -` silences all other output. */
export function printer(json: string | undefined): (text: string) => void {
  return (text) => {
    if (json !== '-') process.stdout.write(`${text}\n`);
  };
}

/** Finds out before long work whether the file of `--json` can be written. */
export async function checkJson(json: string | undefined): Promise<void> {
  if (json !== undefined && json !== '-') await checkWritable(json);
}

/** What `--resume` and `--force` mean for the output folder. */
export function folderMode({ resume, force }: Pick<DurableArguments, 'resume' | 'force'>): FolderMode {
  if (resume === true && force === true) throw new OptionError('--resume goes on with a run and --force replaces it; use one of them');
  return resume === true ? 'resume' : force === true ? 'replace' : 'new';
}

async function compute({ study, stage }: StudyRecord, store: StudyStore, options: DurableArguments, kept: () => string): Promise<void> {
  const { backend, workers, partSize } = options;
  const progress = createProgress(options.progress);
  try {
    await interruptible((signal) => runStudy(study, store, {
      backend, signal, stage,
      ...(workers === undefined ? {} : { workers }),
      ...(partSize === undefined ? {} : { partSize }),
      onProgress: (report) => { progress.update(report); },
    }), kept);
  } finally {
    progress.stop();
  }
}

async function deliver(report: DurableReport, { json, csv }: Pick<DurableArguments, 'json' | 'csv'>, remark?: string): Promise<void> {
  const print = printer(json);
  print(report.text);
  if (remark !== undefined) print(remark);
  await deliverJson(report.json, json);
  if (csv !== undefined) await writeOutput(csv, csvText(report.rows));
}

/** Writes what `--json` asks for. */
export async function deliverJson(value: object, json: string | undefined): Promise<void> {
  if (json === '-') process.stdout.write(jsonText(value));
  else if (json !== undefined) await writeOutput(json, jsonText(value));
}

async function deliverShard({ manifest: { shard, total }, range }: StudyFolder, out: string, json: string | undefined): Promise<void> {
  const isEmpty = range.from === range.to;
  const held = isEmpty
    ? ` is empty: there are only ${formatCount(total)} replicates for ${formatCount(shard!.of)} shards; its folder is ${out}`
    : `: replicates ${formatCount(range.from + 1)} to ${formatCount(range.to)} of ${formatCount(total)} are in ${out}`;
  printer(json)(`Shard ${shard!.index} of ${shard!.of}${held}.\n`
    + 'When all shards are done: glmmgpu merge <folders> --out <folder>');
  await deliverJson({ shard, total, first: isEmpty ? null : range.from + 1, last: isEmpty ? null : range.to, folder: out }, json);
}
