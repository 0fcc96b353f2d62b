/** The two models of a likelihood-ratio test and their statistic. */
import { OptionError } from '../errors.js';
import { fitBatch } from '../fit/fit-batch.js';
import { type FittedModel, byMaximumLikelihood, settingsOptions } from './fitted-model.js';
import { ZERO_STATISTIC } from './lrt-p-values.js';
import { type Nesting, nestingOf } from './nesting.js';

/** The pair of models of a test, both by maximum likelihood. */
export interface LrtPair {
  readonly smaller: FittedModel;
  readonly larger: FittedModel;
  readonly nesting: Nesting;
}

/** Checks that the models are nested and brings both to maximum likelihood. */
export async function lrtPair(smaller: FittedModel, larger: FittedModel): Promise<LrtPair> {
  const nesting = nestingOf(smaller.frame.design, larger.frame.design);
  if (smaller.response.some((value, i) => value !== larger.response[i])) throw new OptionError('the models were fitted to different responses; fit both to the same');
  const [a, b] = [smaller.settings.integration, larger.settings.integration];
  if (a.nAGQ !== b.nAGQ || a.information !== b.information) {
    throw new OptionError('the models were fitted with different approximations (nAGQ or information); use the same for both');
  }
  return { smaller: await byMaximumLikelihood(smaller), larger: await byMaximumLikelihood(larger), nesting };
}

/** A larger model that lies below a smaller one by more than rounding was not found. */
export function isBelow(larger: Pick<FittedModel, 'logLik'>, smaller: Pick<FittedModel, 'logLik'>): boolean {
  return 2 * (larger.logLik - smaller.logLik) < -ZERO_STATISTIC;
}

/**
 * 2 (logLik of the larger − logLik of the smaller model), ≥ 0: a larger model that was not found is fitted again from the smaller one; NaN
 * where that has no finite parameters or ends below, too.
 */
export async function observedStatistic({ smaller, larger, nesting }: {
  readonly smaller: Pick<FittedModel, 'params' | 'logLik'>; readonly larger: FittedModel; readonly nesting: Pick<Nesting, 'embed'>;
}): Promise<number> {
  if (!isBelow(larger, smaller)) return Math.max(0, 2 * (larger.logLik - smaller.logLik));
  const start = nesting.embed(smaller.params);
  if (start === null) return NaN;
  const again = await fitBatch(larger.frame.design, { nModels: 1, response: larger.response, start }, { ...settingsOptions(larger.settings), backend: 'cpu', workers: 1 });
  return isBelow({ logLik: again.logLik[0]! }, smaller) ? NaN : Math.max(0, 2 * (again.logLik[0]! - smaller.logLik));
}
