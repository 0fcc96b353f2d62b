/** What the conditional modes answer to: the derivatives of the rows at given parameters and modes, and the score of the random effects. */
import { ALL_PARTS, auxiliaryCount, derivativeRows } from '../families/family.js';
import { familyOf } from '../families/registry.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { hasTwoPredictors, isLinearMixed, parameterLayout } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import { type ModelAtModes, linearPredictors } from '../model/linear-predictor.js';
import { randomEffects } from '../model/random-effects.js';
import { auxiliaryMap } from '../objective/auxiliary.js';

/** A model with its response, at parameters and spherical modes. */
export interface ResponseAtModes extends ModelAtModes {
  readonly response: Float64Array;
}

export interface RowsAtModes {
  /** Derivatives of the rows' log-densities by η and, with random effects of the zero inflation, by its logit ζ. */
  readonly scores: readonly Float64Array[];
  /** Observed weights by pairs of predictors ηη, ηζ, ζζ; 1/variance for linear mixed models. */
  readonly weights: readonly Float64Array[];
}

export function rowsAtModes({ design, response, params, modes }: ResponseAtModes): RowsAtModes {
  const { nobs } = design;
  const prior = design.weights ?? new Float64Array(nobs).fill(1);
  const { eta, zeta } = linearPredictors({ design, params, modes });
  if (isLinearMixed(design)) {
    const weights = prior.map((weight) => weight / params[params.length - 1]! ** 2);
    return { scores: [weights.map((weight, i) => weight * (response[i]! - eta[i]!))], weights: [weights] };
  }
  const family = familyOf(design);
  const rows = derivativeRows(nobs, auxiliaryCount(family), hasTwoPredictors(design));
  const map = auxiliaryMap(design, Int32Array.from({ length: nobs }, (_, i) => i));
  const auxiliary = Array.from({ length: map.count }, () => new Float64Array(nobs));
  const { nFixed, nTheta } = parameterLayout(design);
  map.spread(params, nFixed + nTheta, response, nobs, auxiliary);
  if (zeta !== null) auxiliary.at(-1)!.forEach((value, i, own) => { own[i] = value + zeta[i]!; });
  const trials = design.trials ?? new Float64Array(nobs).fill(1);
  family.evaluate(eta, response, trials, prior, 0, nobs, ALL_PARTS, rows, auxiliary);
  return rows.excess === null ? { scores: [rows.d1], weights: [rows.w] }
    : { scores: [rows.d1, rows.auxiliary.at(-1)!.value], weights: [rows.w, rows.excess.cross, rows.excess.w] };
}

/** Λ'Z'd of the effects in the layout of `effectPlaces`, d the scores of the rows: equal to u where u are the modes. */
function modeScore(model: ResponseAtModes): Float64Array {
  const { design, params } = model;
  const { scores } = rowsAtModes(model);
  const { places, effects } = effectPlaces(design);
  const thetas = thetaByTerm(design, params);
  const out = new Float64Array(effects);
  places.forEach(({ term, q, first, stride }, t) => {
    const factor = termFactor(term, thetas[t]!);
    const score = scores[term.predictor === 'zi' ? 1 : 0]!;
    for (let i = 0; i < design.nobs; i++) {
      const at = first + term.index[i]! * stride;
      for (let c = 0; c < q; c++) for (let r = c; r < q; r++) out[at + c]! += factor[r * q + c]! * term.z[i * q + r]! * score[i]!;
    }
  });
  return out;
}

/** How the model at fixed u changes with one parameter that is no fixed effect. */
export interface ParameterSlopes {
  /** Of the score of u, in the layout of `effectPlaces`. */
  readonly score: Float64Array;
  /** Of b = Λu, term by term as `randomEffects` has them. */
  readonly effects: readonly Float64Array[];
}

/** Steps of the differences, in standard errors: errors of the order of their square. */
const STEP = 1e-4;

/** By central differences. @param error standard error of the parameter */
export function parameterSlopes(model: ResponseAtModes, parameter: number, error: number): ParameterSlopes {
  const step = STEP * error;
  const [up, down] = [step, -step].map((shift): ResponseAtModes => ({ ...model, params: model.params.map((value, k) => (k === parameter ? value + shift : value)) }));
  const slope = (high: Float64Array, low: Float64Array): Float64Array => high.map((value, e) => (value - low[e]!) / (2 * step));
  const [raised, lowered] = [up!, down!].map(({ design, params, modes }) => randomEffects(design, params, modes));
  return { score: slope(modeScore(up!), modeScore(down!)), effects: raised!.map((high, t) => slope(high, lowered![t]!)) };
}
