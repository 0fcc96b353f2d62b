/**
 * The float64 Objective: one model after another. With one grouping factor group by group, in `groups-scalar.ts` (one random effect per
 * level) or `groups-vector.ts` (several); with several factors in `groups-sparse.ts`.
 */
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import type { Batch } from '../model/batch.js';
import { type Design, hasTwoPredictors } from '../model/design.js';
import { freeDesign } from '../model/structured-theta.js';
import { type AuxiliaryMap, auxiliaryMap } from './auxiliary.js';
import type { GroupKernel, ModelData, RowGradients } from './group-kernel.js';
import { createSparseGroups } from './groups-sparse.js';
import { createScalarGroups } from './groups-scalar.js';
import { createVectorGroups } from './groups-vector.js';
import type { Evaluation, Integration, Objective, Profile } from './objective.js';
import { manyFactors } from './many-factors.js';
import { hasOneFactor, oneFactor } from './one-factor.js';
import type { RowLayout } from './row-layout.js';
import { structuredObjective } from './structured.js';

export interface CpuObjectiveOptions {
  /** Most models loaded at once; default 64. */
  readonly capacity?: number;
}

/**
 * Objective of a design on the calling thread.
 * @throws OptionError when quadrature is asked for several grouping factors or for more than three dimensions.
 */
export function createCpuObjective(design: Design, integration: Integration, options: CpuObjectiveOptions = {}): Objective {
  return structuredObjective(new CpuObjective(freeDesign(design), integration, options.capacity ?? 64), design);
}

class CpuObjective implements Objective {
  readonly backend = 'cpu';
  readonly capacity: number;
  readonly nParams: number;
  readonly valueNoise = 1e-13;
  readonly #design: Design;
  readonly #layout: RowLayout;
  readonly #kernel: GroupKernel;
  readonly #models: ModelData[] = [];
  readonly #eta0: Float64Array;
  readonly #adjointEta: Float64Array;
  readonly #auxiliary: AuxiliaryMap;
  readonly #auxiliaryAt: number;
  readonly #gradients: RowGradients;

  constructor(design: Design, integration: Integration, capacity: number) {
    this.#design = design;
    const family = familyOf(design);
    if (hasOneFactor(design)) {
      const layout = oneFactor(design);
      this.#layout = layout;
      this.#kernel = (layout.q === 1 ? createScalarGroups : createVectorGroups)(layout, family, integration);
    } else {
      if (integration.nAGQ > 1) throw new OptionError(severalFactorsQuadrature(design, integration.nAGQ));
      const layout = manyFactors(design);
      this.#layout = layout;
      this.#kernel = createSparseGroups(layout, family, integration);
    }
    this.capacity = capacity;
    this.nParams = this.#layout.nParams;
    this.#eta0 = new Float64Array(design.nobs);
    this.#adjointEta = new Float64Array(design.nobs);
    this.#auxiliary = auxiliaryMap(design, this.#layout.order);
    this.#auxiliaryAt = this.#layout.nFixed + this.#layout.nTheta;
    this.#gradients = { eta: new Float64Array(design.nobs), auxiliary: this.#auxiliaryRows() };
  }

