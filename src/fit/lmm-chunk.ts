/**
 * Fits the models of one chunk of a linear mixed model: the likelihood is maximised over the relative θ alone, fixed effects and σ follow in
 * closed form. Parameters are (β, θ, σ) with θ on the scale of the response, as everywhere in the program.
 */
import { DataError } from '../errors.js';
import type { Batch } from '../model/batch.js';
import { type Design, parameterLayout } from '../model/design.js';
import { STATUS } from '../model/status.js';
import type { ResponseSums, RowCopies } from '../lmm/scaled-rows.js';
import { type LmmSystem, createLmmSystem, fixedCovariance, fixedEffects } from '../lmm/system.js';
import { type Maximum, OUTCOME, type Surface } from '../optimize/quasi-newton.js';
import { tracedSurface } from '../optimize/traced.js';
import { hessianCovariance } from './estimate-covariance.js';
import { type ParameterBasis, condition, turned, turnedColumns } from './parameter-basis.js';
import { type ChunkFit, type FitHooks, type FitSettings, STATUS_OF_OUTCOME } from './fit-chunk.js';
import { perModel } from './starting-point.js';
import { type ThetaGeometry, coldTheta, momentTheta, normaliseTheta, rescaled, thetaGeometry } from './theta-geometry.js';
import { maximizeOverTheta } from './theta-search.js';
import { turnedBatch, turnedFit } from './turned-batch.js';
import { canFitEveryValue, nearerStart, settleVanishing } from './vanishing-residual.js';

type NumericBatch = Batch & { readonly response: Float64Array };

/** Longest step of θ, in units of the residual standard deviation. */
const MAX_STEP = 10;
/** Cold start of the standard deviations, in the same units. */
const START_SD = 1;
/** Step of the differences of σ, in approximate standard errors of θ. */
const SIGMA_STEP = 1e-3;

interface LoadedModel {
  readonly system: LmmSystem;
  readonly sums: ResponseSums;
}

export class LmmFitter {
  readonly #design: Design;
  readonly #settings: FitSettings;
  readonly #geometry: ThetaGeometry;
  /** Of the parameters (β, θ, σ) where columns of random effects are nearly collinear: the design, and all that is done here, is in their coordinates. */
  readonly #basis: ParameterBasis | null;
  readonly #shared: LmmSystem;
  readonly #mayVanish: boolean;
  /** Room for responses on the shared system, used again by every chunk. */
  readonly #sums: ResponseSums[] = [];
  /** Null where the rows that a model brings do not determine it. */
  #models: (LoadedModel | null)[] = [];

  /** Throws DataError for designs that `createLmmSystem` refuses. */
  constructor(design: Design, settings: FitSettings) {
    // Fixed effects are solved for, whatever their columns are like.
    const turn = condition(design, (part) => part === 'random');
    this.#basis = turn?.basis ?? null;
    this.#design = turn?.design ?? design;
    this.#settings = settings;
    this.#geometry = thetaGeometry(this.#design);
    this.#shared = createLmmSystem(this.#design, settings.REML ?? true, undefined, settings.sigmaKnown === true);
    this.#mayVanish = canFitEveryValue(this.#design);
  }

