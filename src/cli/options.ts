/** Options of the commands, and how they become options of the library. */
import { type Command, Option } from 'commander';
import type { Shard } from '../durable/manifest.js';
import { OptionError } from '../errors.js';
import type { BackendChoice, GlmmOptions } from '../fit/options.js';
import type { BootstrapMethod, IntervalKind } from '../fit/types.js';
import type { ContrastName } from '../formula/model-frame.js';
import { FAMILY_NAMES, linksOf } from '../families/registry.js';
import type { FamilyName, LinkName } from '../model/design.js';
import type { CsvOptions } from '../table/csv.js';
import type { ColumnType } from '../table/retype.js';
import { parseChoice, parseChoices, parseCount, parseLevel, parseLevels, parsePairs, parseShard, parsePositive, parseStart } from './option-values.js';
import { printTrace } from './trace.js';
import { PROGRESS_STYLES, type ProgressStyle } from './progress-bar.js';

export const BACKENDS = ['auto', 'cpu', 'webgpu'] as const satisfies readonly BackendChoice[];
const INTERVAL_KINDS = ['percentile', 'basic', 'normal', 'bca', 'studentised', 'shortest'] as const satisfies readonly IntervalKind[];
const BOOTSTRAP_METHODS = ['parametric', 'residual', 'levels', 'rows'] as const satisfies readonly BootstrapMethod[];

/** Options of every command that fits a model. */
export interface ModelArguments {
  readonly formula: string;
  readonly family: string;
  readonly link?: string;
  readonly nagq?: number;
  readonly reml?: boolean;
  readonly fitMethod?: 'likelihood' | 'MPL' | 'REMPL';
  readonly zi?: string;
  readonly disp?: string;
  readonly dispersion?: number;
  readonly threshold?: 'flexible' | 'symmetric' | 'equidistant';
  readonly weights?: string;
  readonly offset?: string;
  readonly subset?: string;
  readonly contrasts?: Record<string, string>;
  readonly covariancePattern?: string[];
  readonly types?: Record<string, string>;
  readonly levels?: Record<string, string[]>;
  readonly missing?: string[];
  readonly start?: { fixef?: number[]; theta?: number[] };
  readonly backend: BackendChoice;
  readonly information?: 'observed' | 'expected';
  readonly se?: 'hessian' | 'wls';
  readonly tolerance?: number;
  readonly maxEvaluations?: number;
  readonly naAction?: 'omit' | 'fail';
  readonly verbose?: boolean;
  readonly json?: string;
}

/** A model to be fitted, or one that was saved: then nothing but `--backend` may be given. */
export type ModelOrSaved = Omit<ModelArguments, 'formula' | 'family'> & Partial<Pick<ModelArguments, 'formula' | 'family'>>;

const MODEL_OPTIONS = [
  'formula', 'family', 'link', 'nagq', 'reml', 'fitMethod', 'zi', 'disp', 'dispersion', 'threshold', 'weights', 'offset', 'subset', 'contrasts', 'covariancePattern',
  'types', 'levels', 'missing', 'start', 'backend', 'information', 'se', 'tolerance', 'maxEvaluations', 'naAction',
] as const satisfies readonly (keyof ModelArguments)[];

/** How a study is run, whatever it is: nothing here changes a number. */
export interface DurableArguments extends Pick<ModelArguments, 'backend' | 'json'> {
  readonly workers?: number;
  readonly csv?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly resume?: boolean;
  readonly shard?: Shard;
  readonly partSize?: number;
  readonly progress: ProgressStyle;
}

/** What commander hands to `fit`. */
export interface FitArguments extends ModelArguments {
  readonly save?: string;
}

/** What commander hands to `bootstrap`. */
export interface BootstrapArguments extends ModelOrSaved, DurableArguments {
  readonly nsim: number;
  readonly seed: number;
  readonly method: BootstrapMethod;
  readonly statistic?: Record<string, string>;
  readonly flagged?: boolean;
  readonly ci: IntervalKind[];
  readonly level: number;
}

