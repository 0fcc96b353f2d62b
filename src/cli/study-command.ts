/** What the commands that fit a model many times share: progress, Ctrl-C, text on the terminal, JSON and CSV files. */
import type { Command } from 'commander';
import type { BackendChoice } from '../fit/options.js';
import type { Progress } from '../fit/types.js';
import { type CsvRow, csvText } from '../report/csv-text.js';
import { jsonText } from '../report/intervals-table.js';
import { checkWritable, writeOutput } from './files.js';
import { interruptible } from './interrupt.js';
import { csvOption, progressOption, workersOption } from './options.js';
import { type ProgressStyle, createProgress } from './progress-bar.js';

/** What commander hands to every such command besides the model. */
export interface StudyArguments {
  readonly backend: BackendChoice;
  readonly workers?: number;
  readonly json?: string;
  readonly csv?: string;
  readonly progress: ProgressStyle;
}

/** Options of a study that the command passes on. */
export interface StudyHooks {
  readonly backend: BackendChoice;
  readonly workers?: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

export interface StudySteps<Result> {
  run(hooks: StudyHooks): Promise<Result>;
  /** The result on the terminal. */
  text(result: Result): string;
  json(result: Result): unknown;
  /** Rows of the CSV file. */
  rows(result: Result): readonly CsvRow[];
  /** Further files of the command by path. */
  files?(result: Result): Promise<ReadonlyMap<string, string>>;
}

/** Adds `--workers`, `--progress` and `--csv` to a command that has the options of a model. */
export function addStudyOptions(command: Command): Command {
  return command
    .optionsGroup('Output:').addOption(csvOption())
    .optionsGroup('Running:').addOption(workersOption()).addOption(progressOption())
    .optionsGroup('Options:');
}

/** Runs a study and writes what was asked for; with `--json -` nothing but the JSON is printed. */
export async function studyCommand<Result>(options: StudyArguments, steps: StudySteps<Result>, paths: readonly string[] = []): Promise<void> {
  const { json, csv, backend, workers } = options;
  // Whatever would make the results unwritable is found before the long work.
  for (const path of [json, csv, ...paths]) if (path !== undefined && path !== '-') await checkWritable(path);
  const progress = createProgress(options.progress);
  let result: Result;
  try {
    result = await interruptible((signal) => steps.run({
      backend, ...(workers === undefined ? {} : { workers }), signal, onProgress: (report) => { progress.update(report); },
    }));
  } finally {
    progress.stop();
  }
  if (json === '-') process.stdout.write(jsonText(steps.json(result)));
  else process.stdout.write(`${steps.text(result)}\n`);
  if (json !== undefined && json !== '-') await writeOutput(json, jsonText(steps.json(result)));
  if (csv !== undefined) await writeOutput(csv, csvText(steps.rows(result)));
  for (const [path, text] of (await steps.files?.(result)) ?? []) await writeOutput(path, text);
}
