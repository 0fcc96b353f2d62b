/** Power, type-I error, bias and coverage by simulation, over a grid of effects, sizes and random-effect distributions. */
import chisqCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Engine } from '../fit/engine.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import { STATUS, isConverged } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import { createSimulator } from '../random/simulate.js';
import { checkSeed } from '../random/stream.js';
import { combineBackends } from './combine-backends.js';
import { type EffectDistribution, effectDrawer } from './effect-distributions.js';
import { addingTo, pieces, withEngine } from './fit-pieces.js';
import { STUDY_FIT_OPTIONS, type StudyFitOptions, settingsOptions } from './fitted-model.js';
import { binomialInterval } from './monte-carlo.js';
import { type PowerGrid, type PowerModel, type PowerPlan, type PowerTest, powerPlan, smallerStart } from './power-plan.js';

export interface PowerOptions extends PowerGrid, StudyFitOptions {
  /** Replicates of each cell; with `width` the most. */
  readonly nsim: number;
  /** Integer from 0 on. Replicate i of every cell has the same random numbers: differences between cells are sharper than the cells themselves. */
  readonly seed: number;
  /** Level of the tests, default 0.05; coverage is that of Wald intervals at 1 − alpha. */
  readonly alpha?: number;
  /** Stop a cell when the 95 % interval of each of its rejection rates is no wider than this; looked at every 200 replicates. */
  readonly width?: number;
}

const OPTION_NAMES = { tested: true, nsim: true, seed: true, alpha: true, width: true, effects: true, along: true, within: true, distributions: true, tests: true, ...STUDY_FIT_OPTIONS } as const satisfies Record<keyof PowerOptions, true>;

/** One test in one cell. */
export interface PowerRow {
  readonly effect: number;
  /** Levels along, rows within; null where they are the data's. */
  readonly along: number | null;
  readonly within: number | null;
  readonly distribution: EffectDistribution;
  readonly test: PowerTest;
  readonly nsim: number;
  /** Replicates without the fits that the test needs; they count as not rejected. */
  readonly failed: number;
  /** Share of replicates in which the test rejects: power, or type-I error where the effect is 0. */
  readonly rejected: number;
  /** Exact 95 % interval of it. */
  readonly rejected_low: number;
  readonly rejected_high: number;
  /** Mean estimate minus true value, and its standard error; NaN where several coefficients are tested. */
  readonly bias: number;
  readonly bias_error: number;
  /** Share of Wald intervals that hold the true value, with exact 95 % interval. */
  readonly coverage: number;
  readonly coverage_low: number;
  readonly coverage_high: number;
}

export interface PowerStudy {
  readonly rows: readonly PowerRow[];
  readonly tested: readonly string[];
  readonly alpha: number;
  readonly seed: number;
  readonly seconds: number;
  readonly backend: BackendReport;
}

/** What the replicates of a cell gave, in order. */
export interface PowerReplicates {
  /** Estimate of the tested coefficient and its standard error; NaN where the fit failed or several are tested. */
  readonly estimate: Float64Array;
  readonly standardError: Float64Array;
  /** Likelihood-ratio statistic; NaN where a fit failed or no test needs it. */
  readonly statistic: Float64Array;
  /** Code of `STATUS` of the model with the tested coefficients. */
  readonly status: Uint8Array;
  readonly backend: BackendReport;
}

/** Replicates between two looks at the width of an interval. */
const LOOK = 200;
const CONFIDENCE = 0.95;

/**
 * Simulates every cell of the grid and tests in each replicate whether the tested coefficients are zero.
 *
 * Gaussian models are fitted as `REML` says where only `z` is asked for, else by maximum likelihood. `simulatedLrt` refers to the null
 * distribution at the stated parameters without the tested effects: what a simulated test does whose nuisance parameters are well estimated.
 * @throws GlmmError for a model or grid that does not fit; the signal's reason when aborted.
 *
 * @example
 * const study = await power({ formula: 'y ~ arm + (1 | clinic)', family: 'binomial', data: crossedTable('clinic[20]; arm = a|b; patient[10]'),
 *   params: { '(Intercept)': -1, armb: 0.5, 'clinic.(Intercept)': 0.6 } }, { tested: 'armb', effects: [0, 0.25, 0.5], nsim: 1000, seed: 1 });
 */
