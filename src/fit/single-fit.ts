/** One model fitted to the end: estimates, covariance, conditional modes and the metric that later batches start from. */
import { checkArgument } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { STATUS } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import type { Objective } from '../objective/objective.js';
import { createCpuObjective } from '../objective/cpu.js';
import { coldStart } from './auxiliary-start.js';
import { type ChunkFit, type FitHooks, type FitSettings, fitChunk, objectiveIntegration } from './fit-chunk.js';
import { LmmFitter } from './lmm-chunk.js';
import type { GlmmOptions } from './options.js';
import { parameterNames } from './parameter-names.js';
import { fitPseudoLikelihood } from './pseudo-likelihood.js';
import { glmData } from './starting-point.js';
import { coldTheta, thetaGeometry } from './theta-geometry.js';

export interface SingleFit {
  readonly params: Float64Array;
  /** k × k, NaN where an estimate has no standard error. */
  readonly covariance: Float64Array;
  /** k × k inverse Hessian of −logLik without gaps, for starting refits. */
  readonly metric: Float64Array;
  readonly logLik: number;
  readonly gradient: Float64Array;
  readonly decrement: number;
  readonly evaluations: number;
  readonly status: number;
  /** Spherical conditional modes, level-major. */
  readonly modes: Float64Array;
  readonly backend: BackendReport;
}

/** Makes the Objective of one model; the default is float64 on the calling thread. */
export type ObjectiveSource = (design: Design, settings: FitSettings) => Promise<{ objective: Objective; report: BackendReport }>;

const ON_CALLING_THREAD: BackendReport = { backend: 'cpu', device: '1 thread', reason: 'a single fit', devicesLost: 0, check: null };

export const cpuSource: ObjectiveSource = (design, settings) =>
  Promise.resolve({
    objective: createCpuObjective(design, objectiveIntegration(settings), { capacity: 1 }),
    report: ON_CALLING_THREAD,
  });

/** Where a fit starts, and what goes with it. */
export type RunOptions = Pick<GlmmOptions, 'start' | 'signal' | 'onEvaluation'>;

function hooksOf({ signal, onEvaluation }: RunOptions, design: Design): FitHooks {
  if (onEvaluation === undefined) return { signal };
  const names = parameterNames(design);
  if (isLinearMixed(design)) names.pop();
  let evaluation = 0;
  return {
    signal,
    told: (logLik, params) => {
      onEvaluation({ evaluation: ++evaluation, logLik, params: Object.fromEntries(names.slice(names.length - params.length).map((name, j) => [name, params[j]!])) });
    },
  };
}

/** @throws DataError when no finite starting point exists, OptionError for a start of the wrong shape. */
export async function fitSingle(
  design: Design, response: Float64Array, settings: FitSettings, options: RunOptions,
  source: ObjectiveSource = cpuSource,
): Promise<SingleFit> {
  if (settings.pseudo !== undefined) return fitPseudoLikelihood(design, response, settings, options, fitLinear);
  if (isLinearMixed(design)) return fitLinear(design, response, settings, options);
  const { nFixed: p, nParams: k } = parameterLayout(design);
  const start = options.start === undefined ? undefined : userStart(design, response, options.start);
  const { objective, report } = await source(design, settings);
  try {
    const batch = { nModels: 1, response, ...(start === undefined ? {} : { start }) };
    const chunk: ChunkFit = await fitChunk(objective, design, batch, 0, 1, settings, hooksOf(options, design));
    const covariance = chunk.covariance ?? new Float64Array(k * k).fill(NaN);
    // The modes at exactly the reported estimates.
    await objective.evaluate({
      count: 1, models: new Int32Array(1), params: chunk.params, value: new Float64Array(1), gradient: new Float64Array(k), keepModes: true,
    });
    return {
      params: chunk.params, covariance, metric: withoutGaps(covariance, design, p, k), logLik: chunk.logLik[0]!, gradient: chunk.gradient,
      decrement: chunk.decrement[0]!, evaluations: chunk.evaluations[0]!, status: chunk.status[0]!, modes: await objective.modes(0),
      backend: report,
    };
  } finally {
    objective.dispose();
  }
}

