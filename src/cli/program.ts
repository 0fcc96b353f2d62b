/** The commands and their help. Each command's code is loaded only when it runs. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { addBootstrapOptions, addModelOptions, addDurableOptions } from './options.js';
import type { BootstrapArguments, FitArguments } from './options.js';
import { modelCommands } from './model-program.js';
import { studyCommands } from './study-program.js';

const EXAMPLES = `
Examples:
  glmmgpu fit cbpp.csv --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' --family binomial --types period=factor
  glmmgpu bootstrap cbpp.csv --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' --family binomial \\
    --types period=factor --nsim 10000 --seed 1 --out cbpp-bootstrap
  glmmgpu devices`;

/** Version of the package this file belongs to. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}

/** A fresh program; commander keeps state in it, so that every run needs its own. */
export function createProgram(): Command {
  const program = new Command('glmmgpu')
    .description('Fits generalized linear mixed models, and fits them again ten thousand times.')
    .version(packageVersion())
    .addHelpText('after', EXAMPLES);
  for (const command of [fitCommand(program), bootstrapCommand(program), ...modelCommands(program), ...studyCommands(program), devicesCommand(program)]) {
    command.option('--debug', 'print the stack of an unexpected error');
  }
  for (const command of [program, ...program.commands]) {
    // Messages are written by `run`, on one line.
    command.exitOverride().configureOutput({ writeErr: () => undefined }).allowExcessArguments(false);
  }
  return program;
}

function fitCommand(program: Command): Command {
  return addModelOptions(program.command('fit').description('fit one model and print it as lme4 does'))
    .option('--save <file>', 'write the fitted model to a file that summary, predict, simulate and refit read')
    .action(async (data: string, options: FitArguments) => {
      const { fitCommand: run } = await import('./fit.js');
      await run(data, options);
    });
}

function bootstrapCommand(program: Command): Command {
  return addDurableOptions(addBootstrapOptions(addModelOptions(program.command('bootstrap').description('fit a model, then refit it to simulated responses'))))
    .action(async (data: string, options: BootstrapArguments) => {
      const [{ bootstrapCommand: command }, { runDurableCommand }] = await Promise.all([import('./bootstrap.js'), import('./durable-command.js')]);
      await runDurableCommand(command, data, options);
    });
}

function devicesCommand(program: Command): Command {
  return program.command('devices').description('list the devices that can fit models, and which one is chosen and why')
    .option('--json <file>', 'write the report as JSON; - writes it to standard output, and nothing else')
    .action(async (options: { json?: string }) => {
      const { devicesCommand: run } = await import('./devices.js');
      await run(options);
    });
}
