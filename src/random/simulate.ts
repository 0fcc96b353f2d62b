/** Responses drawn from a model: new random effects (or given modes), linear predictor, mean, variate. */
import { familyOf } from '../families/registry.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { auxiliaryValues } from '../model/auxiliary-values.js';
import { type Design, hasTwoPredictors, isLinearMixed, parameterLayout } from '../model/design.js';
import { type EffectPlace, effectPlaces } from '../model/effects.js';
import { fillNormals, fillUniforms, STREAM, UniformStream } from './stream.js';

/** What one model of a batch brings of its own, each in the layout of `Batch` for that model alone; absent: the design's. */
export interface OwnRows {
  readonly trials?: Float64Array;
  /** Prior weights; only draws from families with a scale depend on them. */
  readonly weights?: Float64Array;
  readonly offset?: Float64Array;
  /** n × p. */
  readonly x?: Float64Array;
  /** n × q, the columns of all terms side by side. */
  readonly z?: Float64Array;
  /** Rows per level; rows beyond their sum are drawn as 0. */
  readonly groupSizes?: Int32Array;
}

export interface SimulatorOptions {
  /** Spherical random effects u to keep fixed, laid out as `Objective.modes` returns them; absent: drawn anew for each replicate. */
  readonly modes?: Float64Array;
  /** Draws the spherical random effects of a replicate instead: mean 0, variance 1, a function of (seed, replicate) alone. */
  readonly drawEffects?: (out: Float64Array, seed: number, replicate: number) => void;
  /** Draws `count` errors of a linear mixed model in units of σ instead. */
  readonly drawErrors?: (out: Float64Array, count: number, seed: number, replicate: number) => void;
}

export interface Simulator {
  /**
   * Writes the n responses of a replicate to `out` from `outOffset` on (binomial: successes). NaN where the parameters give no valid
   * mean, e.g. a probability above 1 under the log link. Replicate and seed are integers from 0 to 2⁵³ − 1.
   */
  simulate(replicate: number, seed: number, out: Float64Array, outOffset: number, own?: OwnRows): void;
}

/** A term's place in u with its factor and, replicate by replicate, its effects. */
interface TermPlace extends EffectPlace {
  /** Lower-triangular factor Λ, q × q row-major. */
  readonly factor: Float64Array;
  /** b = Λu of all levels. */
  readonly effects: Float64Array;
}

/**
 * Prepares draws at the parameters (β, θ), for gaussian models (β, θ, σ). Replicate i depends on (seed, i) alone: effect j is normal number j of the stream
 * `STREAM.randomEffects`, observation i takes uniform number i of `STREAM.observations` and, where its mean calls for rejection
 * sampling, the stream `STREAM.furtherUniforms + i`. Gaussian observation i takes normal number i of `STREAM.observations`.
 *
 * Prior weights play no part in counts: they multiply the log-density, they are not sizes (proportions with weights carry theirs as
 * `trials`). A gaussian observation has the variance σ²/weight; one of weight 0, which no fit looks at, is drawn as if its weight were 1.
 */