/** A gaussian model: σ is the last parameter. */
async function fitLinear(
  design: Design, response: Float64Array, settings: FitSettings, options: RunOptions,
): Promise<SingleFit> {
  const { nFixed: p, nParams: k } = parameterLayout(design);
  const fitter = new LmmFitter(design, settings);
  const start = options.start === undefined ? undefined : linearStart(design, response, options.start);
  const batch = { nModels: 1, response, ...(start === undefined ? {} : { start }) };
  const chunk = await fitter.fit(batch, 0, 1, hooksOf(options, design));
  if (chunk.status[0] === STATUS.nonFinite) {
    throw new DataError('the fixed effects fit the response exactly or its values are not finite: nothing is left for the residual variance; check the response');
  }
  const covariance = chunk.covariance ?? new Float64Array(k * k).fill(NaN);
  return {
    params: chunk.params, covariance, metric: withoutGaps(covariance, design, p, k), logLik: chunk.logLik[0]!, gradient: chunk.gradient,
    decrement: chunk.decrement[0]!, evaluations: chunk.evaluations[0]!, status: chunk.status[0]!,
    modes: fitter.modes(0, batch, chunk.params), backend: ON_CALLING_THREAD,
  };
}

/** θ on the scale of the response, and σ; where σ is not given it is of the order of the response's spread. */
function linearStart(design: Design, response: Float64Array, start: NonNullable<GlmmOptions['start']>): Float64Array | undefined {
  const { nFixed, nTheta, nParams } = parameterLayout(design);
  if (start.fixef !== undefined) checkStart(start.fixef, nFixed, 'fixef');
  if (start.sigma !== undefined && !(start.sigma > 0 && start.sigma < Infinity)) throw new OptionError(`start.sigma is ${start.sigma}; it must be positive`);
  // The fixed effects follow from θ in closed form: a start of theirs changes nothing.
  if (start.theta === undefined) return undefined;
  checkStart(start.theta, nTheta, 'theta');
  const params = new Float64Array(nParams);
  params.set(Float64Array.from(start.theta), nFixed);
  const mean = response.reduce((sum, y) => sum + y, 0) / response.length;
  params[nParams - 1] = start.sigma ?? Math.sqrt(response.reduce((sum, y) => sum + (y - mean) ** 2, 0) / response.length);
  return params;
}

/** Unknown variances are replaced by guesses of the right order, unknown covariances by zero. */
function withoutGaps(covariance: Float64Array, design: Design, p: number, k: number): Float64Array {
  const metric = covariance.map((value) => (Number.isFinite(value) ? value : 0));
  const geometry = thetaGeometry(design);
  for (let j = 0; j < k; j++) {
    if (metric[j * k + j]! > 0) continue;
    const entry = geometry[j - p];
    metric[j * k + j] = entry === undefined ? 1 : entry.variance;
  }
  return metric;
}

function userStart(design: Design, response: Float64Array, start: NonNullable<GlmmOptions['start']>): Float64Array {
  const { nFixed, nTheta, nAuxiliary, nParams } = parameterLayout(design);
  const params = new Float64Array(nParams);
  if (start.sigma !== undefined) throw new OptionError('start.sigma is for linear mixed models; leave it out');
  if (start.fixef === undefined || (start.auxiliary === undefined && nAuxiliary > 0)) {
    const { glm, gamma } = coldStart(design, familyOf(design), glmData(design, { nModels: 1, response }, 0));
    if (glm === null && start.fixef === undefined) throw new DataError(`no starting values for the fixed effects with link ${design.link}; give start.fixef`);
    if (glm !== null) params.set(glm.beta);
    params.set(gamma, nFixed + nTheta);
  }
  const take = (values: ArrayLike<number> | undefined, at: number, wanted: number, what: string): void => {
    if (values === undefined) return;
    checkStart(values, wanted, what);
    params.set(Float64Array.from(values), at);
  };
  coldTheta(thetaGeometry(design), params.subarray(nFixed, nFixed + nTheta), 1);
  take(start.fixef, 0, nFixed, 'fixef');
  take(start.theta, nFixed, nTheta, 'theta');
  take(start.auxiliary, nFixed + nTheta, nAuxiliary, 'auxiliary');
  return params;
}

function checkStart(values: ArrayLike<number>, wanted: number, what: string): void {
  checkArgument(`start.${what}`, values, ['length'], 'an array of numbers', 'give them in the order of the model');
  if (values.length !== wanted) throw new OptionError(`start.${what} has ${values.length} values, the model needs ${wanted}`);
  if (!Array.from(values).every(Number.isFinite)) throw new OptionError(`start.${what} holds a value that is not a finite number`);
}
