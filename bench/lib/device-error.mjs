/** The device's fits against float64. */
import { fitBatch } from '../../dist/fit/fit-batch.js';
import { isConverged } from '../../dist/model/status.js';
import { replicates, standardErrors } from './cases.mjs';

/**
 * The first replicates of a fitted model on the device and in float64, each with its own optimiser: largest differences of an estimate (in
 * standard errors) and of the log-likelihood over models that converged, and how many statuses differ.
 */
export async function compareWithFloat64(fit, engine, models) {
  const { nAGQ } = fit.settings.integration;
  const exact = await fitBatch(fit.design, replicates(fit, 0, models), { nAGQ, backend: 'cpu' });
  const float = await fitBatch(fit.design, replicates(fit, 0, models), { nAGQ, engine, check: 0 });
  const errors = standardErrors(fit);
  let largestInStandardErrors = 0;
  let largestInLogLik = 0;
  let statusesThatDiffer = 0;
  for (let b = 0; b < models; b++) {
    const converged = [exact, float].map((batch) => isConverged(batch.status[b]));
    if (converged[0] !== converged[1]) statusesThatDiffer++;
    if (!converged[0] || !converged[1]) continue;
    errors.forEach((se, j) => { largestInStandardErrors = Math.max(largestInStandardErrors, Math.abs(exact.params[j][b] - float.params[j][b]) / se); });
    largestInLogLik = Math.max(largestInLogLik, Math.abs(exact.logLik[b] - float.logLik[b]));
  }
  return { models, largestInStandardErrors, largestInLogLik, statusesThatDiffer };
}
