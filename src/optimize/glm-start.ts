/**
 * Fit without random effects by Fisher scoring: where a cold fit starts, and the first metric of its fixed effects.
 */
import { type Family, PART, derivativeRows, fisher } from '../families/family.js';
import { factor, inverse, solve } from '../numerics/cholesky.js';

export interface GlmData {
  readonly nobs: number;
  readonly nFixed: number;
  /** n × p row-major. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly trials: Float64Array;
  readonly weights: Float64Array;
  readonly offset: Float64Array | null;
  /** Auxiliary values of the rows, held where they are. */
  readonly auxiliary: readonly Float64Array[];
}

export interface GlmFit {
  readonly beta: Float64Array;
  /** (X'WX)⁻¹, p × p. */
  readonly covariance: Float64Array;
  /** Last scoring step: under separation it points along the direction in which the likelihood rises for ever. */
  readonly lastStep: Float64Array;
  readonly eta: Float64Array;
}

/** Scoring steps; separated data would go on for ever, and 25 steps take |η| past 20 where probabilities are 1e-9. */
const MAX_STEPS = 25;

/** Null when no finite start exists (a link whose domain the data cannot be mapped into, or a singular information matrix). */
export function glmStart(family: Family, data: GlmData): GlmFit | null {
  const { nobs, nFixed: p, x, y, trials, weights, offset } = data;
  const eta = new Float64Array(nobs);
  const beta = new Float64Array(p);
  let step = new Float64Array(p);
  const rows = derivativeRows(nobs);
  const weight = fisher(family, rows).weight;
  const information = new Float64Array(p * p);
  const score = new Float64Array(p);

  // First step: weighted least squares of the working response at the starting means.
  for (let i = 0; i < nobs; i++) {
    const mu = family.initialMean(y[i]!, trials[i]!);
    if (Number.isNaN(mu)) {
      weight[i] = rows.d1[i] = 0;
      continue;
    }
    const e = family.linkOf(mu);
    const slope = family.meanDerivative(e);
    const size = family.hasTrials ? trials[i]! : 1;
    weight[i] = (weights[i]! * size * slope * slope) / family.variance(mu);
    rows.d1[i] = weight[i]! * (e - (offset === null ? 0 : offset[i]!));
  }
  accumulate();
  if (!factor(information, p)) return null;
  step.set(score);
  solve(information, p, step);
  beta.set(step);

  let best = -Infinity;
  for (let iteration = 0; iteration < MAX_STEPS; iteration++) {
    const value = evaluate();
    // A step out of the domain or downhill is halved; scoring steps rarely need it.
    if (!(value > best - 1e-9 * (1 + Math.abs(best)))) {
      let size = 0;
      for (let j = 0; j < p; j++) {
        step[j]! *= 0.5;
        beta[j]! -= step[j]!;
        size = Math.max(size, Math.abs(step[j]!));
      }
      if (best === -Infinity && !shrinkToDomain()) return null;
      if (size < 1e-12) break;
      continue;
    }
    const gain = value - best;
    best = value;
    accumulate();
    if (!factor(information, p)) break;
    step = score.slice();
    solve(information, p, step);
    for (let j = 0; j < p; j++) beta[j]! += step[j]!;
    if (gain < 1e-10 * (1 + Math.abs(value))) break;
  }
  if (!Number.isFinite(evaluate())) return null;
  accumulate();
  const covariance = inverse(information, p);
  return covariance === null ? null : { beta, covariance, lastStep: step, eta };

  function accumulate(): void {
    information.fill(0);
    score.fill(0);
    for (let i = 0; i < nobs; i++) {
      const row = i * p;
      for (let j = 0; j < p; j++) {
        const xj = x[row + j]!;
        score[j]! += xj * rows.d1[i]!;
        const xw = xj * weight[i]!;
        for (let k = 0; k <= j; k++) information[j * p + k]! += xw * x[row + k]!;
      }
    }
    for (let j = 0; j < p; j++) for (let k = 0; k < j; k++) information[k * p + j] = information[j * p + k]!;
  }

  function evaluate(): number {
    for (let i = 0; i < nobs; i++) {
      let sum = offset === null ? 0 : offset[i]!;
      for (let j = 0; j < p; j++) sum += x[i * p + j]! * beta[j]!;
      eta[i] = sum;
    }
    return family.evaluate(eta, y, trials, weights, 0, nobs, PART.value | PART.score | PART.weight, rows, data.auxiliary);
  }

  /** The working-response fit itself is outside the domain: a constant mean, where the model has an intercept, is inside it. */
  function shrinkToDomain(): boolean {
    let total = 0;
    let size = 0;
    for (let i = 0; i < nobs; i++) {
      total += weights[i]! * y[i]!;
      size += weights[i]! * (family.hasTrials ? trials[i]! : 1);
    }
    const constant = family.linkOf(Math.max(total / size, 1e-6));
    // Least-squares projection of the constant on the columns of X: exact whenever X spans the intercept.
    for (let i = 0; i < nobs; i++) {
      weight[i] = 1;
      rows.d1[i] = constant - (offset === null ? 0 : offset[i]!);
    }
    accumulate();
    if (!factor(information, p)) return false;
    const centre = score.slice();
    solve(information, p, centre);
    beta.set(centre);
    step.fill(0);
    return Number.isFinite(evaluate());
  }
}
