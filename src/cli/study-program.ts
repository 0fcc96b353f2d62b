/** The commands of `src/studies` but `bootstrap`, and their help. Each command's code is loaded only when it runs. */
import type { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { CalibrateArguments } from './calibrate.js';
import type { CrossValidateArguments } from './crossvalidate.js';
import type { InfluenceArguments } from './influence.js';
import type { LrtArguments } from './lrt.js';
import type { ManyArguments } from './many.js';
import { parseChoices, parseCount, parseLevel, parseNumber, parsePairs } from './option-values.js';
import { addDurableOptions, addModelOptions, addOptionsOfFit, orSavedModel } from './options.js';
import type { PermuteArguments } from './permute.js';
import type { PoolArguments } from './pool.js';
import type { PowerArguments } from './power.js';
import { type StudyArguments, addReplicateOptions, addStudyOptions } from './study-command.js';

/** Adds the commands to the program. */
export function studyCommands(program: Command): void {
  const onModel = (name: string, description: string): Command => addStudyOptions(addModelOptions(program.command(name).description(description)));
  addReplicateOptions(onModel('lrt', 'test two nested models by simulating their likelihood-ratio statistic'), 10_000)
    .requiredOption('--null <formula>', "the smaller model; '~ 1 + (1 | g)' takes the response of --formula")
    .option('--stop-after <h>', 'stop at so many replicates beyond the statistic (Besag & Clifford): relative error of the p-value 1 / sqrt(h)',
      (text) => parseCount('--stop-after', text, 1))
    .action(async (data: string, options: LrtArguments) => { await (await import('./lrt.js')).lrtCommand(data, options); });
  const onFit = (name: string, description: string): Command => orSavedModel(onModel(name, description));
  addReplicateOptions(onFit('calibrate', 'percentile intervals whose level is corrected by a double bootstrap'), 1000)
    .option('--inner <n>', 'replicates of each replicate', (text) => parseCount('--inner', text, 1), 100)
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .action(async (data: string, options: CalibrateArguments) => { await (await import('./calibrate.js')).calibrateCommand(data, options); });
  onFit('influence', 'fit the model without each level of a grouping factor, or each row')
    .option('--by <name>', 'grouping factor, or rows (default: the first grouping factor)')
    .action(async (data: string, options: InfluenceArguments) => { await (await import('./influence.js')).influenceCommand(data, options); });
  onFit('crossvalidate', 'predict rows that the model was not fitted to')
    .option('--by <name>', 'what goes into a fold together: a grouping factor, or rows (default: the first grouping factor)')
    .option('--folds <k>', 'number of folds', (text) => parseCount('--folds', text, 2), 10)
    .option('--seed <n>', 'seed of the assignment to folds', (text) => parseCount('--seed', text, 0), 1)
    .action(async (data: string, options: CrossValidateArguments) => { await (await import('./crossvalidate.js')).crossValidateCommand(data, options); });
  addReplicateOptions(onFit('permute', 'permutation test of fixed effects'), 1999)
    .requiredOption('--columns <names>', 'fixed effects that are exchanged together, separated by commas, as the summary names them: period2,period3', names)
    .action(async (data: string, options: PermuteArguments) => { await (await import('./permute.js')).permuteCommand(data, options); });
  onModel('many', 'fit one model to many responses')
    .requiredOption('--responses <names>', "columns that stand for the response in turn, separated by commas; * for any letters: 'gene*'")
    .action(async (data: string, options: ManyArguments) => { await (await import('./many.js')).manyCommand(data, options); });
  onModel('pool', "fit the model to each imputation of the data and pool the fits by Rubin's rules")
    .requiredOption('--imputation <column>', 'column that numbers the imputations; 0 stands for the data before imputation and is left out')
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .action(async (data: string, options: PoolArguments) => { await (await import('./pool.js')).poolCommand(data, options); });
  powerCommand(program);
}

function powerCommand(program: Command): void {
  const command = program.command('power').description('power, type-I error, bias and coverage by simulation, for data or a design, over effects and sizes').argument('[data]', 'CSV, Parquet or Arrow file with the design').optionsGroup('Model:')
    .requiredOption('--formula <formula>', "the model in lme4's language; its response may be a name that the data do not have");
  addDurableOptions(addReplicateOptions(addPowerOptions(addOptionsOfFit(command)), 1000))
    .option('--csv <file>', 'with --width: write the table of results as CSV')
    .action(async (data: string | undefined, options: PowerArguments & StudyArguments) => {
      const { adaptivePowerCommand, powerCommand: durable } = await import('./power.js');
      if (options.width !== undefined) return adaptivePowerCommand(data ?? '', options);
      if (options.csv !== undefined) throw new OptionError('--csv goes with --width; otherwise --out <folder> holds power.csv');
      await (await import('./durable-command.js')).runDurableCommand(durable, data ?? '', options);
    });
}

function addPowerOptions(command: Command): Command {
  return command
    .option('--design <text>', "a design instead of data: 'clinic[20]; arm = a|b; size = 10; site = x|y per clinic'")
    .option('--params <name=value,...>', "parameters instead of estimates, by name: '(Intercept)=-1,armb=0.5,clinic.(Intercept)=0.6'",
      (text) => Object.fromEntries(Object.entries(parsePairs('--params', text)).map(([name, value]) => [name, parseNumber('--params', value)])))
    .requiredOption('--tested <names>', 'fixed effects whose absence is tested, separated by commas, as the summary names them', names)
    .option('--effects <values>', 'values of the tested effect; of several: multiples of theirs', (text) => numbers('--effects', text))
    .option('--along <column=sizes>', "new numbers of levels: 'herd=15,30,60'", (text) => {
      const { name, sizes } = sized('--along', text);
      return { column: name, sizes };
    })
    .option('--within <columns=sizes>', "new numbers of rows for each combination: 'herd+period=1,5'", (text) => {
      const { name, sizes } = sized('--within', text);
      return { columns: name.split('+').map((part) => part.trim()), sizes };
    })
    .option('--distributions <names>', 'of the random effects: normal (default), t3, t5 …, skewed, mixture', names)
    .option('--tests <names>', 'z, lrt, simulatedLrt, separated by commas', (text) => parseChoices('--tests', text, ['z', 'lrt', 'simulatedLrt'] as const))
    .option('--alpha <p>', 'level of the tests', (text) => parseNumber('--alpha', text), 0.05)
    .option('--width <w>', 'stop a cell when the 95 % interval of its power is no wider', (text) => parseNumber('--width', text))
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, power.csv, power.json and report.html');
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function numbers(option: string, text: string): number[] {
  return text.split(',').map((item) => parseNumber(option, item));
}

function sized(option: string, text: string): { name: string; sizes: number[] } {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new OptionError(`${option} is written column=size,size, not '${text}'`);
  return { name: text.slice(0, at).trim(), sizes: text.slice(at + 1).split(',').map((item) => parseCount(option, item, 1)) };
}
