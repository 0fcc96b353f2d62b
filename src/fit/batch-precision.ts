/** Compares a sample of a device's fits with their float64 refits. */
import type { BatchColumns } from './batch-chunk.js';
import { isConverged } from '../model/status.js';
import type { PrecisionCheck } from '../objective/backend.js';

/** `count` models spread evenly over a batch, the first and the last among them. */
export function sampleModels(nModels: number, count: number): number[] {
  const size = Math.min(count, nModels);
  if (size <= 1) return size === 1 ? [0] : [];
  return Array.from({ length: size }, (_, s) => Math.round((s * (nModels - 1)) / (size - 1)));
}

/**
 * Largest differences over the models that converged both ways (others have no estimate to compare; their status says so). Parameters
 * without a standard error in float64, those on the boundary, are left to the log-likelihood.
 */
export function comparePrecision(device: BatchColumns, models: readonly number[], exact: BatchColumns): PrecisionCheck {
  let compared = 0;
  let maxErrorInStandardErrors = 0;
  let maxLogLikDifference = 0;
  models.forEach((b, s) => {
    if (!isConverged(device.status[b]!) || !isConverged(exact.status[s]!)) return;
    compared++;
    maxLogLikDifference = Math.max(maxLogLikDifference, Math.abs(device.logLik[b]! - exact.logLik[s]!));
    exact.params.forEach((column, j) => {
      const error = Math.abs(device.params[j]![b]! - column[s]!) / exact.standardErrors![j]![s]!;
      if (Number.isFinite(error)) maxErrorInStandardErrors = Math.max(maxErrorInStandardErrors, error);
    });
  });
  return { models: compared, maxErrorInStandardErrors, maxLogLikDifference };
}
