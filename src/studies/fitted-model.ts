/** Fitted models as the studies see them. */
import type { FitBatchOptions } from '../fit/fit-batch.js';
import { OptionError } from '../errors.js';
import { fitSingle } from '../fit/single-fit.js';
import { isLinearMixed } from '../model/design.js';
import { STATUS_NAMES, type StatusName } from '../model/status.js';
import type { BootstrapSource } from './bootstrap.js';

/** What a study needs of a fitted model; `GlmmFit` is one. */
export interface FittedModel extends BootstrapSource {
  /** The response of the fit: n numbers, successes for binomial. */
  readonly response: Float64Array;
  readonly logLik: number;
  /** How the fit ended, where that is known. */
  readonly status?: StatusName;
}

/** Refuses what rests on the likelihood of a model that has none. @throws OptionError for pseudo-likelihood fits. */
export function checkLikelihood({ pseudo }: BootstrapSource['settings']): void {
  if (pseudo === undefined) return;
  throw new OptionError(`the model was fitted by ${pseudo}, a pseudo-likelihood, which compares no models; fit it with the Laplace approximation (without fitMethod), or use Wald tests and intervals`);
}

/** The settings of a fit as options of `fitBatch`. @throws OptionError for pseudo-likelihood, which batches do not have. */
export function settingsOptions(settings: BootstrapSource['settings']): FitBatchOptions {
  checkLikelihood(settings);
  const { integration, control, REML } = settings;
  return { ...integration, control, ...(REML === undefined ? {} : { REML }) };
}

/** The model fitted by maximum likelihood: itself, but for gaussian models that were fitted by restricted maximum likelihood. */
export async function byMaximumLikelihood(model: FittedModel): Promise<FittedModel> {
  const { frame, response, settings } = model;
  if (!isLinearMixed(frame.design) || settings.REML === false) return model;
  const changed = { ...settings, REML: false };
  const { params, metric, logLik, status } = await fitSingle(frame.design, response, { ...changed, standardErrors: 'hessian' }, {});
  return { frame, response, settings: changed, params, metric, logLik, status: STATUS_NAMES[status]! };
}