/** Adds one `column=value` record to those of earlier occurrences of the option. */
function merge<Value>(earlier: Record<string, Value> | undefined, more: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries([...Object.entries(earlier ?? {}), ...Object.entries(more)]);
}

/** Options of every command that fits a model. */
export function addModelOptions(command: Command): Command {
  return addOptionsOfFit(command.argument('<data>', 'CSV, Parquet or Arrow file; - reads CSV from standard input')
    .optionsGroup('Model:').requiredOption('--formula <formula>', "the model in lme4's language, e.g. 'y ~ x + (1 | g)'", oneFormula));
}

/** A second formula would silently take the place of the first. */
function oneFormula(text: string, earlier: string | undefined): string {
  if (earlier !== undefined) throw new OptionError(`--formula is given twice, as '${earlier}' and '${text}'; leave one out (compare takes several)`);
  return text;
}

/** Lets a command that fits a model take a saved one instead of the data: its formula and family are then known. */
export function orSavedModel(command: Command): Command {
  for (const option of command.options) if (option.long === '--formula' || option.long === '--family') option.makeOptionMandatory(false);
  for (const argument of command.registeredArguments) if (argument.name() === 'data') argument.description = 'CSV, Parquet or Arrow file, or a model written by glmmgpu fit --save; - reads CSV from standard input';
  return command;
}

/** Options of a model besides its data and formula. */
export function addOptionsOfFit(command: Command): Command {
  return command.optionsGroup('Model:')
    .requiredOption('--family <name>', `distribution of the response: ${FAMILY_NAMES.join(', ')}`)
    .option('--link <name>', `link function (default: ${defaultLinks()})`)
    .option('--zi <formula>', "ziformula: model of the logit of the probability of an excess zero, e.g. '~ x'; with a truncated family a hurdle model")
    .option('--disp <formula>', "dispformula: model of the logarithm of the dispersion parameter, e.g. '~ x' (default: '~ 1')")
    .option('--dispersion <value>', 'a dispersion parameter that is known and not estimated', (text) => parsePositive('--dispersion', text))
    .option('--threshold <structure>', 'thresholds of an ordered response: flexible (default), symmetric or equidistant',
      (text) => parseChoice('--threshold', text, ['flexible', 'symmetric', 'equidistant'] as const))
    .option('--contrasts <column=name,...>', 'contrasts of factors: treatment, sum, helmert, poly or dummy',
      (text, earlier: Record<string, string> | undefined) => merge(earlier, parsePairs('--contrasts', text)))
    .option('--covariance-pattern <names>', 'covariance of the random terms, one name or one per term: us, diag, homdiag, cs, homcs, ar1, hetar1, or MATLAB\'s names',
      (text) => text.split(',').map((name) => name.trim()))
    .optionsGroup('Data:')
    .option('--types <column=type,...>', 'types of columns: numeric, factor, ordered, string or boolean (default: by their values)',
      (text, earlier: Record<string, string> | undefined) => merge(earlier, parsePairs('--types', text)))
    .option('--levels <column=a|b|c>', 'order of the levels of a factor; may be repeated',
      (text, earlier: Record<string, string[]> | undefined) => merge(earlier, Object.fromEntries([parseLevels('--levels', text)])))
    .addOption(missingOption())
    .option('--weights <column>', 'prior weights; binomial sizes where the response is a proportion')
    .option('--offset <expression>', "known part of the linear predictor, e.g. 'log(exposure)'")
    .option('--subset <expression>', "rows to use, e.g. 'period != 4 & size > 3'")
    .option('--na-action <name>', 'rows with missing values are left out and counted (omit, default) or refused (fail)',
      (text) => parseChoice('--na-action', text, ['omit', 'fail'] as const))
    .optionsGroup('Fitting:')
    .option('--nagq <k>', 'nodes per dimension: 1 is the Laplace approximation, 0 the joint mode (default: 1)', (text) => parseCount('--nagq', text, 0))
    .option('--fit-method <name>', 'likelihood (default), or pseudo-likelihood as MATLAB: MPL or REMPL',
      (text) => parseChoice('--fit-method', text, ['likelihood', 'MPL', 'REMPL'] as const))
    .option('--reml', 'gaussian models: restricted maximum likelihood (the default)')
    .option('--no-reml', 'gaussian models: maximum likelihood')
    .option('--start <values>', "starting values: 'theta=0.6;fixef=-1,0.2', or theta alone: 0.6", (text) => parseStart('--start', text))
    .option('--backend <name>', 'auto, cpu (float64) or webgpu', (text) => parseChoice('--backend', text, BACKENDS), 'auto' as const)
    .option('--information <kind>', 'observed (default) or expected (as lme4) information in the Laplace approximation',
      (text) => parseChoice('--information', text, ['observed', 'expected'] as const))
    .option('--se <kind>', 'standard errors from the joint Hessian (hessian, default) or by weighted least squares (wls)',
      (text) => parseChoice('--se', text, ['hessian', 'wls'] as const))
    .option('--tolerance <t>', 'stop when the predicted increase of the log-likelihood is below this (default: 1e-10)', (text) => parsePositive('--tolerance', text))
    .option('--max-evaluations <n>', 'most evaluations of the likelihood in a fit (default: 400)', (text) => parseCount('--max-evaluations', text, 1))
    .option('--verbose', 'write the log-likelihood and the parameters of every evaluation to standard error')
    .optionsGroup('Output:').addOption(jsonOption()).optionsGroup('Options:');
}

