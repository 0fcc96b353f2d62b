/** Where the models of a chunk start: parameters, first metric, step scales, and their data without random effects. */
import type { Family } from '../families/family.js';
import { familyOf } from '../families/registry.js';
import type { Batch } from '../model/batch.js';
import { type Design, parameterLayout } from '../model/design.js';
import type { GlmData } from '../optimize/glm-start.js';
import { coldStart } from './auxiliary-start.js';
import { type ThetaGeometry, coldTheta } from './theta-geometry.js';

export interface StartingPoint {
  /** count × k. */
  readonly params: Float64Array;
  /** k × k for all models, or count × k × k. */
  readonly metric: Float64Array;
  /** k factors that turn a change of a parameter into a typical change of the linear predictor. */
  readonly stepScale: Float64Array;
  /** Longest step of each model in those units. */
  readonly maxStep: Float64Array;
}

/** Longest step of the optimiser in units of a logarithmic or probability link. */
const MAX_STEP = 5;
/** Cold start of the standard deviations, in units of the linear predictor. */
const START_SD = 0.6;

type NumericBatch = Batch & { response: Float64Array };

/** Data of model `b` of a batch as a model without random effects sees them. */
export function glmData(design: Design, batch: NumericBatch, b: number): GlmData {
  const n = design.nobs;
  const p = design.fixedNames.length;
  const own = (all: Float64Array | undefined, width: number): Float64Array | undefined =>
    all?.subarray(b * n * width, (b + 1) * n * width);
  let nobs = n;
  if (batch.groupSizes !== undefined) {
    const groups = batch.groupSizes.length / batch.nModels;
    nobs = batch.groupSizes.subarray(b * groups, (b + 1) * groups).reduce((sum, size) => sum + size, 0);
  }
  return {
    nobs, nFixed: p,
    x: own(batch.x, p) ?? design.x,
    y: batch.response.subarray(b * n, (b + 1) * n),
    trials: own(batch.trials, 1) ?? design.trials ?? onesOf(design),
    weights: withLevelCopies(own(batch.weights, 1) ?? design.weights ?? onesOf(design), design, batch, b),
    offset: own(batch.offset, 1) ?? design.offset,
    auxiliary: [],
  };
}

const ones = new WeakMap<Design, Float64Array>();

/** A one per row, for reading: every model of a batch asks for them. */
function onesOf(design: Design): Float64Array {
  let found = ones.get(design);
  if (found === undefined) ones.set(design, (found = new Float64Array(design.nobs).fill(1)));
  return found;
}

/** Copies of a level are, without random effects, weights of its rows. */
function withLevelCopies(weights: Float64Array, design: Design, { levelCopies }: NumericBatch, b: number): Float64Array {
  if (levelCopies === undefined) return weights;
  const { levels, index } = design.random[0]!;
  return weights.map((weight, i) => weight * levelCopies[b * levels.length + index[i]!]!);
}

export function startingPoint(design: Design, geometry: ThetaGeometry, batch: NumericBatch, from: number, to: number): StartingPoint {
  const { nFixed: p, nTheta, nParams: k } = parameterLayout(design);
  const count = to - from;
  const family = familyOf(design);
  const stepScale = new Float64Array(k);
  for (let j = 0; j < p; j++) {
    let sum = 0;
    for (let i = 0; i < design.nobs; i++) sum += design.x[i * p + j]! ** 2;
    stepScale[j] = Math.sqrt(sum / design.nobs) || 1;
  }
  geometry.forEach((entry, t) => { stepScale[p + t] = entry.step; });
  const auxiliaryScale = auxiliaryColumnScales(design);
  stepScale.set(auxiliaryScale, p + nTheta);

  const params = batch.start === undefined ? new Float64Array(count * k) : perModel(batch.start, k, from, to);
  const metric = batch.metric ?? new Float64Array(count * k * k);
  if (batch.start === undefined || batch.metric === undefined) {
    for (let b = 0; b < count; b++) {
      const { glm, gamma } = coldStart(design, family, glmData(design, batch, from + b));
      if (batch.start === undefined) {
        if (glm === null) params.fill(NaN, b * k, b * k + p);
        else params.set(glm.beta, b * k);
        coldTheta(geometry, params.subarray(b * k + p, b * k + p + nTheta), START_SD);
        params.set(gamma, b * k + p + nTheta);
      }
      if (batch.metric === undefined) {
        const base = b * k * k;
        for (let i = 0; i < p; i++) {
          for (let j = 0; j < p; j++) metric[base + i * k + j] = glm?.covariance[i * p + j] ?? (i === j ? 1 / stepScale[j]! ** 2 : 0);
        }
        geometry.forEach((entry, t) => { metric[base + (p + t) * (k + 1)] = entry.variance; });
        // n rows tell of the order of n/4 about a constant on a logarithmic or logit scale.
        auxiliaryScale.forEach((scale, j) => { metric[base + (p + nTheta + j) * (k + 1)] = 4 / (design.nobs * scale ** 2); });
      }
    }
  }
  for (let b = 0; b < count; b++) if (!responsesAllowed(family, glmData(design, batch, from + b))) params.fill(NaN, b * k, (b + 1) * k);
  return { params, metric, stepScale, maxStep: Float64Array.from({ length: count }, (_, b) => MAX_STEP * linkUnit(design, family, batch, from + b)) };
}

/** Whether the family takes every response that counts; without it a model has no likelihood, wherever it starts. */
function responsesAllowed(family: Family, { nobs, y, trials, weights }: GlmData): boolean {
  for (let i = 0; i < nobs; i++) if (weights[i] !== 0 && family.invalid(y[i]!, trials[i]!) !== null) return false;
  return true;
}

/** Root mean square of each column of the auxiliary predictors' matrices. */
function auxiliaryColumnScales(design: Design): number[] {
  return design.auxiliary.flatMap(({ names, x }) => names.map((_, j) => {
    let sum = 0;
    for (let at = j; at < x.length; at += names.length) sum += x[at]! ** 2;
    return Math.sqrt((sum * names.length) / x.length) || 1;
  }));
}

/** k values for every model, or each model's own: count × k for models [from, to), always a copy. */
export function perModel<T extends Float64Array | Uint8Array>(values: T, k: number, from: number, to: number): T {
  if (values.length !== k) return values.slice(from * k, to * k) as T;
  const out = new (values.constructor as new (length: number) => T)((to - from) * k);
  for (let b = 0; b < to - from; b++) out.set(values, b * k);
  return out;
}

/** Identity and square-root links carry the units of the response, in which a step of 5 means nothing. */
function linkUnit(design: Design, family: Family, batch: NumericBatch, b: number): number {
  if (design.link !== 'identity' && design.link !== 'sqrt') return 1;
  const { nobs, y, trials } = glmData(design, batch, b);
  let largest = 1;
  for (let i = 0; i < nobs; i++) {
    const unit = Math.abs(family.linkOf(family.initialMean(y[i]!, trials[i]!)));
    if (unit > largest) largest = unit;
  }
  return largest;
}
