/** Options of the studies that can be kept in a folder, besides those of the folder. */
import type { Command } from 'commander';
import { OptionError } from '../errors.js';
import { parseChoices, parseCount, parseLevel, parseNumber, parsePairs } from './option-values.js';
import { addModelOptions, addOptionsOfFit, orSavedModel } from './options.js';

/** Adds `--nsim` and `--seed`. */
function addReplicateOptions(command: Command, nsim: number): Command {
  return command
    .option('--nsim <n>', 'number of replicates', (text) => parseCount('--nsim', text, 1), nsim)
    .option('--seed <n>', 'seed of the random streams; replicate i depends on the seed and i alone', (text) => parseCount('--seed', text, 0), 1);
}

/** Options of `lrt`, those of its model included. */
export function addLrtOptions(command: Command): Command {
  return addReplicateOptions(addModelOptions(command), 10_000)
    .requiredOption('--null <formula>', "the smaller model; '~ 1 + (1 | g)' takes the response of --formula")
    .option('--stop-after <h>', 'stop at so many replicates beyond the statistic (Besag & Clifford): relative error of the p-value 1 / sqrt(h)',
      (text) => parseCount('--stop-after', text, 1))
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, lrt.csv and lrt.json');
}

/** Options of `calibrate`, those of its model included. */
export function addCalibrateOptions(command: Command): Command {
  return addReplicateOptions(orSavedModel(addModelOptions(command)), 1000)
    .option('--inner <n>', 'replicates of each replicate', (text) => parseCount('--inner', text, 1), 100)
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, calibrate.csv and calibrate.json');
}

/** Options of `permute`, those of its model included. */
export function addPermuteOptions(command: Command): Command {
  return addReplicateOptions(orSavedModel(addModelOptions(command)), 1999)
    .requiredOption('--columns <names>', 'fixed effects that are exchanged together, separated by commas, as the summary names them: period2,period3', names)
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, permute.csv and permute.json');
}

/** Options of `influence`, those of its model included. */
export function addInfluenceOptions(command: Command): Command {
  return orSavedModel(addModelOptions(command))
    .option('--by <name>', 'grouping factor, or rows (default: the first grouping factor)')
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, influence.csv, influence.json and report.html');
}

/** Options of `crossvalidate`, those of its model included. */
export function addCrossValidateOptions(command: Command): Command {
  return orSavedModel(addModelOptions(command))
    .option('--by <name>', 'what goes into a fold together: a grouping factor, or rows (default: the first grouping factor)')
    .option('--folds <k>', 'number of folds', (text) => parseCount('--folds', text, 2), 10)
    .option('--repeats <r>', 'assignments to folds, each of them anew', (text) => parseCount('--repeats', text, 1), 1)
    .option('--seed <n>', 'seed of the assignments to folds', (text) => parseCount('--seed', text, 0), 1)
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, crossvalidate.csv and crossvalidate.json');
}

/** Options of `many`, those of its model included. */
export function addManyOptions(command: Command): Command {
  return addModelOptions(command)
    .requiredOption('--responses <names>', "columns that stand for the response in turn, separated by commas; * for any letters: 'gene*'")
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, many.csv and many.json');
}

/** Options of `power`, those of its model included. */
export function addPowerOptions(command: Command): Command {
  const model = addOptionsOfFit(command.argument('[data]', 'CSV, Parquet or Arrow file with the design').optionsGroup('Model:')
    .requiredOption('--formula <formula>', "the model in lme4's language; its response may be a name that the data do not have"));
  return addReplicateOptions(model, 1000)
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
