/** The permutation test as a study: cut anywhere, computed anywhere, put together again. */
import { checkArgument } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { fitBatch } from '../fit/fit-batch.js';
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import { STATUS_NAMES, type StatusName, countStatuses, hasSupremum, statusCodes, statusNames } from '../model/status.js';
import closestName from '../names.js';
import type { BackendReport } from '../objective/backend.js';
import { hasOneFactor } from '../objective/one-factor.js';
import { STREAM, checkSeed, fillUniforms } from '../random/stream.js';
import type { BootstrapSource } from './bootstrap.js';
import { dropColumns, dropParameters } from './drop-columns.js';
import { fitPieces } from './fit-pieces.js';
import { type FittedModel, byMaximumLikelihood, settingsOptions } from './fitted-model.js';
import { isBeyond } from './lrt-p-values.js';
import { binomialInterval } from './monte-carlo.js';
import { plainSource } from './plain-source.js';
import { replicateNumbers } from './replicate-columns.js';
import type { Study, StudyResults, StudySpec } from './study.js';

/** Everything the replicates depend on, and the statistic they are compared with. */
export interface PermutationSpec extends StudySpec {
  readonly kind: 'permute';
  readonly source: BootstrapSource;
  readonly response: Float64Array;
  /** Names and indices of the columns that are exchanged. */
  readonly names: readonly string[];
  readonly columns: readonly number[];
  readonly exchanged: 'rows' | 'levels';
  /** Log-likelihood without the columns: no permutation changes it. */
  readonly base: number;
  readonly statistic: number;
  readonly nsim: number;
  readonly seed: number;
}

/** A likelihood-ratio statistic with its permutation distribution. */
export interface PermutationTest {
  readonly columns: readonly string[];
  /** What was exchanged: rows within the levels of the grouping factor, or its levels. */
  readonly exchanged: 'rows' | 'levels';
  /** Likelihood-ratio statistic of the columns in the data as they are. */
  readonly statistic: number;
  /** The same after each permutation; NaN where the fit failed. */
  readonly replicates: Float64Array;
  /** (1 + statistics at or above the observed one) / (1 + permutations). */
  readonly p_value: number;
  /** Exact 95 % interval for the share of all permutations. */
  readonly interval: readonly [number, number];
  readonly counts: Readonly<Record<StatusName, number>>;
  readonly seconds: number;
  readonly backend: BackendReport;
}

/** The spec of a test. @throws OptionError for unknown columns, several grouping factors, or columns of both kinds; DataError where the model without the columns has no maximum. */
export async function permutationSpec(model: FittedModel, { columns: names, nsim, seed }: { readonly columns: readonly string[]; readonly nsim: number; readonly seed: number }): Promise<PermutationSpec> {
  const { design } = model.frame;
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  checkSeed(seed);
  if (!hasOneFactor(design)) throw new OptionError('a permutation test needs random effects on a single grouping factor: it says what may be exchanged');
  checkArgument('permutationTest', names, ['length'], 'the names of its columns', 'for example columns: [name]');
  const columns = names.map((name) => {
    const j = design.fixedNames.indexOf(name);
    if (j === -1) throw new OptionError(`'${name}' is no fixed effect of the model${closestName(name, design.fixedNames) || `; use ${design.fixedNames.slice(0, 20).join(', ')}`}`);
    return j;
  });
  if (columns.length === 0) throw new OptionError('no column is permuted; name one fixed effect or several');
  const exchanged = kindOfExchange(design, columns);
  const full = await byMaximumLikelihood(model);
  const source = plainSource(full);
  const start = dropParameters(design, columns, full.params, full.metric);
  const without = await fitBatch(
    dropColumns(design, columns), { nModels: 1, response: model.response, start: start.params, metric: start.metric }, { ...settingsOptions(full.settings), backend: 'cpu', workers: 1 });
  if (!hasSupremum(without.status[0]!)) {
    throw new DataError(`the model without ${names.join(', ')} does not converge (${STATUS_NAMES[without.status[0]!]!}), so there is no statistic to compare with; allow more evaluations (control.maxEvaluations, --max-evaluations) or simplify the model`);
  }
  const base = without.logLik[0]!;
  return { kind: 'permute', source, response: model.response, names, columns, exchanged, base, statistic: Math.max(0, 2 * (full.logLik - base)), nsim, seed };
}