  /** @throws the signal's reason when aborted. */
  async fit(batch: NumericBatch, from: number, to: number, hooks: FitHooks = {}): Promise<ChunkFit> {
    const basis = this.#basis;
    if (basis === null) return this.#fit(batch, from, to, hooks);
    const { nFixed, nTheta, nParams: k } = parameterLayout(this.#design);
    const ofTheta: ParameterBasis = { blocks: basis.blocks.map((block) => ({ ...block, at: block.at - nFixed })), shift: null };
    const { told, signal } = hooks;
    const inside = { ...turnedBatch(batch, basis, k), ...(batch.z === undefined ? {} : { z: turnedColumns(basis, this.#design, batch.z) }) };
    const fit = await this.#fit(inside, from, to, { signal, told: told === undefined ? undefined : (value, theta) => { told(value, turned.step(ofTheta, theta, nTheta)); } });
    return turnedFit(fit, basis, k);
  }

  async #fit(batch: NumericBatch, from: number, to: number, { signal, told }: FitHooks): Promise<ChunkFit> {
    const { nFixed: p, nTheta: m, nParams: k } = parameterLayout(this.#design);
    const { control, standardErrors } = this.#settings;
    const geometry = this.#geometry;
    const count = to - from;
    this.#load(batch, from, to);
    const surface = told === undefined ? this.#surface(m) : tracedSurface(this.#surface(m), told);
    const starts = batch.start === undefined ? null : perModel(batch.start, k, from, to);
    const theta = new Float64Array(count * m);
    const metric = new Float64Array(count * m * m);
    for (let b = 0; b < count; b++) {
      const own = theta.subarray(b * m, (b + 1) * m);
      const first = metric.subarray(b * m * m, (b + 1) * m * m);
      if (starts === null) this.#coldStart(b, own, first);
      else own.set(rescaled(geometry, starts.subarray(b * k + p, b * k + p + m), 1 / starts[b * k + k - 1]!));
      const moved = this.#mayVanish && nearerStart(geometry, own);
      if (starts === null) continue;
      const known = batch.metric === undefined || moved ? null : relativeMetric(geometry, batch.metric, starts.subarray(b * k, (b + 1) * k), p);
      first.set(known ?? coldMetric(geometry));
    }
    const maxStep = new Float64Array(count).fill(MAX_STEP);
    const best = await maximizeOverTheta(surface, {
      count, params: theta, held: null, metric, coldMetric: batch.metric === undefined || starts === null,
      stepScale: Float64Array.from(geometry, (entry) => entry.step), maxStep,
      tolerance: control.tolerance, maxEvaluations: control.maxEvaluations, signal, lastStep: standardErrors !== 'hessian',
    }, { geometry, nTheta: m, nAfterTheta: 0, coldStart: starts === null });

    const boundary = new Uint8Array(count * m);
    if (this.#mayVanish) await settleVanishing(surface, best, geometry, { maxStep, ...control, signal }, boundary);
    const status = new Uint8Array(count);
    for (let b = 0; b < count; b++) {
      const flags = boundary.subarray(b * m, (b + 1) * m);
      normaliseTheta(
        geometry, best.params.subarray(b * m, (b + 1) * m), best.gradient.subarray(b * m, (b + 1) * m), control.singularTolerance, flags,
      );
      status[b] = STATUS_OF_OUTCOME[best.outcome[b] as keyof typeof STATUS_OF_OUTCOME];
      if (status[b] === STATUS.converged && flags.includes(1)) status[b] = STATUS.boundary;
    }
    const thetaCovariance = standardErrors === 'hessian' ? await hessianCovariance(surface, best, boundary, 0) : null;
    return this.#results(best, status, thetaCovariance, p, m, k);
  }

  /** Spherical conditional modes of model `b` of the latest chunk at its estimates (β, θ, σ). */
  modes(b: number, batch: NumericBatch, params: Float64Array): Float64Array {
    const { nFixed: p, nTheta: m, nParams: k } = parameterLayout(this.#design);
    const { system, sums } = this.#models[b]!;
    const sigma = params[k - 1]!;
    const n = this.#design.nobs;
    const own = this.#basis === null ? params : turned.stepBack(this.#basis, params, k);
    system.kernel.take(batch.response, b * n, this.#offset(batch, b), sums);
    system.kernel.evaluate(sums, rescaled(this.#geometry, own.subarray(p, p + m), 1 / sigma), null);
    return system.kernel.modes(sums).map((u) => u / sigma);
  }

  /** Start of model b of the chunk and its first metric: from moments where the kernel has them. */
  #coldStart(b: number, theta: Float64Array, metric: Float64Array): void {
    const geometry = this.#geometry;
    coldTheta(geometry, theta, START_SD);
    metric.set(coldMetric(geometry));
    const model = this.#models[b];
    const moments = model?.system.kernel.moments(model.sums) ?? null;
    if (moments !== null) momentTheta(geometry, this.#design, moments, theta, metric);
  }

  #offset(batch: NumericBatch, b: number): Float64Array | null {
    const n = this.#design.nobs;
    return batch.offset === undefined ? this.#design.offset : batch.offset.subarray(b * n, (b + 1) * n);
  }

  #load(batch: NumericBatch, from: number, to: number): void {
    const n = this.#design.nobs;
    const own = (['weights', 'x', 'z', 'rowCopies', 'levelCopies'] as const).some((name) => batch[name] !== undefined);
    this.#models = Array.from({ length: to - from }, (_, s): LoadedModel | null => {
      const b = from + s;
      const system = own ? this.#ownSystem(batch, b) : this.#shared;
      if (system === null) return null;
      const sums = own ? system.kernel.createSums() : (this.#sums[s] ??= system.kernel.createSums());
      system.kernel.take(batch.response, b * n, this.#offset(batch, b), sums);
      return { system, sums };
    });
  }

  /** What one model among many lacks is its status, not an error. */
  #ownSystem(batch: NumericBatch, b: number): LmmSystem | null {
    try {
      return createLmmSystem(ownDesign(this.#design, batch, b), this.#settings.REML ?? true, ownCopies(this.#design, batch, b));
    } catch (error) {
      if (error instanceof DataError) return null;
      throw error;
    }
  }

  #surface(m: number): Surface {
    const theta = new Float64Array(m);
    const slope = new Float64Array(m);
    return {
      nParams: m,
      valueNoise: 1e-13,
      evaluate: ({ count, models, params, value, gradient }) => {
        for (let e = 0; e < count; e++) {
          const model = this.#models[models[e]!]!;
          for (let t = 0; t < m; t++) theta[t] = params[e * m + t]!;
          value[e] = model === null ? NaN : model.system.kernel.evaluate(model.sums, theta, slope);
          for (let t = 0; t < m; t++) gradient[e * m + t] = slope[t]!;
        }
        return Promise.resolve();
      },
    };
  }

  /** From θ to all parameters, their covariance and the log-likelihood at exactly these values. */
  #results(best: Maximum, status: Uint8Array, thetaCovariance: Float64Array | null, p: number, m: number, k: number): ChunkFit {
    const count = status.length;
    const params = new Float64Array(count * k).fill(NaN);
    const gradient = new Float64Array(count * k);
    const logLik = new Float64Array(count).fill(NaN);
    const wanted = this.#settings.standardErrors !== 'none';
    const covariance = wanted ? new Float64Array(count * k * k).fill(NaN) : null;
    const theta = new Float64Array(m);
    for (let b = 0; b < count; b++) {
      if (best.outcome[b] === OUTCOME.nonFinite) continue;
      const { system, sums } = this.#models[b]!;
      for (let t = 0; t < m; t++) theta[t] = best.params[b * m + t]!;
      logLik[b] = system.kernel.evaluate(sums, theta, null);
      const { sigma, divisor } = system.kernel.profile;
      const own = params.subarray(b * k, (b + 1) * k);
      fixedEffects(system, sums, own);
      own.set(rescaled(this.#geometry, theta, sigma), p);
      for (let t = 0; t < m; t++) gradient[b * k + p + t] = best.gradient[b * m + t]! / sigma ** this.#geometry[t]!.degree;
      own[k - 1] = sigma;
      if (covariance === null) continue;
      const block = covariance.subarray(b * k * k, (b + 1) * k * k);
      const fixed = fixedCovariance(system);
      if (fixed !== null) for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) block[i * k + j] = fixed[i * p + j]!;
      if (thetaCovariance !== null) {
        this.#dispersionCovariance(this.#models[b]!, theta, sigma, divisor, thetaCovariance.subarray(b * m * m, (b + 1) * m * m), block, p, k);
      }
    }
    return { params, covariance, logLik, status, evaluations: best.evaluations, decrement: best.decrement, gradient };
  }

  /**
   * Covariance of (θ, σ) on the scale of the response from that of the relative θ: given θ the information on σ is 2ν/σ², and σ̂ follows θ
   * with the slope g. Estimates of β are independent of both in large samples. Entries of θ on the boundary are held.
   */
  #dispersionCovariance(
    { system, sums }: LoadedModel, theta: Float64Array, sigma: number, divisor: number, relative: Float64Array, block: Float64Array, p: number, k: number,
  ): void {
    const m = theta.length;
    const known = Array.from({ length: m }, (_, t) => Number.isFinite(relative[t * m + t]!));
    const entry = (i: number, j: number): number => (known[i] && known[j] ? relative[i * m + j]! : 0);
    const slope = new Float64Array(m);
    const shifted = theta.slice();
    const sigmaAt = (t: number, step: number): number => {
      shifted[t] = theta[t]! + step;
      system.kernel.evaluate(sums, shifted, null);
      shifted[t] = theta[t]!;
      return system.kernel.profile.sigma;
    };
    for (let t = 0; t < m; t++) {
      if (!known[t]) continue;
      const step = SIGMA_STEP * Math.sqrt(relative[t * m + t]!);
      slope[t] = (sigmaAt(t, step) - sigmaAt(t, -step)) / (2 * step);
    }
    const carried = Float64Array.from(slope, (_, i) => slope.reduce((sum, g, j) => sum + entry(i, j) * g, 0));
    // A known σ tells nothing more.
    const own = this.#settings.sigmaKnown === true ? 0 : (sigma * sigma) / (2 * divisor);
    const variance = own + carried.reduce((sum, value, t) => sum + value * slope[t]!, 0);
    // θ on the scale of the response is σ^degree times the relative one: its derivatives by that and by σ.
    const byTheta = this.#geometry.map(({ degree }) => sigma ** degree);
    const bySigma = this.#geometry.map(({ degree }, t) => (degree * theta[t]! * byTheta[t]!) / sigma);
    for (let i = 0; i < m; i++) {
      if (!known[i]) continue;
      for (let j = 0; j < m; j++) {
        if (!known[j]) continue;
        block[(p + i) * k + p + j] = byTheta[i]! * (byTheta[j]! * entry(i, j) + bySigma[j]! * carried[i]!)
          + bySigma[i]! * (byTheta[j]! * carried[j]! + bySigma[j]! * variance);
      }
      block[(p + i) * k + k - 1] = block[(k - 1) * k + p + i] = byTheta[i]! * carried[i]! + bySigma[i]! * variance;
      for (let j = 0; j < p; j++) block[(p + i) * k + j] = block[j * k + p + i] = 0;
    }
    block[k * k - 1] = variance;
    for (let j = 0; j < p; j++) block[(k - 1) * k + j] = block[j * k + k - 1] = 0;
  }
}

function coldMetric(geometry: ThetaGeometry): Float64Array {
  const m = geometry.length;
  const metric = new Float64Array(m * m);
  geometry.forEach((entry, t) => { metric[t * m + t] = entry.variance; });
  return metric;
}

/** Inverse Hessian of (β, θ, σ) to that of the relative θ at a start; null if it is of no use. */
function relativeMetric(geometry: ThetaGeometry, metric: Float64Array, start: Float64Array, p: number): Float64Array | null {
  const m = geometry.length;
  const k = p + m + 1;
  const sigma = start[k - 1]!;
  const factor = geometry.map(({ degree }) => sigma ** -degree);
  const slope = geometry.map(({ degree }, t) => (degree * start[p + t]!) / sigma);
  const at = (row: number, column: number): number => metric[row * k + column]!;
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    const di = slope[i]!;
    for (let j = 0; j < m; j++) {
      const dj = slope[j]!;
      out[i * m + j] = factor[i]! * factor[j]! * (at(p + i, p + j) - di * at(k - 1, p + j) - dj * at(p + i, k - 1) + di * dj * at(k - 1, k - 1));
    }
  }
  for (let t = 0; t < m; t++) if (!(out[t * m + t]! > 0)) return null;
  return out;
}

/** How often the rows and levels of model `b` count. */
function ownCopies({ nobs, random }: Design, { rowCopies, levelCopies }: NumericBatch, b: number): RowCopies {
  const { index, levels } = random[0]!;
  return {
    rows: rowCopies === undefined ? null : rowCopies.subarray(b * nobs, (b + 1) * nobs),
    levels: levelCopies === undefined ? null : Float64Array.from(index, (level) => levelCopies[b * levels.length + level]!),
  };
}

/** The design with what model `b` brings of its own. */
function ownDesign(design: Design, batch: NumericBatch, b: number): Design {
  const { nobs, fixedNames, random } = design;
  const p = fixedNames.length;
  const q = random.reduce((sum, term) => sum + term.names.length, 0);
  let column = 0;
  return {
    ...design,
    weights: batch.weights === undefined ? design.weights : batch.weights.subarray(b * nobs, (b + 1) * nobs),
    x: batch.x === undefined ? design.x : batch.x.subarray(b * nobs * p, (b + 1) * nobs * p),
    random: batch.z === undefined ? random : random.map((term) => {
      const first = column;
      const width = term.names.length;
      column += width;
      return {
        ...term,
        z: Float64Array.from({ length: nobs * width }, (_, at) => batch.z![(b * nobs + Math.floor(at / width)) * q + first + (at % width)]!),
      };
    }),
  };
}
