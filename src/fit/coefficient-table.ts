import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { OptionError } from '../errors.js';
import type { FixedEffect } from './types.js';

/**
 * Wald table of the fixed effects.
 * @param level confidence level, 0.5 … 0.9999.
 * @throws OptionError for a level outside that range.
 */
export function coefficientTable(
  names: readonly string[], estimates: Float64Array, vcov: readonly (readonly number[])[], level = 0.95,
): FixedEffect[] {
  if (!(level >= 0.5 && level <= 0.9999)) throw new OptionError(`confidence level ${level} is outside 0.5 … 0.9999`);
  const z = normalQuantile(0.5 + level / 2, 0, 1);
  return names.map((term, j) => {
    const estimate = estimates[j]!;
    const error = Math.sqrt(vcov[j]![j]!);
    const statistic = estimate / error;
    return {
      term, estimate, std_error: error, statistic,
      p_value: 2 * normalCdf(-Math.abs(statistic), 0, 1),
      conf_low: estimate - z * error,
      conf_high: estimate + z * error,
    };
  });
}
