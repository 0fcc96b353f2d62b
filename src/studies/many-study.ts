/** One model fitted to many responses as a study: cut anywhere, computed anywhere, put together again. */
import { checkArgument } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { resolveFamily } from '../families/registry.js';
import { createColumns } from '../fit/batch-chunk.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { FitSettings } from '../fit/fit-chunk.js';
import { prepareModel } from '../fit/glmm.js';
import type { GlmmOptions } from '../fit/options.js';
import { thresholdPredictor } from '../formula/auxiliary.js';
import type { Batch } from '../model/batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import type { Design } from '../model/design.js';
import { STATUS, type StatusName, STATUS_NAMES, countStatuses, isConverged } from '../model/status.js';
import { twoSided } from '../numerics/tails.js';
import { type TableInput, toTable } from '../table/from-values.js';
import { combineBackends } from './combine-backends.js';
import { type FitColumns, fitColumns } from './fit-columns.js';
import { addingTo, fitPieces } from './fit-pieces.js';
import { settingsOptions } from './fitted-model.js';
import { countingRows } from './leave-out.js';
import { reportedParameters } from './reported-parameters.js';
import { type ResponseNumbers, responseNumbers } from './response-numbers.js';
import { responseTemplate } from './response-template.js';
import type { Study, StudyContext, StudyResults, StudySpec } from './study.js';
import { withoutLevelNames } from './without-level-names.js';

/** The model that the responses share, and their names. */
export interface ManyModel extends Omit<GlmmOptions, 'start' | 'backend' | 'signal'> {
  /** Names of the columns that take the place of the formula's response in turn. */
  readonly responses: readonly string[];
}

/** Everything the fits depend on. Replicate i is response i. */
export interface ManySpec extends StudySpec {
  readonly kind: 'many';
  readonly formula: string;
  /** Ordered responses bring thresholds of their own. */
  readonly design: Design;
  readonly settings: Pick<FitSettings, 'integration' | 'control' | 'REML' | 'standardErrors'>;
  /** Structure of the thresholds of ordered responses. */
  readonly threshold: string | null;
  readonly responses: readonly ResponseNumbers[];
  /** An allowed response, for the rows without a value, which count zero times. */
  readonly placeholder: Float64Array;
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
  /** Fixed effects, standard deviations, correlations …: one column per parameter, one value per response, NaN for a threshold that the response does not have. */
  readonly parameters: readonly string[];
  readonly estimates: readonly Float64Array[];
  readonly counts: Readonly<Record<StatusName, number>>;
  readonly fit: BatchFit;
}

/** The spec of the fits. @throws GlmmError for a formula, options or names that do not fit. */
export function manySpec(formula: string, data: TableInput, { responses: names, ...options }: ManyModel): ManySpec {
  const table = toTable(data);
  checkArgument('manyResponses', names, ['length'], 'the names of the responses', 'for example responses: [name, name]');
  if (names.length === 0) throw new OptionError('no response is named; give the names of their columns');
  const { family } = resolveFamily(options.family);
  const ordered = family === 'cumulative';
  const template = responseTemplate(formula, table, family);
  const { threshold, ...others } = options;
  // What stands for an ordered response has two categories, which are too few for some structures.
  const { frame, settings } = prepareModel(template.formula, template.table, ordered ? others : options);
  settingsOptions(settings);
  const responses = names.map((name) => responseNumbers(name, table, template, frame));
  const few = responses.find(({ categories }) => categories?.length === 2);
  if (few !== undefined && threshold !== undefined && threshold !== 'flexible') {
    throw new DataError(`${threshold} thresholds need three categories or more, response '${few.name}' has 2; leave it out or use flexible`, { column: few.name });
  }
  const { integration, control, REML, standardErrors } = settings;
  return {
    kind: 'many', formula, ...withTrials(withoutLevelNames(frame.design), responses), placeholder: frame.response, threshold: ordered ? threshold ?? null : null,
    settings: { integration, control, standardErrors, ...(REML === undefined ? {} : { REML }) },
  };
}

/** Sizes that the responses have in common belong to the design. */
function withTrials(design: Design, responses: readonly ResponseNumbers[]): Pick<ManySpec, 'design' | 'responses'> {
  const own = responses.flatMap(({ trials }) => (trials === null ? [] : [trials]));
  if (own.length === 0) return { design, responses };
  const trials = Float64Array.from({ length: design.nobs }, (_, i) => own.find((sizes) => sizes[i]! > 0)?.[i] ?? 1);
  const differ = own.some((sizes) => sizes.some((size, i) => size !== 0 && size !== trials[i]));
  if (differ && design.family === 'betabinomial') throw new DataError('the responses differ in their numbers of trials, which only family binomial can have on one design; fit them apart');
  return { design: { ...design, trials }, responses: differ ? responses : responses.map((response) => ({ ...response, trials: null })) };
}

/** The study of a spec: one row per response, its name and number of rows before the columns of its fit. */
export function manyStudy(spec: ManySpec): Study {
  const { columns, of } = columnsOf(spec);
  return {
    spec, total: spec.responses.length, columns,
    async run({ from, to }, context) {
      const chosen = spec.responses.slice(from, to);
      const fit = await fitResponses(spec, chosen, context);
      return { columns: [...of([chosen.map(({ name }) => name), Int32Array.from(chosen, ({ values }) => values.filter((value) => !Number.isNaN(value)).length)], fit)], backend: fit.backend };
    },
  };
}