export async function power(model: PowerModel, options: PowerOptions): Promise<PowerStudy> {
  checkArgument('power', model, ['formula', 'data'], 'a model', 'for example { formula, data, family }');
  checkOptionNames(options, OPTION_NAMES, 'power');
  const { nsim, seed, alpha = 0.05, width, onProgress } = options;
  checkNumbers(nsim, seed, alpha, width);
  const begin = performance.now();
  const plan = await powerPlan(model, options, seed);
  const { results, backend } = await withEngine(options, async (engine) => {
    const meter = new ProgressMeter('fits', plan.cells.length * nsim * fitsPerReplicate(plan), onProgress);
    const reports: BackendReport[] = [];
    const all: PowerReplicates[] = plan.cells.map(() => EMPTY);
    // References first: whether a cell may stop can depend on them.
    const order = [...plan.cells.keys()].sort((a, b) => Number(isReference(plan, b)) - Number(isReference(plan, a)));
    for (const cell of order) {
      const adaptive = width !== undefined && !isReference(plan, cell);
      for (let from = 0; from < nsim;) {
        const to = adaptive ? Math.min(from + LOOK, nsim) : nsim;
        const part = await powerReplicates(plan, cell, seed, from, to, { ...options, engine }, meter);
        reports.push(part.backend);
        all[cell] = joinReplicates(all[cell]!, part);
        from = to;
        if (adaptive && rowsOf(plan, cell, all, alpha).every((row) => row.rejected_high - row.rejected_low <= width)) break;
      }
    }
    return { results: all, backend: combineBackends(reports) };
  });
  return powerStudy(plan, results, { alpha, seed }, (performance.now() - begin) / 1000, backend);
}

function checkNumbers(nsim: number, seed: number, alpha: number, width: number | undefined): void {
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  checkSeed(seed);
  if (!(alpha > 0 && alpha < 0.5)) throw new OptionError(`alpha must be between 0 and 0.5, not ${alpha}`);
  if (width !== undefined && !(width > 0 && width < 1)) throw new OptionError(`width must be between 0 and 1, not ${width}`);
}

export function fitsPerReplicate({ tests }: PowerPlan): number {
  return tests.some((test) => test !== 'z') ? 2 : 1;
}

/** Whether a cell is only there as the null distribution of others. */
export function isReference({ cells }: PowerPlan, cell: number): boolean {
  return cells[cell]!.reference === cell;
}

/** Replicates [from, to) of a cell; replicate i depends on (seed, i) alone. Those of references are numbered apart from all others. */
export async function powerReplicates(
  plan: PowerPlan, cell: number, seed: number, from: number, to: number, options: StudyFitOptions & { readonly engine: Engine }, meter?: ProgressMeter,
): Promise<PowerReplicates> {
  const { design: at, params, distribution } = plan.cells[cell]!;
  const { design, smaller, metric } = plan.designs[at]!;
  const { standardErrors, ...settings } = plan.settings;
  const drawEffects = effectDrawer(design, distribution);
  const simulator = createSimulator(design, params, drawEffects === undefined ? {} : { drawEffects });
  const first = isReference(plan, cell) ? FIRST_REFERENCE : 0;
  const small = smallerStart(plan.designs[at]!, plan.tested, params);
  const single = plan.tested.length === 1 ? plan.tested[0]! : null;
  const out = {
    estimate: new Float64Array(to - from).fill(NaN), standardError: new Float64Array(to - from).fill(NaN), statistic: new Float64Array(to - from).fill(NaN),
    status: new Uint8Array(to - from),
  };
  const reports: BackendReport[] = [];
  for (const piece of pieces(from, to, design.nobs)) {
    const count = piece.to - piece.from;
    const response = new Float64Array(count * design.nobs);
    for (let b = 0; b < count; b++) simulator.simulate(first + piece.from + b, seed, response, b * design.nobs);
    const fitOptions = (): FitBatchOptions => ({
      ...settingsOptions(settings), engine: options.engine,
      ...(options.chunk === undefined ? {} : { chunk: options.chunk }), ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(meter === undefined ? {} : { onProgress: addingTo(meter) }),
    });
    const large = await fitBatch(design, { nModels: count, response, start: params, metric }, { ...fitOptions(), standardErrors: single === null ? 'none' : standardErrors });
    const base = piece.from - from;
    out.status.set(large.status, base);
    reports.push(large.backend);
    if (single !== null) {
      for (let b = 0; b < count; b++) {
        if (!isConverged(large.status[b]!)) continue;
        out.estimate[base + b] = large.params[single]![b]!;
        out.standardError[base + b] = large.standardErrors![single]![b]!;
      }
    }
    if (smaller === null) continue;
    const other = await fitBatch(smaller, { nModels: count, response, start: small.params, metric: small.metric }, fitOptions());
    reports.push(other.backend);
    for (let b = 0; b < count; b++) {
      if (hasLikelihood(large.status[b]!) && hasLikelihood(other.status[b]!)) out.statistic[base + b] = Math.max(0, 2 * (large.logLik[b]! - other.logLik[b]!));
    }
  }
  return { ...out, backend: combineBackends(reports) };
}