/** `logit for binomial, beta; log for poisson`: families by their default link. */
function defaultLinks(): string {
  const families = new Map<LinkName, FamilyName[]>();
  for (const family of FAMILY_NAMES) {
    const link = linksOf(family)[0]!;
    families.set(link, [...(families.get(link) ?? []), family]);
  }
  return [...families].map(([link, names]) => `${link} for ${names.join(', ')}`).join('; ');
}

/** Options of `bootstrap` besides those of the model. */
export function addBootstrapOptions(command: Command): Command {
  return command
    .option('--nsim <n>', 'number of replicates', (text) => parseCount('--nsim', text, 1), 10_000)
    .option('--seed <n>', 'seed of the random streams; replicate i depends on the seed and i alone', (text) => parseCount('--seed', text, 0), 1)
    .option('--method <name>', 'parametric, residual, levels (of the grouping factor) or rows (within levels)',
      (text) => parseChoice('--method', text, BOOTSTRAP_METHODS), 'parametric' as const)
    .option('--statistic <name=expression>', "intervals of a function of the parameters, e.g. 'odds=exp(period2)'; may be repeated",
      (text, earlier: Record<string, string> | undefined) => merge(earlier, parseStatistic(text)))
    .option('--flagged', 'use replicates that are separated or did not converge in the intervals as well')
    .addOption(new Option('--ci <kinds>', `kinds of intervals, separated by commas: ${INTERVAL_KINDS.join(', ')}`)
      .argParser((text) => parseChoices('--ci', text, INTERVAL_KINDS)).default(['percentile', 'basic', 'normal'] satisfies IntervalKind[], 'percentile,basic,normal'))
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .option('--out <folder>', 'keep the run in a folder; at the end it holds replicates.parquet, intervals.csv, bootstrap.json, fit.json and report.html');
}

/** Options of every command whose study can be kept in a folder, besides `--out`. */
export function addDurableOptions(command: Command): Command {
  return addResumeOptions(command.optionsGroup('Output:').addOption(csvOption()).optionsGroup('Running:'))
    .option('--shard <i/n>', 'compute the i-th of n shares of the replicates (i from 1); glmmgpu merge puts the folders together', parseShard)
    .addOption(workersOption())
    .option('--part-size <n>', 'replicates that are computed and written at a time (default: what takes about five seconds)', (text) => parseCount('--part-size', text, 1))
    .addOption(progressOption())
    .optionsGroup('Options:');
}

