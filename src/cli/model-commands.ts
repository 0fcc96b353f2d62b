/** `summary`, `report`, `predict`, `simulate` and `refit` of a saved model. */
import { DataError, OptionError } from '../errors.js';
import type { GlmmFit } from '../fit/glmm.js';
import closestName from '../names.js';
import { loadModel, saveModel } from '../prediction/model-file.js';
import { type Prediction, predict } from '../prediction/predict.js';
import type { PredictionType } from '../prediction/prediction-types.js';
import { ranefTable } from '../prediction/ranef-table.js';
import { type ResidualType, residuals } from '../prediction/residuals.js';
import { augment, diagnosticData, glance, tidy } from '../prediction/tidy.js';
import { type Explained, type VarianceExplained, varianceExplained } from '../prediction/variance-explained.js';
import { packageVersion } from '../durable/version.js';
import { modelReport } from '../report/model-report.js';
import { jsonText } from '../report/intervals-table.js';
import { type CsvRow, csvText, rowsOfColumns } from '../report/csv-text.js';
import { guessFormat, readTable } from '../table/read-table.js';
import type { Column, Table } from '../table/table.js';
import { checkWritable, readInput, writeOutput } from './files.js';
import { parseCount } from './option-values.js';
import { describeFit } from './fit-model.js';
import { tableOptions } from './options.js';

export interface SummaryArguments {
  readonly table?: 'coefficients' | 'ranef' | 'glance' | 'variance' | 'augment' | 'diagnostic';
  readonly level: number;
  readonly exponentiate?: boolean;
  readonly json?: string;
  readonly out?: string;
}

export async function summaryCommand(path: string, options: SummaryArguments): Promise<void> {
  const { table, level, json, out } = options;
  if (table === undefined && out !== undefined) throw new OptionError('--out is for tables; add --table, or use --json');
  for (const file of [json, out]) if (file !== undefined && file !== '-') await checkWritable(file);
  const fit = await openModel(path);
  if (table !== undefined) {
    await put(csvText(tableOf(fit, table, level, options.exponentiate === true)), out);
    return;
  }
  if (json === '-') process.stdout.write(jsonText(fit));
  else {
    process.stdout.write(`${describeFit(fit)}\n`);
    if (json !== undefined) await writeOutput(json, jsonText(fit));
  }
}

function tableOf(fit: GlmmFit, name: NonNullable<SummaryArguments['table']>, level: number, exponentiate: boolean): CsvRow[] {
  switch (name) {
    case 'coefficients': return tidy(fit, { level, exponentiate }).map((row) => ({ ...row }));
    case 'ranef': return ranefTable(fit, level).map((row) => ({ ...row }));
    case 'glance': return [{ ...glance(fit) }];
    case 'variance': return varianceRows(varianceExplained(fit));
    case 'augment': return rowsOfColumns(augment(fit));
    case 'diagnostic': return rowsOfColumns(diagnosticData(fit));
    default: return name satisfies never;
  }
}

/** One row per quantity, those of a grouping factor with its name; `unavailable` says why there is no value. */
function varianceRows({ icc, designEffect, ...shares }: VarianceExplained): CsvRow[] {
  const row = (quantity: string, group: string | null, value: Explained): CsvRow =>
    (typeof value === 'number' ? { quantity, group, value, unavailable: null } : { quantity, group, value: null, unavailable: value.unavailable });
  return [
    ...Object.entries(icc).map(([group, value]) => row('icc', group, value)),
    ...Object.entries(designEffect).map(([group, value]) => row('designEffect', group, value)),
    ...Object.entries(shares).map(([quantity, value]) => row(quantity, null, value)),
  ];
}

export interface ReportArguments {
  readonly out: string;
  readonly nsim: number;
  readonly seed: number;
  readonly quadrature: boolean;
  readonly profiles?: boolean;
}

export async function reportCommand(path: string, { out, nsim, seed, quadrature, profiles }: ReportArguments): Promise<void> {
  if (out !== '-') await checkWritable(out);
  const fit = await openModel(path);
  await put(await modelReport(fit, { nsim, seed, quadrature, ...(profiles === undefined ? {} : { profiles }), generator: `glmmgpu ${packageVersion()}` }), out);
}

export interface PredictArguments {
  readonly data?: string;
  readonly types?: Record<string, string>;
  readonly missing?: string[];
  readonly type?: PredictionType;
  readonly re?: string;
  readonly population?: boolean;
  readonly newLevels?: boolean;
  readonly se?: boolean;
  readonly level?: number;
  readonly residuals?: readonly ResidualType[];
  readonly out?: string;
}