const FIRST_REFERENCE = 2 ** 41;

/** A separated fit has no finite estimate, but its log-likelihood is near its supremum. */
function hasLikelihood(status: number): boolean {
  return isConverged(status) || status === STATUS.separated;
}

/** The table of a study from the replicates of its cells. */
export function powerStudy(
  plan: PowerPlan, results: readonly PowerReplicates[], { alpha, seed }: { readonly alpha: number; readonly seed: number }, seconds: number, backend: BackendReport,
): PowerStudy {
  const rows = plan.cells.flatMap((_, cell) => (isReference(plan, cell) ? [] : rowsOf(plan, cell, results, alpha)));
  return { rows, tested: plan.testedNames, alpha, seed, seconds, backend };
}

function rowsOf(plan: PowerPlan, cell: number, results: readonly PowerReplicates[], alpha: number): PowerRow[] {
  const { effect, along, within, distribution, params, reference } = plan.cells[cell]!;
  const { estimate, standardError, statistic } = results[cell]!;
  const nsim = estimate.length;
  const null0 = reference === null ? new Float64Array(0) : results[reference]!.statistic.filter((value) => !Number.isNaN(value)).sort();
  const z = normalQuantile(1 - alpha / 2, 0, 1);
  const truth = plan.tested.length === 1 ? params[plan.tested[0]!]! : NaN;
  const errors = estimate.map((value) => value - truth).filter((value) => !Number.isNaN(value));
  const mean = errors.reduce((sum, value) => sum + value, 0) / errors.length;
  const spread = Math.sqrt(errors.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (errors.length - 1));
  const intervals = [...estimate.keys()].filter((i) => Number.isFinite(standardError[i]!));
  const held = intervals.filter((i) => Math.abs(estimate[i]! - truth) <= z * standardError[i]!).length;
  const [coverageLow, coverageHigh] = intervals.length === 0 ? [NaN, NaN] : binomialInterval(held, intervals.length, CONFIDENCE);
  return plan.tests.map((test): PowerRow => {
    const pOf = (i: number): number => {
      switch (test) {
        case 'z': return 2 * normalCdf(-Math.abs(estimate[i]! / standardError[i]!), 0, 1);
        case 'lrt': return 1 - chisqCdf(statistic[i]!, plan.tested.length);
        case 'simulatedLrt': return Number.isNaN(statistic[i]!) ? NaN : (1 + countFrom(null0, statistic[i]!)) / (1 + null0.length);
        default: return test satisfies never;
      }
    };
    let rejected = 0;
    let failed = 0;
    for (let i = 0; i < nsim; i++) {
      const p = pOf(i);
      if (Number.isNaN(p)) failed++;
      else if (p <= alpha) rejected++;
    }
    const [low, high] = binomialInterval(rejected, nsim, CONFIDENCE);
    return {
      effect, along, within, distribution, test, nsim, failed, rejected: rejected / nsim, rejected_low: low, rejected_high: high,
      bias: mean, bias_error: spread / Math.sqrt(errors.length),
      coverage: intervals.length === 0 ? NaN : held / intervals.length, coverage_low: coverageLow, coverage_high: coverageHigh,
    };
  });
}

/** Number of sorted values at or above a bound. */
function countFrom(sorted: Float64Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}

const EMPTY: PowerReplicates = {
  estimate: new Float64Array(0), standardError: new Float64Array(0), statistic: new Float64Array(0), status: new Uint8Array(0), backend: combineBackends([]),
};

function joinReplicates(a: PowerReplicates, b: PowerReplicates): PowerReplicates {
  if (a.estimate.length === 0) return b;
  const both = (name: 'estimate' | 'standardError' | 'statistic'): Float64Array => Float64Array.from([...a[name], ...b[name]]);
  return {
    estimate: both('estimate'), standardError: both('standardError'), statistic: both('statistic'), status: Uint8Array.from([...a.status, ...b.status]),
    backend: combineBackends([a.backend, b.backend]),
  };
}
