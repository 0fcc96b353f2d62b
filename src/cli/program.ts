/** The commands and their help. Each command's code is loaded only when it runs. */
import { Command } from 'commander';
import { packageVersion } from '../durable/version.js';
import { durableCommands, machineCommands } from './durable-program.js';
import { examplesOf } from './examples.js';
import { inferenceCommands } from './inference-program.js';
import { modelCommands } from './model-program.js';
import { type FitArguments, addModelOptions } from './options.js';
import { checkOutputPaths } from './output-paths.js';
import { poolCommand } from './pool-program.js';

/** A fresh program; commander keeps state in it, so that every run needs its own. */
export function createProgram(): Command {
  const program = new Command('glmmgpu')
    .description('Fits generalized linear mixed models, and fits them again ten thousand times.\nglmmgpu <command> --help explains a command.')
    .usage('<command> [options]')
    .version(packageVersion())
    .hook('preAction', (_, command) => { checkOutputPaths(command.processedArgs, command.opts()); });
  program.commandsGroup('A model:');
  fitCommand(program);
  modelCommands(program);
  program.commandsGroup('Questions about a model:');
  inferenceCommands(program);
  program.commandsGroup('Many fits of a model:');
  durableCommands(program);
  poolCommand(program);
  program.commandsGroup('Machines:');
  machineCommands(program);
  devicesCommand(program);
  finishCommand(program, []);
  return program;
}

/** What all commands have. @param words the command's names after the program's */
function finishCommand(command: Command, words: readonly string[]): void {
  // Messages are written by `run`, on one line.
  command.exitOverride().configureOutput({ outputError: () => undefined }).allowExcessArguments(false)
    .addHelpText('after', examplesOf(words)).helpOption('-h, --help', 'show this help');
  if (command.commands.length === 0) command.option('--debug', 'print the stack of an unexpected error');
  for (const own of command.commands) finishCommand(own, [...words, own.name()]);
}

function fitCommand(program: Command): void {
  addModelOptions(program.command('fit').description('fit one model and print it as lme4 does'))
    .option('--save <file>', 'write the fitted model to a file that summary, report, predict, simulate and refit read')
    .action(async (data: string, options: FitArguments) => {
      const { fitCommand: run } = await import('./fit.js');
      await run(data, options);
    });
}

function devicesCommand(program: Command): void {
  program.command('devices').description('list the devices that can fit models, and which one is chosen and why')
    .option('--json <file>', 'write the report as JSON; - writes it to standard output, and nothing else')
    .action(async (options: { json?: string }) => {
      const { devicesCommand: run } = await import('./devices.js');
      await run(options);
    });
}