/** What to do with an output folder that holds a run. */
export function addResumeOptions(command: Command): Command {
  return command
    .option('--resume', 'go on with the run in the output folder; begin where there is none')
    .option('--force', 'replace the run in the output folder');
}

export function workersOption(): Option {
  return new Option('--workers <n>', 'worker threads of the float64 path (default: one per core)').argParser((text) => parseCount('--workers', text, 1));
}

/** `--missing`, for every command that reads data. */
export function missingOption(): Option {
  return new Option('--missing <texts>', "texts that stand for a missing value in a CSV file, besides NA and the empty field, separated by commas: '.,-999'")
    .argParser((text) => text.split(','));
}

export function jsonOption(): Option {
  return new Option('--json <file>', 'write the results as JSON; - writes them to standard output, and nothing else');
}

export function csvOption(): Option {
  return new Option('--csv <file>', 'write the table of results as CSV');
}

/** `--progress`, for every command that takes its time. */
export function progressOption(): Option {
  return new Option('--progress <style>', 'bar (on a terminal only), json (a line per second on standard error) or none')
    .argParser((text) => parseChoice('--progress', text, PROGRESS_STYLES)).default('bar' satisfies ProgressStyle);
}

function parseStatistic(text: string): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new OptionError(`--statistic is written name=expression, not '${text}'`);
  return Object.fromEntries([[text.slice(0, at).trim(), text.slice(at + 1)]]);
}

/** The options that a model depends on, as they were given, for the record. */
export function modelOptions(options: ModelOrSaved): Record<string, unknown> {
  return Object.fromEntries(MODEL_OPTIONS.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

/** Options of the table reader. Names and values are checked there. */
export function tableOptions(options: Pick<ModelArguments, 'types' | 'levels' | 'missing'>): CsvOptions {
  return {
    ...(options.types === undefined ? {} : { types: options.types as Record<string, ColumnType> }),
    ...(options.levels === undefined ? {} : { levels: options.levels }),
    ...(options.missing === undefined ? {} : { missing: options.missing }),
  };
}

/** Options of `glmm`. Names and values are checked there. */
export function glmmOptions(options: ModelArguments): GlmmOptions {
  const { link, nagq, reml, weights, offset, subset, contrasts, covariancePattern, start, information, se, tolerance, maxEvaluations } = options;
  return {
    family: options.family as FamilyName,
    backend: options.backend,
    ...(link === undefined ? {} : { link: link as LinkName }),
    ...(nagq === undefined ? {} : { nAGQ: nagq }),
    ...(reml === undefined ? {} : { REML: reml }),
    ...(options.fitMethod === undefined ? {} : { fitMethod: options.fitMethod }),
    ...(options.zi === undefined ? {} : { ziformula: options.zi }),
    ...(options.disp === undefined ? {} : { dispformula: options.disp }),
    ...(options.dispersion === undefined ? {} : { dispersion: options.dispersion }),
    ...(options.threshold === undefined ? {} : { threshold: options.threshold }),
    ...(options.naAction === undefined ? {} : { naAction: options.naAction }),
    ...(weights === undefined ? {} : { weights }),
    ...(offset === undefined ? {} : { offset }),
    ...(subset === undefined ? {} : { subset }),
    ...(contrasts === undefined ? {} : { contrasts: contrasts as Record<string, ContrastName> }),
    ...(covariancePattern === undefined ? {} : { covariancePattern: covariancePattern.length === 1 ? covariancePattern[0]! : covariancePattern }),
    ...(start === undefined ? {} : { start }),
    ...(information === undefined ? {} : { information }),
    ...(se === undefined ? {} : { standardErrors: se }),
    ...(options.verbose === true ? { onEvaluation: printTrace } : {}),
    control: { ...(tolerance === undefined ? {} : { tolerance }), ...(maxEvaluations === undefined ? {} : { maxEvaluations }) },
  };
}
