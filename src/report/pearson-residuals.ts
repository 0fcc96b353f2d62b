/** Residuals for the printed summary. */
import { familyOf } from '../families/registry.js';
import type { Design } from '../model/design.js';

/**
 * Pearson residuals, n numbers: (y − m μ) √w / (σ √(m V(μ))) with m trials (1 outside the binomial family) and prior weights w; lme4's "scaled
 * residuals".
 *
 * @param response y of the fit, successes for binomial
 * @param fitted means μ at the conditional modes (probabilities for binomial)
 * @param sigma residual standard deviation of a gaussian model, 1 for families without one
 */
export function pearsonResiduals(design: Design, response: Float64Array, fitted: Float64Array, sigma = 1): Float64Array {
  const family = familyOf(design);
  return fitted.map((mu, i) => {
    const trials = design.trials?.[i] ?? 1;
    const weight = design.weights?.[i] ?? 1;
    const difference = response[i]! - trials * mu;
    // A mean at the end of its range, as in separated fits, has no variance: what it fits exactly has no residual.
    return difference === 0 ? 0 : difference * Math.sqrt(weight / (trials * family.variance(mu))) / sigma;
  });
}
