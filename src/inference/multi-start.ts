/** The same model fitted from many starts, as one batch: whether they agree is what tells a maximum from a place where the search stopped. */
import { checkFit, checkOptions } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import { atDistance, boundaryDistance, thetaGeometry } from '../fit/theta-geometry.js';
import { parameterLayout } from '../model/design.js';
import { STATUS_NAMES, type StatusName, isConverged } from '../model/status.js';
import { STREAM, checkSeed, fillNormals } from '../random/stream.js';
import { settingsOptions } from '../studies/fitted-model.js';
import type { EstimatedModel } from './confint.js';

/** How many starts, and where they are fitted. */
export interface MultiStartOptions extends Pick<FitBatchOptions, 'backend' | 'workers' | 'engine' | 'signal'> {
  /** Number of starts, default 20. */
  readonly starts?: number;
  /** Integer from 0 on, default 1; start i depends on (seed, i) alone. */
  readonly seed?: number;
}

/** Where the fit from one start ended. */
export interface StartRow {
  /** 0 is the estimate itself. */
  readonly start: number;
  readonly logLik: number;
  /** Log-likelihood below the best. */
  readonly below: number;
  /** Largest difference of a fixed effect from the best, in standard errors; 0 without fixed effects, NaN without standard errors. */
  readonly distance: number;
  readonly status: StatusName;
  readonly evaluations: number;
}

/** Fits of one model from many starts. */
export interface MultiStart {
  /** Best first. */
  readonly rows: readonly StartRow[];
  /** Starts that ended at the best log-likelihood. */
  readonly agreeing: number;
  /** Best log-likelihood minus that of the fit: above 0 the fit is not the maximum. */
  readonly gain: number;
  /** Parameters of the best. */
  readonly params: Float64Array;
}

const DEFAULT_STARTS = 20;
/** Log-likelihoods closer than this are the same maximum. */
const AGREEMENT = 1e-4;
/** Standard deviation, in standard errors, of the starts of β and what follows θ around their estimates. */
const SPREAD = 3;
/** Standard deviation of the logarithm of what the entries of θ are multiplied by. */
const THETA_SPREAD = 1;
/** Relative standard error of a parameter that has none. */
const UNKNOWN_ERROR = 0.1;
/** Entries of θ at zero start from here (units of the linear predictor, radians). */
const OFF_ZERO = 0.5;

/**
 * Fits the model from starts scattered around the estimates: fixed effects and auxiliary coefficients from normal distributions with standard
 * deviations of 3 standard errors, the entries of θ multiplied by lognormal numbers whose logarithm has standard deviation 1 (from about a tenth to ten times).
 * @throws OptionError for impossible counts; the signal's reason when aborted.
 */
export async function multiStart(fit: EstimatedModel, options: MultiStartOptions = {}): Promise<MultiStart> {
  checkFit('multiStart', fit);
  checkOptions('multiStart', options);
  const { starts = DEFAULT_STARTS, seed = 1, ...fitting } = options;
  if (!Number.isSafeInteger(starts) || starts < 2) throw new OptionError(`starts must be an integer of at least 2, not ${starts}`);
  checkSeed(seed);
  const { frame: { design }, params, covariance, response } = fit;
  const k = params.length;
  const start = new Float64Array(starts * k);
  for (let b = 0; b < starts; b++) start.set(b === 0 ? params : scatteredStart(fit, seed, b), b * k);
  const responses = new Float64Array(starts * design.nobs);
  for (let b = 0; b < starts; b++) responses.set(response, b * design.nobs);
  const fits = await fitBatch(design, { nModels: starts, response: responses, start }, { ...fitting, ...settingsOptions(fit.settings) });

  // A fit that did not end is no maximum, however high.
  const usable = Array.from({ length: starts }, (_, b) => b).filter((b) => isConverged(fits.status[b]!));
  const best = usable.reduce((winner, b) => (fits.logLik[b]! > fits.logLik[winner]! ? b : winner), usable[0] ?? 0);
  const rows = Array.from({ length: starts }, (_, b): StartRow => ({
    start: b, logLik: fits.logLik[b]!, below: fits.logLik[best]! - fits.logLik[b]!,
    distance: Math.max(0, ...design.fixedNames.map((_, j) => Math.abs(fits.params[j]![b]! - fits.params[j]![best]!) / Math.sqrt(covariance[j * k + j]!))),
    status: STATUS_NAMES[fits.status[b]!]!, evaluations: fits.evaluations[b]!,
  })).sort((a, b) => (Number.isFinite(a.below) ? a.below : Infinity) - (Number.isFinite(b.below) ? b.below : Infinity) || a.start - b.start);
  return {
    rows, gain: fits.logLik[best]! - fit.logLik,
    agreeing: rows.filter(({ below, status }) => Math.abs(below) < AGREEMENT && (status === 'converged' || status === 'boundary')).length,
    params: Float64Array.from(fits.params, (column) => column[best]!),
  };
}

/** Start number b. σ of a gaussian model follows from the other parameters in closed form and is left alone. */
function scatteredStart({ frame: { design }, params, covariance }: EstimatedModel, seed: number, b: number): Float64Array {
  const { nFixed, nTheta, nAuxiliary, nParams: k } = parameterLayout(design);
  const geometry = thetaGeometry(design);
  const normals = new Float64Array(k);
  fillNormals(normals, k, seed, b, STREAM.randomEffects);
  return params.map((estimate, j) => {
    if (j >= nFixed + nTheta + nAuxiliary) return estimate;
    const entry = geometry[j - nFixed];
    if (entry === undefined) {
      const error = Math.sqrt(covariance[j * k + j]!);
      return estimate + SPREAD * normals[j]! * (Number.isFinite(error) ? error : UNKNOWN_ERROR * (1 + Math.abs(estimate)));
    }
    const lifted = boundaryDistance(entry, estimate) === 0 ? atDistance(entry, estimate, OFF_ZERO) : estimate;
    return lifted * Math.exp(THETA_SPREAD * normals[j]!);
  });
}
