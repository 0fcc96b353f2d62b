/** One model fitted to many responses: genes, items, voxels. */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { checkArgument, checkOptions } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { familyOf, resolveFamily } from '../families/registry.js';
import { prepareModel } from '../fit/glmm.js';
import type { GlmmOptions } from '../fit/options.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type Design, isLinearMixed } from '../model/design.js';
import { STATUS, type StatusName, STATUS_NAMES, countStatuses, isConverged } from '../model/status.js';
import closestName from '../names.js';
import { type TableInput, toTable } from '../table/from-values.js';
import type { Table } from '../table/table.js';
import { fitPieces } from './fit-pieces.js';
import { type StudyFitOptions, settingsOptions } from './fitted-model.js';
import { countingRows } from './leave-out.js';
import { reportedParameters } from './reported-parameters.js';
import { responseTemplate } from './response-template.js';

/** The responses, the model they share, and where it is fitted. */
export interface ManyResponsesOptions extends Omit<GlmmOptions, 'start' | 'backend' | 'signal'>, StudyFitOptions {
  /** Names of the columns that take the place of the formula's response in turn. */
  readonly responses: readonly string[];
}

/** A fixed effect of one response. */
export interface ResponseRow {
  readonly response: string;
  readonly status: StatusName;
  /** Rows with a value. */
  readonly nobs: number;
  readonly term: string;
  readonly estimate: number;
  readonly std_error: number;
  readonly statistic: number;
  readonly p_value: number;
  /** p-value adjusted over the responses for each term: Benjamini & Hochberg (1995). NaN where there is none. */
  readonly p_adjusted: number;
}

/** One model fitted to many responses. */
export interface ManyResponses {
  readonly formula: string;
  readonly responses: readonly string[];
  /** One row per response and fixed effect; estimates are NaN where the fit has none. */
  readonly rows: readonly ResponseRow[];
  /** Fixed effects, standard deviations, correlations …: one column per parameter, one value per response. */
  readonly parameters: readonly string[];
  readonly estimates: readonly Float64Array[];
  readonly counts: Readonly<Record<StatusName, number>>;
  readonly fit: BatchFit;
}

/**
 * Fits the formula to every response, on one design. The response of the formula is a name that the data do not have; it stands for each of
 * `responses` in turn, and what the left side makes of it is computed for each: `sqrt(y) ~ x + (1 | g)`, `cbind(y, size - y) ~ x + (1 | g)`. A missing value leaves its row out of that response's fit only.
 * A response that the family does not allow, or that is constant, has a status and no estimates.
 * @throws GlmmError for a formula, options or names that do not fit.
 *
 * @example
 * const { rows } = await manyResponses('y ~ treatment + (1 | donor)', cells, { family: 'poisson', responses: genes });
 * rows.filter((row) => row.term === 'treatmentb' && row.p_adjusted < 0.05);
 */
