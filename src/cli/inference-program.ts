/** The commands of `src/inference` and their help. Each command's code is loaded only when it runs. */
import type { Command } from 'commander';
import { ADJUSTMENTS } from '../inference/adjust.js';
import type { AnovaArguments } from './anova.js';
import type { CoefTestArguments } from './coeftest.js';
import type { CompareArguments } from './compare.js';
import type { ConfintArguments } from './confint.js';
import type { DiagnoseArguments } from './diagnose.js';
import type { Drop1Arguments } from './drop1.js';
import type { EmmeansArguments } from './emmeans.js';
import { parseChoice, parseCount, parseLevel, parseNumber, parsePairs } from './option-values.js';
import { addModelOptions, addOptionsOfFit, orSavedModel } from './options.js';
import { addRobustOptions } from './robust-option.js';
import { addStudyOptions } from './study-command.js';

/** Adds the commands to the program. */
export function inferenceCommands(program: Command): void {
  compareCommand(program);
  drop1Command(program);
  anovaCommand(program);
  coefTestCommand(program);
  confintCommand(program);
  emmeansCommand(program);
  diagnoseCommand(program);
}

/** A command on data and formula, or on a saved model. */
const onModel = (program: Command, name: string, description: string): Command =>
  orSavedModel(addModelOptions(program.command(name).description(description)));

const names = (text: string): string[] => text.split(',').map((name) => name.trim());

function compareCommand(program: Command): void {
  const command = program.command('compare').description('compare nested models by likelihood-ratio tests, AIC and BIC').optionsGroup('Model:')
    .argument('<files...>', 'one data file, or two or more models written by glmmgpu fit --save')
    .option('--formula <formula>', 'a model of the data file; give two or more of these', (text, earlier: string[] | undefined) => [...(earlier ?? []), text]);
  addStudyOptions(orSavedModel(addOptionsOfFit(command))
    .option('--nsim <n>', 'simulate the null distribution of each test with so many replicates', (text) => parseCount('--nsim', text, 1))
    .option('--seed <n>', 'seed of the simulation', (text) => parseCount('--seed', text, 0), 1)
    .option('--no-refit', 'gaussian models: compare the REML criteria as they are')
    .option('--no-check-nesting', 'list models that are not nested, without tests'))
    .action(async (files: string[], options: CompareArguments) => (await import('./compare.js')).compareCommand(files, options));
}

function drop1Command(program: Command): void {
  addStudyOptions(onModel(program, 'drop1', 'test every term of the fixed effects by leaving it out'))
    .action(async (data: string, options: Drop1Arguments) => (await import('./drop1.js')).drop1Command(data, options));
}

function anovaCommand(program: Command): void {
  addStudyOptions(addRobustOptions(dfOption(onModel(program, 'anova', 'Wald F tests of the terms of one model, each given all others (two models: compare)'), 'residual')))
    .action(async (data: string, options: AnovaArguments) => (await import('./anova.js')).anovaCommand(data, options));
}

function coefTestCommand(program: Command): void {
  addStudyOptions(addRobustOptions(dfOption(onModel(program, 'coeftest', 'coefficients with t or z tests, or the test of a linear hypothesis'), 'none'))
    .option('--contrast <weights>', "hypothesis instead of the table: a name, 'period2=1,period3=-1', or random effects '(Intercept)|herd|1=1'; repeat it for a joint test", contrastRow)
    .option('--value <numbers>', 'values of the contrasts under the hypothesis, separated by commas (default: zeros)', (text) => text.split(',').map((item) => parseNumber('--value', item)))
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95))
    .action(async (data: string, options: CoefTestArguments) => (await import('./coeftest.js')).coefTestCommand(data, options));
}

function dfOption(command: Command, usual: 'residual' | 'none'): Command {
  return command.option('--df <kind>', 'residual: t and F with n - p degrees of freedom; none: z and chi-square', (text) => parseChoice('--df', text, ['residual', 'none'] as const), usual);
}

/** One more row of a contrast: weights by name, or one name. */
function contrastRow(text: string, earlier: (string | Record<string, number>)[] | undefined): (string | Record<string, number>)[] {
  const row = text.includes('=') ? Object.fromEntries(Object.entries(parsePairs('--contrast', text)).map(([name, weight]) => [name, parseNumber('--contrast', weight)])) : text.trim();
  return [...(earlier ?? []), row];
}

function confintCommand(program: Command): void {
  addStudyOptions(onModel(program, 'confint', 'confidence intervals of all parameters')
    .option('--method <name>', 'profile, wald or bootstrap', (text) => parseChoice('--method', text, ['profile', 'wald', 'bootstrap'] as const), 'profile' as const)
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
    .option('--parameters <names>', 'parameters, separated by commas (default: all)', names)
    .option('--curves <file>', 'profile: write the curves as CSV')
    .option('--nsim <n>', 'bootstrap: number of replicates', (text) => parseCount('--nsim', text, 1), 1000)
    .option('--seed <n>', 'bootstrap: seed', (text) => parseCount('--seed', text, 0), 1)
    .option('--ci <kind>', 'bootstrap: percentile, basic or normal', (text) => parseChoice('--ci', text, ['percentile', 'basic', 'normal'] as const), 'percentile' as const))
    .action(async (data: string, options: ConfintArguments) => (await import('./confint.js')).confintCommand(data, options));
}

function emmeansCommand(program: Command): void {
  addStudyOptions(addRobustOptions(onModel(program, 'emmeans', 'estimated marginal means of factors, and their differences'))
    .requiredOption('--specs <factors>', 'factors whose combinations of levels have a mean each, separated by commas', names)
    .option('--differences <kind>', 'the differences of the means, too: pairwise, or treatment (each mean minus the first)', (text) => parseChoice('--differences', text, ['pairwise', 'treatment'] as const))
    .option('--adjust <method>', `correction of the differences: ${ADJUSTMENTS.join(', ')} (default: tukey for pairwise)`, (text) => parseChoice('--adjust', text, ADJUSTMENTS))
    .option('--type <scale>', 'link (default) or response', (text) => parseChoice('--type', text, ['link', 'response'] as const))
    .option('--at <covariate=value>', 'a covariate elsewhere than at its mean; may be repeated', covariateAt)
    .option('--df <kind>', 'residual: t with n - p degrees of freedom instead of z', (text) => parseChoice('--df', text, ['residual', 'none'] as const))
    .option('--level <p>', 'level of the intervals', parseLevel, 0.95))
    .action(async (data: string, options: EmmeansArguments) => (await import('./emmeans.js')).emmeansCommand(data, options));
}

/** `name=number`; the name ends at the last equals sign. */
function covariateAt(text: string, earlier: Record<string, number> | undefined): Record<string, number> {
  const end = text.lastIndexOf('=');
  return { ...earlier, [text.slice(0, Math.max(0, end))]: parseNumber('--at', text.slice(end + 1)) };
}

function diagnoseCommand(program: Command): void {
  addStudyOptions(onModel(program, 'diagnose', 'say what may be wrong with a fit, and what to do')
    .option('--starts <n>', 'also fit from so many starts and show whether they agree', (text) => parseCount('--starts', text, 2))
    .option('--seed <n>', 'seed of the starts', (text) => parseCount('--seed', text, 0), 1)
    .option('--no-quadrature', 'leave out the fits with more nodes'))
    .action(async (data: string, options: DiagnoseArguments) => (await import('./diagnose.js')).diagnoseCommand(data, options));
}
