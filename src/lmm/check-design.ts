import { DataError } from '../errors.js';
import type { Design } from '../model/design.js';

/** Throws DataError where the random effects leave nothing for the residual variance, as lmer does. */
export function checkLinearMixed(design: Design): void {
  const { fixedNames } = design;
  const informative = informativeRows(design);
  for (const { group, names, levels, covariance } of design.random) {
    // Correlations that fall off with the distance, or follow from unequal variances, tell such effects from the residuals.
    if (covariance === 'ar1' || covariance === 'hetar1' || covariance === 'cs') continue;
    const effects = names.length * levels.length;
    if (effects < informative) continue;
    throw new DataError(
      `the term on '${group}' has ${effects} random effects (${names.length} × ${levels.length} levels) for ${informative} observations: they cannot be told from the residuals; use fewer effects or a coarser factor`,
      { column: group },
    );
  }
  if (fixedNames.length >= informative) {
    throw new DataError(`${fixedNames.length} fixed effects for ${informative} observations leave nothing for the residual variance; use fewer`);
  }
}

/** Rows of positive weight. */
export function informativeRows({ nobs, weights }: Pick<Design, 'nobs' | 'weights'>): number {
  return weights === null ? nobs : weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0);
}
