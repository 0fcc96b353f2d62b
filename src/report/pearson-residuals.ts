/** Residuals for the printed summary. */
import { getFamily } from '../families/registry.js';
import type { Design } from '../model/design.js';

/**
 * Pearson residuals, n numbers: (y − m μ) √w / √(m V(μ)) with m trials (1 outside the binomial family) and prior weights w; lme4's "scaled
 * residuals".
 *
 * @param response y of the fit, successes for binomial
 * @param fitted means μ at the conditional modes (probabilities for binomial)
 */
export function pearsonResiduals(design: Design, response: Float64Array, fitted: Float64Array): Float64Array {
  const family = getFamily(design.family, design.link);
  return fitted.map((mu, i) => {
    const trials = design.trials?.[i] ?? 1;
    const weight = design.weights?.[i] ?? 1;
    return (response[i]! - trials * mu) * Math.sqrt(weight / (trials * family.variance(mu)));
  });
}