  // The seam is asynchronous for the sake of devices; here every promise is already resolved.
  load(batch: Batch & { response: Float64Array }, from: number, to: number): Promise<void> {
    const { nobs, order, x, z, starts, q, nEffects, nFixed } = this.#layout;
    const nGroups = starts.length - 1;
    const family = familyOf(this.#design);
    const shared = {
      trials: sorted(this.#design.trials, order) ?? new Float64Array(nobs).fill(1),
      weights: sorted(this.#design.weights, order) ?? new Float64Array(nobs).fill(1),
      offset: sorted(this.#design.offset, order),
    };
    // A batch with its own group sizes brings its rows level by level already.
    const place = batch.groupSizes === undefined ? order : Int32Array.from({ length: nobs }, (_, i) => i);
    // One model is evaluated at a time: all share the rows of auxiliary values.
    const auxiliary = this.#auxiliaryRows();
    this.#models.length = 0;
    for (let b = from; b < to; b++) {
      const own = (all: Float64Array | undefined, width: number): Float64Array | undefined =>
        all === undefined ? undefined : gather(all, b * nobs * width, place, width);
      const y = gather(batch.response, b * nobs, place, 1);
      const trials = own(batch.trials, 1) ?? shared.trials;
      const weights = own(batch.weights, 1) ?? shared.weights;
      const ownStarts = batch.groupSizes === undefined ? starts : cumulate(batch.groupSizes, b * nGroups, nGroups);
      const rows = ownStarts[nGroups]!;
      let constant = 0;
      const copies = batch.levelCopies === undefined ? null : batch.levelCopies.slice(b * nGroups, (b + 1) * nGroups);
      for (let g = 0; g < nGroups; g++) {
        let sum = 0;
        for (let i = ownStarts[g]!; i < ownStarts[g + 1]!; i++) sum += family.constant(y[i]!, trials[i]!, weights[i]!);
        constant += copies === null ? sum : copies[g]! * sum;
      }
      this.#models.push({
        y, trials, weights,
        offset: own(batch.offset, 1) ?? shared.offset,
        auxiliary,
        x: own(batch.x, nFixed) ?? x,
        z: own(batch.z, q) ?? z,
        starts: ownStarts,
        copies,
        rows,
        modes: new Float64Array(nEffects),
        constant,
      });
    }
    return Promise.resolve();
  }

  evaluate(evaluation: Evaluation): Promise<void> {
    const { models, params, value, gradient, keepModes, adjoint } = evaluation;
    const { nFixed, nParams } = this.#layout;
    const gradients = this.#gradients;
    for (let e = 0; e < evaluation.count; e++) {
      const model = this.#models[models[e]!]!;
      const base = e * nParams;
      this.#linearPredictor(model, params, base);
      let adjointEta: Float64Array | null = null;
      if (adjoint !== undefined) {
        adjointEta = this.#adjointEta;
        multiply(model, adjoint, e * nFixed, nFixed, adjointEta, null);
      }
      const theta = params.subarray(base + nFixed, base + this.#auxiliaryAt);
      const thetaGradient = gradient.subarray(base + nFixed, base + this.#auxiliaryAt);
      const logLik = this.#kernel.evaluate(model, this.#eta0, theta, adjointEta, keepModes, gradients, thetaGradient);
      value[e] = logLik + model.constant;
      multiplyTransposed(model, gradients.eta, nFixed, gradient, base);
      gradient.fill(0, base + this.#auxiliaryAt, base + nParams);
      this.#auxiliary.collect(gradients.auxiliary, model.y, model.rows, gradient, base + this.#auxiliaryAt);
    }
    return Promise.resolve();
  }

  profile(profile: Profile): Promise<void> {
    const { nFixed, nParams } = this.#layout;
    for (let e = 0; e < profile.count; e++) {
      const model = this.#models[profile.models[e]!]!;
      const base = e * nParams;
      this.#linearPredictor(model, profile.params, base);
      this.#kernel.profile(
        model, this.#eta0, profile.params.subarray(base + nFixed, base + this.#auxiliaryAt), profile.weights,
        profile.score.subarray(e * nFixed, (e + 1) * nFixed),
        profile.schur.subarray(e * nFixed * nFixed, (e + 1) * nFixed * nFixed),
      );
    }
    return Promise.resolve();
  }

  modes(model: number): Promise<Float64Array> {
    return Promise.resolve(this.#models[model]!.modes.slice());
  }

  dispose(): void {
    this.#models.length = 0;
  }

  /** η0 and the auxiliary values of a model's rows. */
  #linearPredictor(model: ModelData, params: Float64Array, base: number): void {
    multiply(model, params, base, this.#layout.nFixed, this.#eta0, model.offset);
    this.#auxiliary.spread(params, base + this.#auxiliaryAt, model.y, model.rows, model.auxiliary);
  }

  #auxiliaryRows(): Float64Array[] {
    return Array.from({ length: this.#auxiliary.count }, () => new Float64Array(this.#design.nobs));
  }
}

/** Why a model whose zero inflation has random effects is not for a device. */
export const EXCESS_EFFECTS = 'random effects of the zero inflation run in float64';

/** Why quadrature cannot be had, and what to do. */
export function severalFactorsQuadrature(design: Design, nAGQ: number): string {
  if (hasTwoPredictors(design)) return `nAGQ = ${nAGQ} needs random effects on the mean alone, the zero inflation has some too; use nAGQ = 1 (Laplace) or 0`;
  const groups = [...new Set(design.random.map((term) => term.group))].join(', ');
  return `nAGQ = ${nAGQ} needs one grouping factor: with several (${groups}) the integral does not split into small ones; use nAGQ = 1 (Laplace) or 0`;
}

/**
 * out_i = offset_i + x_i'v with v at `base` of `vector`. Four columns at a time: one pass over the rows with the coefficients in registers.
 */
function multiply(
  model: ModelData, vector: Float64Array, base: number, p: number, out: Float64Array, offset: Float64Array | null,
): void {
  const { x, rows } = model;
  if (offset === null) out.fill(0, 0, rows);
  else out.set(rows === offset.length ? offset : offset.subarray(0, rows));
  let j = 0;
  for (; j + 4 <= p; j += 4) {
    const v0 = vector[base + j]!;
    const v1 = vector[base + j + 1]!;
    const v2 = vector[base + j + 2]!;
    const v3 = vector[base + j + 3]!;
    for (let i = 0, at = j; i < rows; i++, at += p) out[i]! += x[at]! * v0 + x[at + 1]! * v1 + x[at + 2]! * v2 + x[at + 3]! * v3;
  }
  for (; j < p; j++) {
    const v0 = vector[base + j]!;
    for (let i = 0, at = j; i < rows; i++, at += p) out[i]! += x[at]! * v0;
  }
}

/** out_j = Σ_i x_ij r_i at `base` of `out`, likewise. */
function multiplyTransposed(model: ModelData, r: Float64Array, p: number, out: Float64Array, base: number): void {
  const { x, rows } = model;
  let j = 0;
  for (; j + 4 <= p; j += 4) {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = 0, at = j; i < rows; i++, at += p) {
      const ri = r[i]!;
      s0 += ri * x[at]!;
      s1 += ri * x[at + 1]!;
      s2 += ri * x[at + 2]!;
      s3 += ri * x[at + 3]!;
    }
    out[base + j] = s0;
    out[base + j + 1] = s1;
    out[base + j + 2] = s2;
    out[base + j + 3] = s3;
  }
  for (; j < p; j++) {
    let sum = 0;
    for (let i = 0, at = j; i < rows; i++, at += p) sum += r[i]! * x[at]!;
    out[base + j] = sum;
  }
}

function sorted(values: Float64Array | null, order: Int32Array): Float64Array | null {
  return values === null ? null : gather(values, 0, order, 1);
}

/** Rows `place[i]` of an n × width block that starts at `base`. */
function gather(all: Float64Array, base: number, place: Int32Array, width: number): Float64Array {
  const out = new Float64Array(place.length * width);
  for (let i = 0, at = 0; i < place.length; i++) {
    const row = base + place[i]! * width;
    for (let j = 0; j < width; j++) out[at++] = all[row + j]!;
  }
  return out;
}

function cumulate(sizes: Int32Array, base: number, count: number): Int32Array {
  const starts = new Int32Array(count + 1);
  for (let g = 0; g < count; g++) starts[g + 1] = starts[g]! + sizes[base + g]!;
  return starts;
}
