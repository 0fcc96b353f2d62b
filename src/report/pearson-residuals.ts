/** Residuals for the printed summary. */
import { getFamily } from '../families/registry.js';
import type { RanefRow } from '../fit/types.js';
import type { Design } from '../model/design.js';

/**
 * Pearson residuals at the conditional modes, n numbers: (y − m μ) √w / √(m V(μ)) with m trials (1 outside the binomial family) and prior
 * weights w; lme4's "scaled residuals".
 *
 * @param response y of the fit, successes for binomial
 * @param fixef p fixed effects in the order of the design
 * @param ranef conditional modes of the single grouping factor, rows in the order of its levels
 */
export function pearsonResiduals(design: Design, response: Float64Array, fixef: ArrayLike<number>, ranef: readonly RanefRow[]): Float64Array {
  const family = getFamily(design.family, design.link);
  const p = design.fixedNames.length;
  // Terms that name the same column share one conditional mode, their sum: it must enter once.
  const seen = new Set<string>();
  const columns = design.random.flatMap((term) => term.names.flatMap((name, j) => {
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ term, j, modes: Float64Array.from(ranef, (row) => Number(row[name])) }];
  }));
  return Float64Array.from({ length: design.nobs }, (_, i) => {
    let eta = design.offset?.[i] ?? 0;
    for (let j = 0; j < p; j++) eta += design.x[i * p + j]! * fixef[j]!;
    for (const { term, j, modes } of columns) eta += term.z[i * term.names.length + j]! * modes[term.index[i]!]!;
    const mu = family.mean(eta);
    const trials = design.trials?.[i] ?? 1;
    const weight = design.weights?.[i] ?? 1;
    return (response[i]! - trials * mu) * Math.sqrt(weight / (trials * family.variance(mu)));
  });
}