export async function predictCommand(path: string, options: PredictArguments): Promise<void> {
  const { type, re, level, out } = options;
  if (options.data !== undefined && options.residuals !== undefined) throw new OptionError('residuals belong to the rows of the fit; leave --data or --residuals out');
  if (out !== undefined) await checkWritable(out);
  const fit = await openModel(path);
  const data = options.data === undefined ? undefined : await openTable(options.data, options);
  const prediction = predict(fit, {
    ...(data === undefined ? {} : { data }),
    ...(type === undefined ? {} : { type }),
    ...(re === undefined ? {} : { reForm: re === 'all' || re === 'none' ? re : re.split(',').map((name) => name.trim()) }),
    ...(options.population === true ? { populationAveraged: true } : {}),
    allowNewLevels: options.newLevels === true,
    standardErrors: options.se === true,
    ...(level === undefined ? {} : { level }),
  });
  const { standardErrors, low, high } = prediction;
  const columns: Record<string, ArrayLike<number | string>> = {
    row: data === undefined ? fit.frame.rows.map((row) => row + 1) : Array.from({ length: data.nrow }, (_, i) => i + 1),
    ...predictedColumns(prediction, type),
    ...(standardErrors === null ? {} : { std_error: standardErrors }),
    ...(low === null || high === null ? {} : { conf_low: low, conf_high: high }),
  };
  for (const kind of options.residuals ?? []) columns[`residual_${kind}`] = residuals(fit, { type: kind });
  await put(csvText(rowsOfColumns(columns)), out);
}

/** One column of numbers, or one per category: `prob_LEVEL`; the most probable category by its name. */
function predictedColumns({ fit, levels }: Prediction, type: PredictionType = 'prob'): Record<string, ArrayLike<number | string>> {
  if (levels === null) return { fit };
  if (type === 'class') return { fit: Array.from(fit, (category) => levels[category - 1] ?? '') };
  return Object.fromEntries(levels.map((level, k) => [`${type}_${level}`, fit.filter((_, at) => at % levels.length === k)]));
}

export interface SimulateArguments {
  readonly nsim: number;
  readonly seed: number;
  readonly conditional?: boolean;
  readonly data?: string;
  readonly types?: Record<string, string>;
  readonly missing?: string[];
  /** A number, or the name of a column. */
  readonly trials?: string;
  readonly newLevels?: boolean;
  readonly parameters?: { readonly fixef?: number[]; readonly theta?: number[] };
  readonly out?: string;
}

export async function simulateCommand(path: string, { nsim, seed, conditional, parameters, out, ...options }: SimulateArguments): Promise<void> {
  if (out !== undefined) await checkWritable(out);
  const fit = await openModel(path);
  const data = options.data === undefined ? undefined : await openTable(options.data, options);
  const draws = fit.simulate({
    nsim, seed, conditional: conditional === true,
    ...(parameters === undefined ? {} : { parameters }),
    ...(data === undefined ? {} : { data, allowNewLevels: options.newLevels === true }),
    ...(options.trials === undefined ? {} : { trials: trialsOf(options.trials, data) }),
  });
  const { categories } = fit.frame;
  const written = (y: Float64Array): ArrayLike<number | string> => (categories === null ? y : Array.from(y, (k) => categories[k - 1]!));
  await put(csvText(rowsOfColumns(Object.fromEntries(draws.map((y, i) => [`sim_${i + 1}`, written(y)])))), out);
}

/** @throws OptionError for what is neither a number nor a column of numbers. */
function trialsOf(text: string, data: Table | undefined): number | ArrayLike<number> {
  const column = data?.columns.get(text);
  if (column?.kind === 'numeric') return column.values;
  return parseCount('--trials', text, 0);
}

export interface RefitArguments {
  readonly data: string;
  readonly response: string;
  readonly save?: string;
  readonly json?: string;
}

export async function refitCommand(path: string, { data, response, save, json }: RefitArguments): Promise<void> {
  for (const file of [save, json]) if (file !== undefined && file !== '-') await checkWritable(file);
  const fit = await openModel(path);
  const table = await openTable(data);
  const column = table.columns.get(response);
  if (column === undefined) throw new DataError(`'${data}' has no column '${response}'${closestName(response, [...table.columns.keys()])}`, { column: response });
  const again = await fit.refit(responseOf(column, response, fit.frame.categories));
  if (save !== undefined) await writeOutput(save, saveModel(again));
  if (json === '-') process.stdout.write(jsonText(again));
  else {
    process.stdout.write(`${describeFit(again)}\n`);
    if (json !== undefined) await writeOutput(json, jsonText(again));
  }
}

/** The numbers of a response column; of an ordered response the places of its categories. */
function responseOf(column: Column, name: string, categories: readonly string[] | null): Float64Array {
  if (categories !== null) {
    const place = new Map(categories.map((category, k) => [category, k + 1]));
    const labels = column.kind === 'numeric' ? Array.from(column.values, String) : Array.from(column.codes, (code) => column.levels[code] ?? 'NA');
    return Float64Array.from(labels, (label, i) => {
      const k = place.get(label);
      if (k === undefined) throw new DataError(`'${name}' is ${label} in row ${i + 1}, which is no category of the model (${categories.join(', ')})`, { column: name, row: i + 1 });
      return k;
    });
  }
  if (column.kind === 'numeric') return column.values;
  throw new DataError(`column '${name}' holds text where the numbers of a response are needed; choose another column`, { column: name });
}

/** The model of a file. @throws FileError, DataError where there is none. */
export async function openModel(path: string): Promise<GlmmFit> {
  return loadModel(new TextDecoder().decode(await readInput(path)));
}

async function openTable(path: string, options: Parameters<typeof tableOptions>[0] = {}): Promise<Table> {
  const bytes = await readInput(path);
  return readTable(bytes, guessFormat(path, bytes), tableOptions(options));
}

async function put(text: string, out: string | undefined): Promise<void> {
  if (out === undefined || out === '-') process.stdout.write(text);
  else await writeOutput(out, text);
}
