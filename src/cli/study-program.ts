/** The commands of `src/studies` that are one batch, and their help. Each command's code is loaded only when it runs. */
import type { Command } from 'commander';
import type { CrossValidateArguments } from './crossvalidate.js';
import type { InfluenceArguments } from './influence.js';
import { parseCount, parseLevel } from './option-values.js';
import { addModelOptions, orSavedModel } from './options.js';
import type { PoolArguments } from './pool.js';
import { addStudyOptions } from './study-command.js';

/** Adds the commands to the program. */
export function studyCommands(program: Command): void {
  const onModel = (name: string, description: string): Command => addStudyOptions(addModelOptions(program.command(name).description(description)));
  const onFit = (name: string, description: string): Command => orSavedModel(onModel(name, description));
  onFit('influence', 'fit the model without each level of a grouping factor, or each row')
    .option('--by <name>', 'grouping factor, or rows (default: the first grouping factor)')
    .action(async (data: string, options: InfluenceArguments) => { await (await import('./influence.js')).influenceCommand(data, options); });
  onFit('crossvalidate', 'predict rows that the model was not fitted to')
    .option('--by <name>', 'what goes into a fold together: a grouping factor, or rows (default: the first grouping factor)')
    .option('--folds <k>', 'number of folds', (text) => parseCount('--folds', text, 2), 10)
    .option('--seed <n>', 'seed of the assignment to folds', (text) => parseCount('--seed', text, 0), 1)
    .action(async (data: string, options: CrossValidateArguments) => { await (await import('./crossvalidate.js')).crossValidateCommand(data, options); });
  onModel('pool', "fit the model to each imputation of the data and pool the fits by Rubin's rules")
    .requiredOption('--imputation <column>', 'column that numbers the imputations; 0 stands for the data before imputation and is left out')
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .action(async (data: string, options: PoolArguments) => { await (await import('./pool.js')).poolCommand(data, options); });
}
