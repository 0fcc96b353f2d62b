/** What goes into the fit of a chunk and what comes out of it, in the coordinates of a basis. */
import type { Batch } from '../model/batch.js';
import type { ChunkFit } from './fit-chunk.js';
import { type ParameterBasis, turned } from './parameter-basis.js';

/** The batch with starts and metric in coordinates; k parameters. */
export function turnedBatch<T extends Batch>(batch: T, basis: ParameterBasis, k: number): T {
  return {
    ...batch,
    ...(batch.start === undefined ? {} : { start: turned.stepBack(basis, batch.start, k) }),
    ...(batch.metric === undefined ? {} : { metric: turned.covariance(basis, batch.metric, k) }),
  };
}

/** The fit with what it says of coordinates said of the parameters. */
export function turnedFit(fit: ChunkFit, basis: ParameterBasis, k: number): ChunkFit {
  return {
    ...fit, params: turned.step(basis, fit.params, k), gradient: turned.gradientBack(basis, fit.gradient, k),
    covariance: fit.covariance === null ? null : turned.covarianceBack(basis, fit.covariance, k),
  };
}
