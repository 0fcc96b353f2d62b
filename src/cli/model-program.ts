/** Commands on a saved model (`glmmgpu fit … --save`). Each command's code is loaded only when it runs. */
import type { Command } from 'commander';
import type { PlotArguments } from './plot.js';
import type { PredictArguments, RefitArguments, ReportArguments, SimulateArguments, SummaryArguments } from './model-commands.js';
import { FIGURE_KINDS } from '../report/figure-kinds.js';
import { PREDICTION_TYPES } from '../prediction/prediction-types.js';
import { parseChoice, parseChoices, parseCount, parseLevel, parsePairs, parseStart } from './option-values.js';
import { missingOption } from './options.js';

const RESIDUALS = ['response', 'pearson', 'deviance', 'working', 'standardized'] as const;
const TABLES = ['coefficients', 'ranef', 'glance', 'variance', 'augment', 'diagnostic'] as const;

export function modelCommands(program: Command): Command[] {
  const onModel = (name: string, description: string): Command =>
    program.command(name).description(description).argument('<model>', 'model file written by glmmgpu fit --save');
  return [
    onModel('summary', 'print a saved model, or one of its tables')
      .option('--table <name>', `a table as CSV instead: ${TABLES.join(', ')}`, (text) => parseChoice('--table', text, TABLES))
      .option('--level <p>', 'level of the intervals', parseLevel, 0.95)
      .option('--exponentiate', 'coefficients as odds or rate ratios')
      .option('--json <file>', 'write the model as JSON; - writes it to standard output, and nothing else')
      .option('--out <file>', 'write the table to a file')
      .action(async (model: string, options: SummaryArguments) => (await import('./model-commands.js')).summaryCommand(model, options)),
    onModel('report', 'a saved model as one HTML file: estimates, variance explained, diagnosis, residuals and conditional modes')
      .requiredOption('--out <file>', 'write the report to a file; - writes it to standard output')
      .option('--nsim <n>', 'responses simulated for the residuals', (text) => parseCount('--nsim', text, 20), 250)
      .option('--seed <n>', 'seed of the simulation', (text) => parseCount('--seed', text, 0), 1)
      .option('--no-quadrature', 'do not fit again with more nodes')
      .option('--profiles', 'draw the profiles of the parameters (default: of small models)').option('--no-profiles', 'leave them out')
      .action(async (model: string, options: ReportArguments) => (await import('./model-commands.js')).reportCommand(model, options)),
    onModel('plot', 'the plots of the report on a saved model as SVG or PNG files')
      .requiredOption('--out <folder>', 'folder for the files')
      .option('--kinds <names>', `${FIGURE_KINDS.join(', ')}, separated by commas (default: all, profiles of small models)`, (text) => parseChoices('--kinds', text, FIGURE_KINDS))
      .option('--format <name>', 'svg or png (with the optional package @resvg/resvg-js)', (text) => parseChoice('--format', text, ['svg', 'png'] as const), 'svg' as const)
      .option('--theme <name>', 'light or dark', (text) => parseChoice('--theme', text, ['light', 'dark'] as const), 'light' as const)
      .option('--width <pixels>', 'width of PNG files', (text) => parseCount('--width', text, 100), 1140)
      .option('--seed <n>', 'seed of the simulated residuals', (text) => parseCount('--seed', text, 0), 1)
      .action(async (model: string, options: PlotArguments) => (await import('./plot.js')).plotCommand(model, options)),
    onModel('predict', 'predictions of a saved model, as CSV')
      .option('--data <file>', 'new rows (CSV, Parquet or Arrow); default: the rows of the fit')
      .option('--types <column=type,...>', 'types of the columns of the new rows', (text) => parsePairs('--types', text))
      .addOption(missingOption())
      .option('--type <name>', `${PREDICTION_TYPES.join(', ')} (default: response, of ordered responses prob)`, (text) => parseChoice('--type', text, PREDICTION_TYPES))
      .option('--re <groups>', 'random effects that count: all (default), none, or grouping factors separated by commas')
      .option('--population', 'averaged over new random effects')
      .option('--new-levels', 'levels of grouping factors that the model has not seen have a random effect of zero')
      .option('--se', 'add standard errors')
      .option('--level <p>', 'add confidence limits of that level', parseLevel)
      .option('--residuals <types>', `add residuals of the rows of the fit: ${RESIDUALS.join(', ')}`, (text) => parseChoices('--residuals', text, RESIDUALS))
      .option('--out <file>', 'write to a file instead of standard output')
      .action(async (model: string, options: PredictArguments) => (await import('./model-commands.js')).predictCommand(model, options)),
    onModel('simulate', 'responses drawn from a saved model, as CSV: one column per replicate')
      .option('--nsim <n>', 'number of replicates', (text) => parseCount('--nsim', text, 1), 1)
      .option('--seed <n>', 'seed; replicate i depends on the seed and i alone', (text) => parseCount('--seed', text, 0), 1)
      .option('--conditional', 'keep the random effects at their conditional modes instead of drawing new ones')
      .option('--data <file>', 'new rows (CSV, Parquet or Arrow); default: the rows of the fit')
      .option('--types <column=type,...>', 'types of the columns of the new rows', (text) => parsePairs('--types', text))
      .addOption(missingOption())
      .option('--trials <n|column>', 'binomial sizes of the new rows')
      .option('--new-levels', 'grouping factors of the new rows may have levels that the model has not seen')
      .option('--parameters <values>', "other parameters: 'theta=0.6;fixef=-1,0.2'", (text) => parseStart('--parameters', text))
      .option('--out <file>', 'write to a file instead of standard output')
      .action(async (model: string, options: SimulateArguments) => (await import('./model-commands.js')).simulateCommand(model, options)),
    onModel('refit', 'fit a saved model to another response')
      .requiredOption('--data <file>', 'file that holds the new response, one value per row of the fit (CSV, Parquet or Arrow)')
      .requiredOption('--response <column>', 'column of the new response; successes for binomial models')
      .option('--save <file>', 'write the new model to a file')
      .option('--json <file>', 'write the results as JSON; - writes them to standard output, and nothing else')
      .action(async (model: string, options: RefitArguments) => (await import('./model-commands.js')).refitCommand(model, options)),
  ];
}