/** What `manyResponses` returns, from the results of its study. */
export async function manyFromResults(spec: ManySpec, results: StudyResults): Promise<ManyResponses> {
  const { formula, design } = spec;
  const fit = await columnsOf(spec).read(results);
  const nobs = await results.column('nobs');
  const responses = spec.responses.map(({ name }) => name);
  const found = Array.from(fit.status, isConverged);
  const terms = design.fixedNames.map((_, j) => {
    const statistic = fit.params[j]!.map((value, b) => (found[b]! ? value / fit.standardErrors![j]![b]! : NaN));
    const p = statistic.map((z) => twoSided(z, Infinity));
    return { statistic, p, adjusted: benjaminiHochberg(p) };
  });
  const rows = responses.flatMap((response, b) => design.fixedNames.map((term, j): ResponseRow => ({
    response, status: STATUS_NAMES[fit.status[b]!]!, nobs: nobs[b] as number, term,
    estimate: found[b]! ? fit.params[j]![b]! : NaN, std_error: found[b]! ? fit.standardErrors![j]![b]! : NaN,
    statistic: terms[j]!.statistic[b]!, p_value: terms[j]!.p[b]!, p_adjusted: terms[j]!.adjusted[b]!,
  })));
  const reported = reportedParameters(commonDesign(spec));
  return { formula, responses, rows, parameters: reported.names, estimates: reported.columns(fit), counts: countStatuses(fit.status), fit };
}

function columnsOf(spec: ManySpec): FitColumns {
  return fitColumns([{ name: 'response', type: 'STRING' }, { name: 'nobs', type: 'INT32' }], commonDesign(spec), true);
}

/** As much of a design as names the parameters of all responses: the thresholds that any of them has. */
function commonDesign(spec: ManySpec): Design {
  const kinds = new Map(spec.responses.filter(({ isUsable }) => isUsable).map(({ categories }) => [JSON.stringify(categories), categories]));
  const designs = [...kinds.values()].map((categories) => designOf(spec, categories));
  const auxiliary = spec.design.auxiliary.map((predictor, k) => ({ ...predictor, names: [...new Set(designs.flatMap((design) => design.auxiliary[k]!.names))] }));
  return { ...spec.design, auxiliary };
}

/** The design of responses with some categories. */
function designOf({ design, threshold }: ManySpec, categories: ResponseNumbers['categories']): Design {
  return categories === null ? design : { ...design, auxiliary: [thresholdPredictor(categories, threshold ?? 'flexible')] };
}

/** Fits of some responses, those of the same categories in one batch; a response that cannot be fitted has a status. */
async function fitResponses(spec: ManySpec, chosen: readonly ResponseNumbers[], { engine, signal, onProgress }: StudyContext): Promise<BatchFit> {
  const { design, settings } = spec;
  const columns = createColumns(commonDesign(spec), chosen.length, true);
  for (const column of [...columns.params, ...columns.standardErrors!, columns.logLik, columns.decrement]) column.fill(NaN);
  columns.status.fill(STATUS.nonFinite);
  const kinds = new Map<string, number[]>();
  chosen.forEach(({ categories, isUsable }, b) => {
    if (!isUsable) return;
    const kind = JSON.stringify(categories);
    const places = kinds.get(kind);
    if (places === undefined) kinds.set(kind, [b]);
    else places.push(b);
  });
  const meter = new ProgressMeter('fits', chosen.length, ({ done }) => onProgress?.(done));
  const reports = [];
  for (const places of kinds.values()) {
    const own = designOf(spec, chosen[places[0]!]!.categories);
    const fit = await fitPieces(own, places.length, 4 * design.nobs, (from, to) => batchOf(spec, places.slice(from, to).map((b) => chosen[b]!)), {
      ...settingsOptions(settings), standardErrors: settings.standardErrors, engine, onProgress: addingTo(meter), ...(signal === undefined ? {} : { signal }),
    });
    const placeOf = fit.names.map((name, j) => (columns.names[j] === name ? j : columns.names.indexOf(name)));
    places.forEach((b, at) => {
      placeOf.forEach((to, j) => {
        columns.params[to]![b] = fit.params[j]![at]!;
        columns.standardErrors![to]![b] = fit.standardErrors![j]![at]!;
      });
      for (const name of ['logLik', 'status', 'evaluations', 'decrement'] as const) columns[name][b] = fit[name][at]!;
    });
    reports.push(fit.backend);
  }
  return { nModels: chosen.length, ...columns, backend: combineBackends(reports) };
}

/** Rows without a value count zero times, with numbers that are allowed. */
function batchOf({ design, placeholder }: ManySpec, responses: readonly ResponseNumbers[]): Batch {
  const n = design.nobs;
  const response = new Float64Array(responses.length * n);
  const copies = new Float64Array(responses.length * n).fill(1);
  const trials = responses[0]!.trials === null ? null : new Float64Array(responses.length * n);
  responses.forEach(({ values, trials: sizes }, b) => {
    response.set(values, b * n);
    trials?.set(sizes!, b * n);
    values.forEach((value, i) => {
      if (!Number.isNaN(value)) return;
      copies[b * n + i] = 0;
      response[b * n + i] = placeholder[i]!;
      if (trials !== null) trials[b * n + i] = design.trials![i]!;
    });
  });
  return { nModels: responses.length, response, ...(trials === null ? {} : { trials }), ...countingRows(design, copies) };
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
