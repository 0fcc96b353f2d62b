/** Bootstrap methods: what each replicate is fitted to. Replicate i depends on (seed, i) alone. */
import { OptionError } from '../errors.js';
import type { BootstrapMethod } from '../fit/types.js';
import type { Batch } from '../model/batch.js';
import { type Design, isLinearMixed } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import { linearPredictor } from '../model/linear-predictor.js';
import { semidefiniteFactor } from '../numerics/cholesky.js';
import { hasOneFactor } from '../objective/one-factor.js';
import { type SimulatorOptions, createSimulator } from '../random/simulate.js';
import { STREAM, fillUniforms } from '../random/stream.js';
import type { BootstrapSource } from './bootstrap.js';
import { countingRows } from './leave-out.js';

const BOOTSTRAP_METHODS: readonly BootstrapMethod[] = ['parametric', 'residual', 'levels', 'rows'];

/** Makes the batch of replicates [from, to); starts and metric are the caller's. */
export type Resampler = (from: number, to: number) => Pick<Batch, 'response' | 'weights' | 'rowCopies' | 'levelCopies'>;

/** @throws OptionError where the method does not suit the model or something that it needs is missing. */
export function createResampler(source: BootstrapSource, method: BootstrapMethod, seed: number): Resampler {
  const { params, frame: { design } } = source;
  switch (method) {
    case 'parametric':
      return (from) => ({ response: { kind: 'simulate', params, seed, first: from } });
    case 'residual':
      return residualResampler(source, seed);
    case 'levels':
      if (!hasOneFactor(design)) throw new OptionError("method 'levels' needs random effects on a single grouping factor: with several a level is not independent of the others");
      return (from, to) => ({ response: repeated(responseOf(source, method), to - from), levelCopies: levelCopies(design, seed, from, to) });
    case 'rows':
      return (from, to) => ({ response: repeated(responseOf(source, method), to - from), ...countingRows(design, rowCopies(design, seed, from, to)) });
    default:
      throw new OptionError(`unknown bootstrap method '${method satisfies never as string}'; use ${BOOTSTRAP_METHODS.join(', ')}`);
  }
}

function responseOf({ response }: BootstrapSource, method: BootstrapMethod): Float64Array {
  if (response === undefined) throw new OptionError(`method '${method}' needs the response of the fitted model`);
  return response;
}

function repeated(values: Float64Array, times: number): Float64Array {
  const out = new Float64Array(times * values.length);
  for (let b = 0; b < times; b++) out.set(values, b * values.length);
  return out;
}

function levelCopies({ random }: Design, seed: number, from: number, to: number): Float64Array {
  const levels = random[0]!.levels.length;
  const out = new Float64Array((to - from) * levels);
  const uniforms = new Float64Array(levels);
  for (let b = from; b < to; b++) {
    fillUniforms(uniforms, levels, seed, b, STREAM.randomEffects);
    for (const u of uniforms) out[(b - from) * levels + Math.floor(u * levels)]!++;
  }
  return out;
}

function rowCopies(design: Design, seed: number, from: number, to: number): Float64Array {
  const n = design.nobs;
  const cells = rowsByLevels(design);
  const out = new Float64Array((to - from) * n);
  const uniforms = new Float64Array(n);
  for (let b = from; b < to; b++) {
    fillUniforms(uniforms, n, seed, b, STREAM.observations);
    for (const rows of cells) for (const row of rows) out[(b - from) * n + rows[Math.floor(uniforms[row]! * rows.length)]!]!++;
  }
  return out;
}

/** Rows that share the levels of all grouping factors. */
function rowsByLevels({ nobs, random }: Design): number[][] {
  const factors = [...new Map(random.map(({ group, index }) => [group, index])).values()];
  const cells = new Map<string, number[]>();
  for (let i = 0; i < nobs; i++) {
    const key = factors.map((index) => index[i]).join(' ');
    const rows = cells.get(key);
    if (rows === undefined) cells.set(key, [i]);
    else rows.push(i);
  }
  if (cells.size === nobs) throw new OptionError("method 'rows' has nothing to draw: each combination of levels holds a single row");
  return [...cells.values()];
}