/** The study of a spec: the likelihood-ratio statistic of each permutation, NaN where the fit has no maximum. */
export function permutationStudy(spec: PermutationSpec): Study {
  const { source: { frame: { design }, settings }, base, nsim } = spec;
  return {
    spec, total: nsim,
    columns: [{ name: 'replicate', type: 'INT32' }, { name: 'status', type: 'STRING' }, { name: 'statistic', type: 'DOUBLE' }],
    async run({ from, to }, { engine, signal, onProgress }) {
      const numbers = design.nobs * (design.fixedNames.length + 1);
      const { logLik, status, backend } = await fitPieces(design, to - from, numbers, (first, end) => permuted(spec, from + first, from + end), {
        ...settingsOptions(settings), engine, ...(signal === undefined ? {} : { signal }), onProgress: ({ done }) => { onProgress?.(done); },
      });
      const statistic = logLik.map((value, b) => (hasSupremum(status[b]!) ? Math.max(0, 2 * (value - base)) : NaN));
      return { columns: [replicateNumbers({ from, to }), statusNames(status), statistic], backend };
    },
  };
}

/** The test from the results of its study. */
export async function permutationFromResults({ names, exchanged, statistic }: PermutationSpec, results: StudyResults): Promise<PermutationTest> {
  const replicates = (await results.column('statistic')) as Float64Array;
  const valid = replicates.filter((value) => !Number.isNaN(value));
  const beyond = valid.filter((value) => isBeyond(value, statistic)).length;
  return {
    columns: names, exchanged, statistic, replicates, p_value: (1 + beyond) / (1 + valid.length), interval: binomialInterval(beyond, valid.length, 0.95),
    counts: countStatuses(statusCodes((await results.column('status')) as readonly string[])),
    seconds: results.seconds, backend: results.backend,
  };
}

function kindOfExchange(design: Design, columns: readonly number[]): 'rows' | 'levels' {
  const { index, levels } = design.random[0]!;
  const p = design.fixedNames.length;
  const constant = columns.map((j) => {
    const seen = new Float64Array(levels.length).fill(NaN);
    return index.every((level, i) => {
      const value = design.x[i * p + j]!;
      if (Number.isNaN(seen[level]!)) seen[level] = value;
      return seen[level] === value;
    });
  });
  if (constant.every((is) => is)) return 'levels';
  if (constant.some((is) => is)) throw new OptionError('some of the columns vary within the levels of the grouping factor and others do not; test them apart');
  return 'rows';
}

/** Models [from, to) with their permuted columns. */
function permuted({ source: { frame: { design }, params, metric }, response, columns, exchanged, seed }: PermutationSpec, from: number, to: number): Batch {
  const { nobs: n, fixedNames, x } = design;
  const p = fixedNames.length;
  const { index, levels } = design.random[0]!;
  const rowsOf = levels.map((): number[] => []);
  index.forEach((level, i) => { rowsOf[level]!.push(i); });
  const own = new Float64Array((to - from) * n * p);
  const responses = new Float64Array((to - from) * n);
  const source = new Int32Array(n);
  for (let b = from; b < to; b++) {
    if (exchanged === 'rows') {
      for (const rows of rowsOf) shuffled(rows, seed, b).forEach((row, at) => { source[rows[at]!] = row; });
    } else {
      const order = shuffled([...levels.keys()], seed, b);
      rowsOf.forEach((rows, level) => { for (const row of rows) source[row] = rowsOf[order[level]!]![0]!; });
    }
    const base = (b - from) * n * p;
    own.set(x, base);
    responses.set(response, (b - from) * n);
    for (let i = 0; i < n; i++) for (const j of columns) own[base + i * p + j] = x[source[i]! * p + j]!;
  }
  return { nModels: to - from, response: responses, x: own, start: params, metric };
}

/** A permutation that depends on (seed, replicate) and the first item: Fisher & Yates with the uniforms of a stream of its own. */
function shuffled(items: readonly number[], seed: number, replicate: number): number[] {
  const out = [...items];
  const uniforms = new Float64Array(out.length);
  fillUniforms(uniforms, out.length, seed, replicate, STREAM.furtherUniforms + items[0]!);
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(uniforms[i]! * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
