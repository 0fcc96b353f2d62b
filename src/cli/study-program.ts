/** The commands of `src/studies` but `bootstrap`, and their help. Each command's code is loaded only when it runs. */
import type { Command } from 'commander';
import type { LrtArguments } from './lrt.js';
import { parseCount } from './option-values.js';
import { addModelOptions } from './options.js';
import { addReplicateOptions, addStudyOptions } from './study-command.js';

/** Adds the commands to the program. */
export function studyCommands(program: Command): Command[] {
  return [lrtCommand(program)];
}

function lrtCommand(program: Command): Command {
  const command = addModelOptions(program.command('lrt').description('test two nested models by simulating their likelihood-ratio statistic'))
    .requiredOption('--null <formula>', "the smaller model; '~ 1 + (1 | g)' takes the response of --formula")
    .option('--stop-after <h>', 'stop at so many replicates beyond the statistic (Besag & Clifford): relative error of the p-value 1 / sqrt(h)',
      (text) => parseCount('--stop-after', text, 1));
  return addStudyOptions(addReplicateOptions(command, 10_000)).action(async (data: string, options: LrtArguments) => {
    const { lrtCommand: run } = await import('./lrt.js');
    await run(data, options);
  });
}
