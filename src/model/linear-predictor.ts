/** Linear predictors of rows at given parameters and random effects. */
import { auxiliaryValues } from './auxiliary-values.js';
import { termFactor, thetaByTerm } from './covariance.js';
import { type Design, hasTwoPredictors, parameterLayout } from './design.js';
import { effectPlaces } from './effects.js';

/** What predictors are made of; a `Design` is one. */
export interface PredictorRows extends Pick<Design, 'nobs' | 'x' | 'offset' | 'auxiliary'> {
  /** One entry per random term of the design. */
  readonly random: readonly RowEffects[];
}

export interface RowEffects {
  /** Level of each row; −1 for a level the model was not fitted with, whose effects are then zero. */
  readonly index: Int32Array;
  /** n × q. */
  readonly z: Float64Array;
}

export interface LinearPredictors {
  /** η = Xβ + offset + ZΛu: n numbers. */
  readonly eta: Float64Array;
  /** Random effects of the zero inflation, to be added to its logit; null without. */
  readonly zeta: Float64Array | null;
  /** What a family takes beside η (`auxiliaryValues`), the random effects of the zero inflation included. */
  readonly auxiliaryOf: (row: number) => Float64Array;
}

export interface ModelAtModes {
  readonly design: Design;
  readonly params: Float64Array;
  /** Spherical effects u in the layout of `effectPlaces`. */
  readonly modes: Float64Array;
}

/**
 * @param rows the rows wanted, default those of the design
 * @param terms which random terms count, default all
 */
export function linearPredictors(model: ModelAtModes, rows: PredictorRows = model.design, terms?: readonly boolean[]): LinearPredictors {
  const { design, params } = model;
  const { nFixed: p, nTheta } = parameterLayout(design);
  const { nobs, x, offset } = rows;
  const eta = new Float64Array(nobs);
  for (let i = 0; i < nobs; i++) {
    let sum = offset === null ? 0 : offset[i]!;
    for (let j = 0; j < p; j++) sum += x[i * p + j]! * params[j]!;
    eta[i] = sum;
  }
  const zeta = hasTwoPredictors(design) ? new Float64Array(nobs) : null;
  addEffects(model, rows, terms ?? design.random.map(() => true), eta, zeta);
  return { eta, zeta, auxiliaryOf: auxiliaryValues(rows, params.subarray(p + nTheta), zeta) };
}

/** η of the rows of a design with all random effects. */
export function linearPredictor(design: Design, params: Float64Array, modes: Float64Array): Float64Array {
  return linearPredictors({ design, params, modes }).eta;
}

/** Adds ZΛu of the terms that count to the predictor each acts on. */
function addEffects(
  { design, params, modes }: ModelAtModes, { nobs, random }: PredictorRows, terms: readonly boolean[], eta: Float64Array, zeta: Float64Array | null,
): void {
  const thetas = thetaByTerm(design, params);
  effectPlaces(design).places.forEach(({ term, q, first, stride }, t) => {
    if (!terms[t]) return;
    const factor = termFactor(term, thetas[t]!);
    const out = term.predictor === 'zi' ? zeta! : eta;
    const { index, z } = random[t]!;
    for (let i = 0; i < nobs; i++) {
      if (index[i]! < 0) continue;
      const at = first + index[i]! * stride;
      for (let r = 0; r < q; r++) {
        let effect = 0;
        for (let c = 0; c <= r; c++) effect += factor[r * q + c]! * modes[at + c]!;
        out[i]! += z[i * q + r]! * effect;
      }
    }
  });
}
