/**
 * Pseudo-likelihood (penalised quasi-likelihood): linear mixed models fitted in turn to the working response z = η + (y − μ) dη/dμ with the working
 * weights, until η no longer changes. MPL maximises the likelihood of each, REMPL the restricted one (Wolfinger & O'Connell 1993, J. Statist. Comput.
 * Simul. 48; Breslow & Clayton 1993, JASA 88). The residual variance of the working response is known: 1/weight.
 */
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { type Design, parameterLayout } from '../model/design.js';
import { linearPredictor } from '../model/linear-predictor.js';
import { STATUS, isConverged } from '../model/status.js';
import type { FitSettings } from './fit-chunk.js';
import type { RunOptions, SingleFit } from './single-fit.js';

type FitLinear = (design: Design, response: Float64Array, settings: FitSettings, options: RunOptions) => Promise<SingleFit>;

/** Linear mixed models fitted at most; 5 to 10 are usual. */
const MAX_ROUNDS = 100;
/** Largest change of a linear predictor at which the iteration has ended. */
const TOLERANCE = 1e-9;

/** @throws OptionError for families with auxiliary predictors. */
export async function fitPseudoLikelihood(design: Design, response: Float64Array, settings: FitSettings, options: RunOptions, fitLinear: FitLinear): Promise<SingleFit> {
  const method = settings.pseudo!;
  if (design.auxiliary.length > 0) {
    throw new OptionError(`${method} is for families without dispersion, zero inflation or thresholds, not for ${design.family}; leave fitMethod out`);
  }
  const family = familyOf(design);
  const { nParams: k } = parameterLayout(design);
  const working = { ...settings, REML: method === 'REMPL', sigmaKnown: true };
  const share = response.map((y, i) => y / (family.hasTrials ? (design.trials?.[i] ?? 1) : 1));
  let eta: Float64Array = response.map((y, i) => family.linkOf(family.initialMean(y, design.trials?.[i] ?? 1)));
  let start: RunOptions['start'] = options.start?.theta === undefined ? undefined : { theta: options.start.theta, sigma: 1 };
  let evaluations = 0;
  const { signal, onEvaluation } = options;
  const hooks: RunOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(onEvaluation === undefined ? {} : { onEvaluation: (trace) => { onEvaluation({ ...trace, evaluation: evaluations + trace.evaluation }); } }),
  };
  for (let round = 1; ; round++) {
    const weights = eta.map((value, i) => {
      const trials = family.hasTrials ? (design.trials?.[i] ?? 1) : 1;
      return ((design.weights?.[i] ?? 1) * trials * family.meanDerivative(value) ** 2) / family.variance(family.mean(value));
    });
    const z = eta.map((value, i) => value + (share[i]! - family.mean(value)) / family.meanDerivative(value));
    const linear: Design = { ...design, family: 'gaussian', link: 'identity', trials: null, weights };
    const fit = await fitLinear(linear, z, working, { ...hooks, ...(start === undefined ? {} : { start }) });
    evaluations += fit.evaluations;
    const next = linearPredictor(linear, fit.params, fit.modes);
    const change = next.reduce((most, value, i) => Math.max(most, Math.abs(value - eta[i]!)), 0);
    eta = next;
    start = { theta: fit.params.subarray(design.fixedNames.length, k), sigma: 1 };
    const ended = change < TOLERANCE;
    if (!ended && round < MAX_ROUNDS && Number.isFinite(change)) continue;
    return {
      ...fit, evaluations, params: fit.params.slice(0, k), covariance: leading(fit.covariance, k), metric: leading(fit.metric, k), gradient: fit.gradient.slice(0, k),
      status: ended || !isConverged(fit.status) ? fit.status : Number.isFinite(change) ? STATUS.maxEvaluations : STATUS.nonFinite,
    };
  }
}

/** The leading k × k block of a matrix of one row and column more: σ is no parameter here. */
function leading(matrix: Float64Array, k: number): Float64Array {
  return Float64Array.from({ length: k * k }, (_, at) => matrix[Math.floor(at / k) * (k + 1) + (at % k)]!);
}