export function createSimulator(design: Design, params: Float64Array, options: SimulatorOptions = {}): Simulator {
  const { nobs } = design;
  const { nFixed, nTheta } = parameterLayout(design);
  const family = familyOf(design);
  const beta = params.subarray(0, nFixed);
  const thetas = thetaByTerm(design, params);
  const layout = effectPlaces(design);
  const { effects: effectCount, columns } = layout;
  // Field by field: objects made by a spread are of a new hidden class every time, for which V8 compiles the loops below anew.
  const places = layout.places.map(({ term, q, column, first, stride }, t): TermPlace => ({
    term, q, column, first, stride, factor: termFactor(term, thetas[t]!), effects: new Float64Array(term.levels.length * q),
  }));
  const spherical = options.modes ?? new Float64Array(effectCount);
  const fixedPart = new Float64Array(nobs);
  multiply(design.x, beta, fixedPart);
  const sigma = isLinearMixed(design) ? params[params.length - 1]! : null;
  const eta = new Float64Array(nobs);
  /** Random effects of the zero inflation. */
  const zeta = hasTwoPredictors(design) ? new Float64Array(nobs) : null;
  const auxiliaryOf = auxiliaryValues(design, params.subarray(nFixed + nTheta), zeta);
  const uniforms = new Float64Array(nobs);
  const ownIndex = new Int32Array(nobs);
  const further = new UniformStream();

  return {
    simulate(replicate, seed, out, outOffset, own = {}) {
      if (own.x === undefined) eta.set(fixedPart);
      else multiply(own.x, beta, eta);
      const offset = own.offset ?? design.offset;
      if (offset !== null) for (let i = 0; i < nobs; i++) eta[i]! += offset[i]!;

      if (options.drawEffects !== undefined) options.drawEffects(spherical, seed, replicate);
      else if (options.modes === undefined) fillNormals(spherical, effectCount, seed, replicate, STREAM.randomEffects);
      const used = own.groupSizes === undefined ? nobs : indexOfSizes(own.groupSizes, ownIndex);
      zeta?.fill(0);
      for (const place of places) {
        const predictor = place.term.predictor === 'zi' ? zeta! : eta;
        toEffects(place, spherical);
        const index = own.groupSizes === undefined ? place.term.index : ownIndex;
        if (own.z === undefined) addEffects(place, index, place.term.z, place.q, 0, used, predictor);
        else addEffects(place, index, own.z, columns, place.column, used, predictor);
      }

      if (sigma !== null) {
        if (options.drawErrors !== undefined) options.drawErrors(uniforms, used, seed, replicate);
        else fillNormals(uniforms, used, seed, replicate, STREAM.observations);
        const weights = own.weights ?? design.weights;
        for (let i = 0; i < used; i++) {
          const weight = weights === null ? 1 : weights[i]!;
          out[outOffset + i] = eta[i]! + (weight > 0 ? sigma / Math.sqrt(weight) : sigma) * uniforms[i]!;
        }
        out.fill(0, outOffset + used, outOffset + nobs);
        return;
      }
      fillUniforms(uniforms, used, seed, replicate, STREAM.observations);
      further.reset(seed, replicate, STREAM.furtherUniforms);
      const trials = own.trials ?? design.trials;
      const weights = own.weights ?? design.weights;
      for (let i = 0; i < used; i++) {
        further.moveTo(STREAM.furtherUniforms + i);
        out[outOffset + i] = family.draw(
          eta[i]!, auxiliaryOf(i), trials === null ? 1 : trials[i]!, weights === null || weights[i] === 0 ? 1 : weights[i]!, uniforms[i]!, further,
        );
      }
      out.fill(0, outOffset + used, outOffset + nobs);
    },
  };
}

/** out = matrix · vector, row-major. */
function multiply(matrix: Float64Array, vector: Float64Array, out: Float64Array): void {
  const width = vector.length;
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let j = 0; j < width; j++) sum += matrix[i * width + j]! * vector[j]!;
    out[i] = sum;
  }
}

function toEffects({ q, factor, effects, first, stride, term }: TermPlace, spherical: Float64Array): void {
  for (let level = 0; level < term.levels.length; level++) {
    for (let r = 0; r < q; r++) {
      let sum = 0;
      for (let c = 0; c <= r; c++) sum += factor[r * q + c]! * spherical[first + level * stride + c]!;
      effects[level * q + r] = sum;
    }
  }
}

function addEffects(
  { q, effects }: TermPlace, index: Int32Array, z: Float64Array, width: number, column: number, rows: number, predictor: Float64Array,
): void {
  for (let i = 0; i < rows; i++) {
    const level = index[i]!;
    let sum = 0;
    for (let j = 0; j < q; j++) sum += z[i * width + column + j]! * effects[level * q + j]!;
    predictor[i]! += sum;
  }
}

/** Level of each row when rows follow one another level by level; returns the number of rows used. */
function indexOfSizes(sizes: Int32Array, index: Int32Array): number {
  let row = 0;
  for (let level = 0; level < sizes.length; level++) {
    index.fill(level, row, row + sizes[level]!);
    row += sizes[level]!;
  }
  return row;
}
