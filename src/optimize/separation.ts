/**
 * Separation: a direction δ along which the likelihood never falls, so that some coefficients have no finite estimate.
 *
 * The marginal likelihood averages the conditional one over the random effects, so δ must raise (or keep) the probability of every single
 * response: x'δ ≥ 0 where all trials succeeded, ≤ 0 where all failed, = 0 elsewhere (Poisson: ≤ 0 where y = 0, = 0 elsewhere). The
 * condition is the one of the model without random effects (Albert & Anderson 1984), whose scoring steps end up pointing along δ.
 */
import type { Family } from '../families/family.js';
import { type GlmData, glmStart } from './glm-start.js';

/** Relative size of x'δ that counts as zero. */
const ZERO = 1e-3;

/**
 * Mean this close to the end of its range is suspect. Ordinary fits do not reach it; separated ones are driven past it.
 */
const EXTREME_MEAN = 3e-6;

/** Whether some fitted mean of the fixed part lies at the end of its range: only such models need the certificate. */
export function isSuspect(family: Family, eta: number): boolean {
  const mean = family.mean(eta);
  return mean < EXTREME_MEAN || (family.name === 'binomial' && mean > 1 - EXTREME_MEAN);
}

/** A certificate of complete or quasi-complete separation, checked row by row; null when the scoring direction gives none. */
export function separationDirection(family: Family, data: GlmData): Float64Array | null {
  const fit = glmStart(family, data);
  if (fit === null) return null;
  const { nobs, nFixed: p, x, y, trials, weights } = data;
  const along = new Float64Array(nobs);
  let largest = 0;
  for (let i = 0; i < nobs; i++) {
    for (let j = 0; j < p; j++) along[i]! += x[i * p + j]! * fit.lastStep[j]!;
    largest = Math.max(largest, Math.abs(along[i]!));
  }
  // Converged fits take vanishing steps; separated ones keep taking steps of about one unit of η.
  if (largest < 1e-2) return null;
  for (let i = 0; i < nobs; i++) {
    if (weights[i] === 0) continue;
    const c = along[i]! / largest;
    const failedAll = y[i] === 0;
    const succeededAll = family.name === 'binomial' && y[i] === trials[i];
    const allowed = failedAll ? c <= ZERO : succeededAll ? c >= -ZERO : Math.abs(c) <= ZERO;
    if (!allowed) return null;
  }
  return fit.lastStep;
}
