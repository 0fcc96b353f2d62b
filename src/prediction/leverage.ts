/** Leverages of the rows: the diagonal of the hat matrix of the joint weighted least squares of (β, u) at the conditional modes, given θ. */
import { type FittedModel, jointPrecision } from './joint-precision.js';

/** One number per row, from 0 on; their sum is the effective number of coefficients. */
export function leverages({ design, response, params, modes }: Omit<FittedModel, 'vcov'>): Float64Array {
  const precision = jointPrecision({ design, response, params, modes, vcov: 'wls' });
  const every = design.random.map(() => true);
  return precision.weights.map((weight, i) => weight * precision.variance(design, i, every));
}
