import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { twoSided } from '../numerics/tails.js';
import { checkLevel } from './confidence-level.js';
import type { FixedEffect } from './types.js';

/**
 * Wald table of the fixed effects.
 * @param level confidence level, 0.5 … 0.9999.
 * @param df degrees of freedom of the t distribution; Infinity for z
 * @throws OptionError for a level outside that range.
 */
export function coefficientTable(
  names: readonly string[], estimates: Float64Array, vcov: readonly (readonly number[])[], level = 0.95, df = Infinity,
): FixedEffect[] {
  checkLevel(level);
  const quantile = df === Infinity ? normalQuantile(0.5 + level / 2, 0, 1) : tQuantile(0.5 + level / 2, df);
  return names.map((term, j) => {
    const estimate = estimates[j]!;
    const error = Math.sqrt(vcov[j]![j]!);
    const statistic = estimate / error;
    return {
      term, estimate, std_error: error, statistic,
      p_value: twoSided(statistic, df),
      conf_low: estimate - quantile * error,
      conf_high: estimate + quantile * error,
    };
  });
}
