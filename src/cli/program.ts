/** The commands and their help. Each command's code is loaded only when it runs. */
import { Command } from 'commander';
import { packageVersion } from '../durable/version.js';
import { durableCommands } from './durable-program.js';
import { inferenceCommands } from './inference-program.js';
import { modelCommands } from './model-program.js';
import { type FitArguments, addModelOptions } from './options.js';
import { studyCommands } from './study-program.js';

const EXAMPLES = `
Examples:
  glmmgpu fit cbpp.csv --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' --family binomial --types period=factor
  glmmgpu bootstrap cbpp.csv --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' --family binomial \\
    --types period=factor --nsim 10000 --seed 1 --out cbpp-bootstrap
  glmmgpu devices`;

/** A fresh program; commander keeps state in it, so that every run needs its own. */
export function createProgram(): Command {
  const program = new Command('glmmgpu')
    .description('Fits generalized linear mixed models, and fits them again ten thousand times.')
    .version(packageVersion())
    .addHelpText('after', EXAMPLES);
  fitCommand(program);
  durableCommands(program);
  modelCommands(program);
  inferenceCommands(program);
  studyCommands(program);
  devicesCommand(program);
  finishCommand(program);
  return program;
}

/** What all commands have. */
function finishCommand(command: Command): void {
  // Messages are written by `run`, on one line.
  command.exitOverride().configureOutput({ writeErr: () => undefined }).allowExcessArguments(false);
  if (command.commands.length === 0) command.option('--debug', 'print the stack of an unexpected error');
  command.commands.forEach(finishCommand);
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
