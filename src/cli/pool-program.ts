/** `glmmgpu pool` and its help: the study that is never long. Its code is loaded only when it runs. */
import type { Command } from 'commander';
import { parseLevel } from './option-values.js';
import { addModelOptions } from './options.js';
import type { PoolArguments } from './pool.js';
import { addStudyOptions } from './study-command.js';

/** Adds the command to the program. */
export function poolCommand(program: Command): void {
  addStudyOptions(addModelOptions(program.command('pool').description("fit the model to each imputation of the data and pool the fits by Rubin's rules")))
    .requiredOption('--imputation <column>', 'column that numbers the imputations; 0 stands for the data before imputation and is left out')
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .action(async (data: string, options: PoolArguments) => { await (await import('./pool.js')).poolCommand(data, options); });
}