export async function manyResponses(formula: string, data: TableInput, options: ManyResponsesOptions): Promise<ManyResponses> {
  checkOptions('manyResponses', options, "{ family: 'poisson', responses: [name, name] }");
  const { responses, backend, workers, engine, chunk, check, onProgress, signal, ...model } = options;
  const table = toTable(data);
  checkArgument('manyResponses', responses, ['length'], 'the names of the responses', 'for example responses: [name, name]');
  if (responses.length === 0) throw new OptionError('no response is named; give the names of their columns');
  const columns = responses.map((name) => responseColumn(table, name));
  const template = responseTemplate(formula, table, resolveFamily(model.family).family);
  const { frame, settings } = prepareModel(template.formula, template.table, model);
  const numbers = columns.map((column) => template.numbers(column, frame));
  const sizes = commonTrials(numbers.map(({ trials }) => trials));
  const design = sizes === null ? frame.design : { ...frame.design, trials: sizes };
  const ownTrials = numbers.some(({ trials }) => trials?.some((size, i) => size > 0 && size !== sizes![i]) === true);
  if (ownTrials && design.family === 'betabinomial') throw new DataError('the responses differ in their numbers of trials, which only family binomial can have on one design; fit them apart');
  const n = design.nobs;
  const isAllowed = allowedValues(design);
  const valid = numbers.map(({ response, trials }) => response.map((value, i) => (isAllowed(value, (trials ?? design.trials)?.[i] ?? 1) ? 1 : 0)));
  const fit = await fitPieces(design, responses.length, 3 * n, (from, to) => {
    const response = new Float64Array((to - from) * n);
    const copies = new Float64Array((to - from) * n);
    const trials = new Float64Array(ownTrials ? (to - from) * n : 0);
    for (let b = from; b < to; b++) {
      const base = (b - from) * n;
      copies.set(valid[b]!, base);
      // Rows without a value count zero times, with numbers that are allowed.
      valid[b]!.forEach((flag, i) => { response[base + i] = flag === 1 ? numbers[b]!.response[i]! : frame.response[i]!; });
      if (ownTrials) valid[b]!.forEach((flag, i) => { trials[base + i] = flag === 1 ? numbers[b]!.trials![i]! : frame.design.trials![i]!; });
    }
    return { nModels: to - from, response, ...(ownTrials ? { trials } : {}), ...countingRows(design, copies) };
  }, {
    ...settingsOptions(settings), standardErrors: settings.standardErrors,
    ...(backend === undefined ? {} : { backend }), ...(workers === undefined ? {} : { workers }), ...(engine === undefined ? {} : { engine }),
    ...(chunk === undefined ? {} : { chunk }), ...(check === undefined ? {} : { check }), ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  // Nothing contradicts the start where there is no value at all.
  valid.forEach((flags, b) => { if (!flags.includes(1)) fit.status[b] = STATUS.nonFinite; });
  const z = design.fixedNames.map((_, j) => fit.params[j]!.map((value, b) => (isConverged(fit.status[b]!) ? value / fit.standardErrors![j]![b]! : NaN)));
  const p = z.map((column) => column.map((value) => 2 * normalCdf(-Math.abs(value), 0, 1)));
  const adjusted = p.map(benjaminiHochberg);
  const effects = responses.flatMap((response, b) => design.fixedNames.map((term, j): ResponseRow => {
    const found = isConverged(fit.status[b]!);
    return {
      response, status: STATUS_NAMES[fit.status[b]!]!, nobs: valid[b]!.reduce((sum, flag) => sum + flag, 0), term,
      estimate: found ? fit.params[j]![b]! : NaN, std_error: found ? fit.standardErrors![j]![b]! : NaN, statistic: z[j]![b]!, p_value: p[j]![b]!, p_adjusted: adjusted[j]![b]!,
    };
  }));
  const reported = reportedParameters(design);
  return {
    formula, responses, rows: effects, parameters: reported.names, estimates: reported.columns(fit), counts: countStatuses(fit.status), fit,
  };
}

function responseColumn(table: Table, name: string): Float64Array {
  const column = table.columns.get(name);
  if (column === undefined) throw new DataError(`there is no column '${name}' among the data${closestName(name, table.columns.keys())}`, { column: name });
  if (column.kind !== 'numeric') throw new DataError(`response '${name}' is not numeric; recode it as numbers`, { column: name });
  return column.values;
}

/** The first number of trials that a response has in each row, 1 where none has; null where they have none of their own. */
function commonTrials(all: readonly (Float64Array | null)[]): Float64Array | null {
  return all[0]?.map((_, i) => all.find((trials) => trials![i]! > 0)?.[i] ?? 1) ?? null;
}

/** Whether a value can be used; a missing one cannot, nor one of no trials, and what one response among many holds is its own affair. */
function allowedValues(design: Design): (value: number, trials: number) => boolean {
  const family = isLinearMixed(design) ? null : familyOf(design);
  return (value, trials) => Number.isFinite(value) && trials > 0 && Number.isInteger(trials) && (family === null || family.invalid(value, trials) === null);
}

/** p-values adjusted for the false discovery rate; NaN ones stay NaN and are not counted. */
export function benjaminiHochberg(p: Float64Array): Float64Array {
  const order = [...p.keys()].filter((i) => !Number.isNaN(p[i]!)).sort((a, b) => p[b]! - p[a]!);
  const out = new Float64Array(p.length).fill(NaN);
  let least = 1;
  order.forEach((i, rank) => {
    least = Math.min(least, (p[i]! * order.length) / (order.length - rank));
    out[i] = least;
  });
  return out;
}
