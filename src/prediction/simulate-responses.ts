/** Responses drawn from a fitted model: on its own rows or on new ones, at its estimates or at other parameters. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import type { GlmmFit } from '../fit/glmm.js';
import { type GlmmOptions, START_NAMES } from '../fit/options.js';
import { type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import { createSimulator } from '../random/simulate.js';
import { checkSeed } from '../random/stream.js';
import { type TableInput, toTable } from '../table/from-values.js';
import { type NewRowOptions, newRows } from './fit-rows.js';

/** What is drawn, how often, and from which parameters. */
export interface SimulateOptions extends NewRowOptions {
  /** Number of response vectors, default 1. */
  readonly nsim?: number;
  /** Integer ≥ 0; replicate i depends on (seed, i) alone. */
  readonly seed: number;
  /** Index of the first replicate, default 0. */
  readonly first?: number;
  /** Random effects kept at their conditional modes, those of new levels at zero; default: drawn anew for each replicate. */
  readonly conditional?: boolean;
  /** New rows instead of those of the fit; prior weights are then 1. */
  readonly data?: TableInput;
  /** Binomial sizes of the new rows, one number for all or one per row; needed where the model has sizes. */
  readonly trials?: number | ArrayLike<number>;
  /** Other parameters instead of the estimates, each in the form of `start`; what is left out stays as it was estimated (lme4's `newparams`). */
  readonly parameters?: NonNullable<GlmmOptions['start']>;
}

const OPTION_NAMES = {
  nsim: true, seed: true, first: true, conditional: true, data: true, trials: true, parameters: true, allowNewLevels: true, offset: true,
} as const satisfies Record<keyof SimulateOptions, true>;

/**
 * nsim vectors of one response per row (binomial: successes; ordered responses: places of the categories).
 * @throws OptionError for a seed or count that is not a non-negative integer, parameters of the wrong number, or sizes that are wanting; DataError for new rows that the
 * model cannot be applied to.
 *
 * @example
 * simulateResponses(fit, { seed: 1, data: { period: ['1'], herd: ['new'] }, trials: 20, allowNewLevels: true });
 */
export function simulateResponses(fit: GlmmFit, options: SimulateOptions): Float64Array[] {
  checkFit('simulate', fit);
  checkOptionNames(options, OPTION_NAMES, 'simulate');
  const { nsim = 1, seed, first = 0, conditional = false } = options;
  if (!Number.isSafeInteger(nsim) || nsim < 0) throw new OptionError(`nsim = ${nsim} is not a non-negative integer`);
  checkSeed(seed);
  if (options.data === undefined && (options.trials !== undefined || options.offset !== undefined)) throw new OptionError('trials and offset belong to new rows; give data, or leave them out');
  if (options.parameters !== undefined) checkOptionNames(options.parameters, START_NAMES, 'parameters');
  const design = options.data === undefined ? fit.design : newDesign(fit, options);
  const simulator = createSimulator(design, parametersOf(fit, options.parameters), conditional ? { modes: modesIn(design, fit) } : {});
  return Array.from({ length: nsim }, (_, i) => {
    const y = new Float64Array(design.nobs);
    simulator.simulate(first + i, seed, y, 0);
    return y;
  });
}

/** The design of new rows; levels that the model was not fitted with stand behind its own. */
function newDesign({ design, frame }: GlmmFit, options: SimulateOptions): Design {
  const rows = newRows(frame, toTable(options.data!), options, design.random.map(() => 'modes'));
  const { nobs, x } = rows;
  const p = design.fixedNames.length;
  const missing = Array.from({ length: nobs }, (_, i) => i).find((i) => !x.subarray(i * p, (i + 1) * p).every(Number.isFinite) || !Number.isFinite(rows.offset?.[i] ?? 0)
    || rows.random.some(({ z }) => !z.subarray(i * (z.length / nobs), (i + 1) * (z.length / nobs)).every(Number.isFinite)));
  if (missing !== undefined) throw new DataError(`a predictor is missing in row ${missing + 1} of the new data; leave the row out`, { row: missing + 1 });
  const random = design.random.map((term, t) => {
    const { index, z } = rows.random[t]!;
    const known = term.levels.length;
    const fresh = index.reduce((count, level) => Math.max(count, -level), 0);
    return { ...term, z, levels: [...term.levels, ...Array.from({ length: fresh }, (_, k) => `new ${k + 1}`)], index: index.map((level) => (level < 0 ? known - 1 - level : level)) };
  });
  return { ...design, nobs, x, random, offset: rows.offset, auxiliary: rows.auxiliary, weights: null, trials: trialsOf(design, nobs, options.trials) };
}

function trialsOf({ trials }: Design, nobs: number, given: SimulateOptions['trials']): Float64Array | null {
  if (given === undefined) {
    if (trials !== null) throw new OptionError('the responses of the model are successes out of many: give trials, the sizes of the new rows');
    return null;
  }
  const sizes = typeof given === 'number' ? new Float64Array(nobs).fill(given) : Float64Array.from(given);
  if (sizes.length !== nobs) throw new OptionError(`trials has ${sizes.length} numbers, the new data have ${nobs} rows; give one per row`);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0)) throw new OptionError('trials are whole numbers of at least 0');
  return sizes;
}

/** The modes of the fit in the layout of a design with more levels. */
function modesIn(design: Design, fit: GlmmFit): Float64Array {
  if (design === fit.design) return fit.modes;
  const { places, effects } = effectPlaces(design);
  const modes = new Float64Array(effects);
  effectPlaces(fit.design).places.forEach(({ term, q, first, stride }, t) => {
    const to = places[t]!;
    term.levels.forEach((_, level) => {
      for (let c = 0; c < q; c++) modes[to.first + level * to.stride + c] = fit.modes[first + level * stride + c]!;
    });
  });
  return modes;
}

function parametersOf({ design, params }: GlmmFit, given: SimulateOptions['parameters']): Float64Array {
  if (given === undefined) return params;
  const { nFixed, nTheta, nAuxiliary } = parameterLayout(design);
  const out = params.slice();
  const put = (name: string, values: ArrayLike<number> | undefined, at: number, wanted: number): void => {
    if (values === undefined) return;
    if (values.length !== wanted || !Array.from(values).every(Number.isFinite)) throw new OptionError(`parameters.${name} needs ${wanted} finite number${wanted === 1 ? '' : 's'}, not ${Array.from(values).join(', ') || 'none'}`);
    out.set(Float64Array.from(values), at);
  };
  put('fixef', given.fixef, 0, nFixed);
  put('theta', given.theta, nFixed, nTheta);
  put('auxiliary', given.auxiliary, nFixed + nTheta, nAuxiliary);
  if (given.sigma !== undefined) {
    if (!isLinearMixed(design)) throw new OptionError('parameters.sigma is for linear mixed models; leave it out');
    if (!(given.sigma > 0 && given.sigma < Infinity)) throw new OptionError(`parameters.sigma is ${given.sigma}; it must be positive`);
    out[out.length - 1] = given.sigma;
  }
  return out;
}
