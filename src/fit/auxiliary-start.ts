/** Where a cold fit of a family with auxiliary predictors starts. */
import type { Family } from '../families/family.js';
import { type Design, parameterLayout } from '../model/design.js';
import { leastSquares } from '../numerics/column-basis.js';
import { type AuxiliaryMap, auxiliaryMap } from '../objective/auxiliary.js';
import { type GlmData, type GlmFit, glmStart } from '../optimize/glm-start.js';
import { auxiliaryBasis } from './parameter-basis.js';

/** A fit without random effects and the coefficients γ of the auxiliary predictors that go with it. */
export interface ColdStart {
  readonly glm: GlmFit | null;
  readonly gamma: Float64Array;
}

/**
 * β by scoring with the auxiliary values held at a guess from the responses alone, γ anew from the means found, and β once more.
 */
export function coldStart(design: Design, family: Family, data: GlmData): ColdStart {
  if (design.auxiliary.length === 0) return { glm: glmStart(family, data), gamma: new Float64Array(0) };
  const { nobs, y, trials, weights } = data;
  const guess = (mu: Float64Array): Float64Array => {
    const cuts = design.auxiliary.find(({ role }) => role === 'thresholds');
    const categories = cuts === undefined ? 0 : cuts.x.length / cuts.names.length + 1;
    return coefficientsOf(design, family.initialAuxiliary(y.subarray(0, nobs), trials, weights, mu, categories));
  };
  const means = Array.from({ length: nobs }, (_, i) => family.initialMean(y[i]!, trials[i]!)).filter((mu) => !Number.isNaN(mu));
  const first = guess(new Float64Array(nobs).fill(means.reduce((sum, mu) => sum + mu, 0) / means.length));
  const glm = glmStart(family, withAuxiliary(design, data, first));
  if (glm === null) return { glm, gamma: first };
  const gamma = guess(glm.eta.map((eta) => family.mean(eta)));
  return { glm: glmStart(family, withAuxiliary(design, data, gamma)) ?? glm, gamma };
}

/** The data with auxiliary values at the coefficients γ. */
export function withAuxiliary(design: Design, data: GlmData, gamma: Float64Array): GlmData {
  const map = mapOf(design);
  const auxiliary = Array.from({ length: map.count }, () => new Float64Array(design.nobs));
  map.spread(gamma, 0, data.y, data.nobs, auxiliary);
  return { ...data, auxiliary };
}

const maps = new WeakMap<Design, AuxiliaryMap>();

/** One map per design: every model of a batch asks for it. */
function mapOf(design: Design): AuxiliaryMap {
  let map = maps.get(design);
  if (map === undefined) maps.set(design, (map = auxiliaryMap(design, Int32Array.from({ length: design.nobs }, (_, i) => i))));
  return map;
}

/** Least-squares coefficients that bring each predictor to the given constant (thresholds: to the given thresholds). */
function coefficientsOf(design: Design, values: readonly (readonly number[])[]): Float64Array {
  const gamma = new Float64Array(parameterLayout(design).nAuxiliary);
  let at = 0;
  design.auxiliary.forEach((predictor, k) => {
    const { names, x, offset } = predictor;
    const wanted = values[k]!;
    const basis = auxiliaryBasis(predictor);
    if (basis !== null) gamma.set(leastSquares(basis, x, (i) => (wanted[i] ?? wanted[0]!) - (offset?.[i] ?? 0)), at);
    at += names.length;
  });
  return gamma;
}
