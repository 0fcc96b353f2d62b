/** `glmmgpu bootstrap`: the fitted model, its refits, intervals, and the files of the run. */
import type { GlmmFit } from '../fit/glmm.js';
import type { Bootstrap, IntervalRow } from '../fit/types.js';
import { formatIntervals } from '../report/format-intervals.js';
import { formatBackend, formatSpeed, formatStatusCounts } from '../report/format-run.js';
import { htmlReport } from '../report/html-report.js';
import { intervalsCsv, jsonText } from '../report/intervals-table.js';
import { replicateColumns } from '../studies/replicate-columns.js';
import { parquetBytes } from '../table/write-parquet.js';
import { checkWritable, openOutputFolder, writeOutput } from './files.js';
import { dataName, describeFit, fitModel } from './fit-model.js';
import { interruptible } from './interrupt.js';
import type { BootstrapArguments } from './options.js';
import { packageVersion } from './program.js';
import { createProgressBar } from './progress-bar.js';

const FILES = ['replicates.parquet', 'intervals.csv', 'bootstrap.json', 'fit.json', 'report.html'] as const;

export async function bootstrapCommand(path: string, options: BootstrapArguments): Promise<void> {
  const { json, out } = options;
  const quiet = json === '-';
  const print = (text: string): void => {
    if (!quiet) process.stdout.write(`${text}\n`);
  };
  // Whatever would make the results unwritable is found before the long work.
  if (json !== undefined && !quiet) await checkWritable(json);
  const folder = out === undefined ? null : await openOutputFolder(out, FILES, options.force === true);

  const fit = await fitModel(path, options);
  print(`${describeFit(fit, path)}\n`);
  const bootstrap = await refitMany(fit, options);
  const intervals = bootstrap.intervals({ kinds: options.ci, level: options.level });
  print([
    formatIntervals(intervals), '', formatStatusCounts(bootstrap.counts), '',
    formatBackend(bootstrap.backend), formatSpeed(bootstrap.nsim, bootstrap.seconds, bootstrap.refitsPerSecond),
  ].join('\n'));

  const results = { ...fit.toJSON(), bootstrap: runSummary(bootstrap, intervals, options.level) };
  if (folder !== null && out !== undefined) {
    await folder.write(new Map<(typeof FILES)[number], string | Uint8Array>([
      ['replicates.parquet', await parquetBytes(replicateColumns(bootstrap), { formula: results.formula, seed: String(options.seed), nsim: String(options.nsim) })],
      ['intervals.csv', intervalsCsv(intervals)],
      ['bootstrap.json', jsonText({ formula: results.formula, ...results.bootstrap })],
      ['fit.json', jsonText(fit)],
      ['report.html', await htmlReport({ fit: fit.toJSON(), bootstrap, intervals, dataName: dataName(path), generator: `glmmgpu ${packageVersion()}` })],
    ]));
    print(`Written to ${out}: ${FILES.join(', ')}`);
  }
  if (quiet) process.stdout.write(jsonText(results));
  else if (json !== undefined) await writeOutput(json, jsonText(results));
}

async function refitMany(fit: GlmmFit, options: BootstrapArguments): Promise<Bootstrap> {
  const bar = createProgressBar();
  try {
    return await interruptible((signal) => fit.bootstrap({
      nsim: options.nsim, seed: options.seed, backend: options.backend, signal,
      ...(options.workers === undefined ? {} : { workers: options.workers }),
      onProgress: (progress) => { bar.update(progress); },
    }));
  } finally {
    bar.stop();
  }
}

/** What a program wants to know of a run besides the replicates. */
function runSummary(bootstrap: Bootstrap, intervals: readonly IntervalRow[], level: number): Record<string, unknown> {
  const { nsim, seed, counts, seconds, refitsPerSecond, backend } = bootstrap;
  return { nsim, seed, level, counts, seconds, refitsPerSecond, backend, intervals };
}
