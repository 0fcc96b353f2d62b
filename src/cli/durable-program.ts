/** Studies that can be kept in a folder, as commands of their own and on the queue, and what puts folders together. */
import { type Command, Option } from 'commander';
import { OptionError } from '../errors.js';
import { addCalibrateOptions, addCrossValidateOptions, addInfluenceOptions, addLrtOptions, addManyOptions, addPermuteOptions, addPowerOptions } from './durable-options.js';
import { parseChoice, parseCount, parseNumber } from './option-values.js';
import { BACKENDS, addBootstrapOptions, addDurableOptions, addModelOptions, addResumeOptions, jsonOption, orSavedModel, progressOption, workersOption } from './options.js';
import type { DurableArguments } from './options.js';
import type { MergeArguments } from './merge.js';
import type { CollectArguments } from './queue-collect.js';
import type { StatusArguments } from './queue-status.js';
import type { SubmitArguments } from './queue-submit.js';
import type { WorkerArguments } from './queue-worker.js';

const STUDIES: readonly { readonly kind: string; readonly description: string; readonly options: (command: Command) => Command }[] = [
  { kind: 'bootstrap', description: 'fit a model, then refit it to simulated responses', options: (command) => addBootstrapOptions(orSavedModel(addModelOptions(command))) },
  { kind: 'lrt', description: 'test two nested models by simulating their likelihood-ratio statistic', options: addLrtOptions },
  { kind: 'calibrate', description: 'percentile intervals whose level is corrected by a double bootstrap', options: addCalibrateOptions },
  { kind: 'permute', description: 'permutation test of fixed effects', options: addPermuteOptions },
  { kind: 'power', description: 'power, type-I error, bias and coverage by simulation, for data or a design, over effects and sizes', options: addPowerOptions },
  { kind: 'influence', description: 'fit the model without each level of a grouping factor, or each row', options: addInfluenceOptions },
  { kind: 'crossvalidate', description: 'predict rows that the model was not fitted to', options: addCrossValidateOptions },
  { kind: 'many', description: 'fit one model to many responses', options: addManyOptions },
];

/** Adds the studies to the program. */
export function durableCommands(program: Command): void {
  for (const { kind, description, options } of STUDIES) {
    addDurableOptions(options(program.command(kind).description(description))).action(async (data: string | undefined, given: DurableArguments) => {
      const [{ durableCommand }, { runDurableCommand }] = await Promise.all([import('./durable-commands.js'), import('./durable-command.js')]);
      await runDurableCommand(await durableCommand(kind), data ?? '', given as never);
    });
  }
}

/** Adds what puts folders together to the program, and the queue. */
export function machineCommands(program: Command): void {
  mergeCommand(program);
  queueCommand(program);
}

function mergeCommand(program: Command): void {
  program.command('merge').description('put the shards of a study together')
    .argument('<folders...>', 'folders that were written with --shard, all of them')
    .requiredOption('--out <folder>', 'folder for the results')
    .option('--force', 'replace the run in the output folder')
    .addOption(jsonOption()).addOption(progressOption())
    .action(async (folders: string[], options: MergeArguments) => {
      const { mergeCommand: run } = await import('./merge.js');
      await run(folders, options);
    });
}

function queueCommand(program: Command): void {
  const queue = program.command('queue').description('compute a study on many machines that share a Redis server');
  const submit = queue.command('submit').description('put a study on the queue');
  for (const { kind, description, options } of STUDIES) {
    addResumeOptions(options(submit.command(kind).description(description))).addOption(redisOption())
      .option('--job-size <n>', 'replicates of a job (default: a five-hundredth of them)', (text) => parseCount('--job-size', text, 1))
      .option('--expire <days>', 'the server forgets the study so long after its latest part', parseDays, 7)
      .action(async (data: string | undefined, given: SubmitArguments) => {
        const { submitCommand } = await import('./queue-submit.js');
        await submitCommand(kind, data ?? '', given);
      });
  }
  queue.command('worker').description('compute jobs of the queue until Ctrl-C').addOption(redisOption())
    .option('--backend <name>', 'auto, cpu (float64) or webgpu', (text) => parseChoice('--backend', text, BACKENDS), 'auto' as const)
    .addOption(workersOption())
    .option('--idle <seconds>', 'end when no job has come for so long (default: never)', (text) => parseNumber('--idle', text))
    .option('--stalled-after <seconds>', 'a worker without a sign of life for so long is thought dead, and its job given to another', parseStalled, 30)
    .addOption(progressOption())
    .action(async (options: WorkerArguments) => {
      const { workerCommand } = await import('./queue-worker.js');
      await workerCommand(options);
    });
  queue.command('status').description('say how far the studies on the queue are').addOption(redisOption()).addOption(jsonOption())
    .action(async (options: StatusArguments) => {
      const { statusCommand } = await import('./queue-status.js');
      await statusCommand(options);
    });
  queue.command('collect').description('fetch the results of a study into its folder').argument('<folder>', 'the --out of queue submit')
    .addOption(redisOption()).option('--wait', 'wait until all of them are there').addOption(jsonOption()).addOption(progressOption())
    .action(async (folder: string, options: CollectArguments) => {
      const { collectCommand } = await import('./queue-collect.js');
      await collectCommand(folder, options);
    });
}

function redisOption(): Option {
  return new Option('--redis <url>', 'redis://[user:password@]host[:port]').env('GLMMGPU_REDIS').default('redis://127.0.0.1:6379');
}

function parseDays(text: string): number {
  const days = parseNumber('--expire', text);
  if (!(days > 0 && days <= 365)) throw new OptionError(`--expire is a number of days from 0 to 365, not '${text}'`);
  return days;
}

function parseStalled(text: string): number {
  const seconds = parseNumber('--stalled-after', text);
  if (seconds < 1) throw new OptionError(`--stalled-after is at least a second, not '${text}'`);
  return seconds;
}