function residualResampler(source: BootstrapSource, seed: number): Resampler {
  const { params, modes, frame: { design } } = source;
  if (modes === undefined) throw new OptionError("method 'residual' needs the conditional modes of the fitted model");
  const simulator = createSimulator(design, params, {
    drawEffects: effectsFrom(design, modes),
    ...(isLinearMixed(design) ? { drawErrors: errorsFrom(design, params, modes, responseOf(source, 'residual')) } : {}),
  });
  const n = design.nobs;
  return (from, to) => {
    const response = new Float64Array((to - from) * n);
    for (let b = from; b < to; b++) simulator.simulate(b, seed, response, (b - from) * n);
    return { response };
  };
}

/** Draws levels of each grouping factor with replacement from the modes, which were given mean zero and unit covariance (Λ scales them). */
function effectsFrom(design: Design, modes: Float64Array): NonNullable<SimulatorOptions['drawEffects']> {
  const { places, effects } = effectPlaces(design);
  const reflated = new Float64Array(effects);
  for (const { term, q, first, stride } of places) {
    const levels = term.levels.length;
    const at = (level: number, c: number): number => first + level * stride + c;
    const mean = Float64Array.from({ length: q }, (_, c) => Array.from({ length: levels }, (__, level) => modes[at(level, c)]!).reduce((sum, u) => sum + u, 0) / levels);
    const covariance = new Float64Array(q * q);
    for (let level = 0; level < levels; level++) {
      for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) covariance[r * q + c]! += ((modes[at(level, r)]! - mean[r]!) * (modes[at(level, c)]! - mean[c]!)) / levels;
    }
    const root = semidefiniteFactor(covariance, q);
    for (let level = 0; level < levels; level++) {
      for (let r = 0; r < q; r++) {
        let value = modes[at(level, r)]! - mean[r]!;
        for (let c = 0; c < r; c++) value -= root[r * q + c]! * reflated[at(level, c)]!;
        // An effect without variance has modes of zero, and Λ makes nothing of them.
        reflated[at(level, r)] = root[r * q + r] === 0 ? 0 : value / root[r * q + r]!;
      }
    }
  }
  const groups = [...new Set(places.map(({ term }) => term.group))];
  const total = groups.reduce((sum, group) => sum + places.find(({ term }) => term.group === group)!.term.levels.length, 0);
  const uniforms = new Float64Array(total);
  return (out, seed, replicate) => {
    fillUniforms(uniforms, total, seed, replicate, STREAM.randomEffects);
    let next = 0;
    for (const group of groups) {
      const own = places.filter(({ term }) => term.group === group);
      const levels = own[0]!.term.levels.length;
      for (let level = 0; level < levels; level++) {
        // The effects of a level stay together, whatever terms they belong to.
        const drawn = Math.floor(uniforms[next++]! * levels);
        for (const { q, first, stride } of own) for (let c = 0; c < q; c++) out[first + level * stride + c] = reflated[first + drawn * stride + c]!;
      }
    }
  };
}

/** Draws residuals with replacement, in units of σ: mean zero and unit variance. Rows of weight zero have none to give. */
function errorsFrom(design: Design, params: Float64Array, modes: Float64Array, response: Float64Array): NonNullable<SimulatorOptions['drawErrors']> {
  const eta = linearPredictor(design, params, modes);
  const weight = (i: number): number => design.weights?.[i] ?? 1;
  const rows = [...response.keys()].filter((i) => weight(i) > 0);
  const residuals = rows.map((i) => (response[i]! - eta[i]!) * Math.sqrt(weight(i)));
  const mean = residuals.reduce((sum, value) => sum + value, 0) / residuals.length;
  const sd = Math.sqrt(residuals.reduce((sum, value) => sum + (value - mean) ** 2, 0) / residuals.length);
  const standard = Float64Array.from(residuals, (value) => (value - mean) / sd);
  return (out, count, seed, replicate) => {
    fillUniforms(out, count, seed, replicate, STREAM.observations);
    for (let i = 0; i < count; i++) out[i] = standard[Math.floor(out[i]! * standard.length)]!;
  };
}
