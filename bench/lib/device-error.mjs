/** The device's fits against float64. */
import { fitBatch } from '../../dist/fit/fit-batch.js';
import { isConverged } from '../../dist/model/status.js';
import { replicates, standardErrors } from './cases.mjs';

/**
 * An estimate this many standard errors from the generating parameter on both sides lies at infinity (the threshold of a category that was not
 * drawn): where the search ends on the flat likelihood is a matter of rounding.
 */
const AT_INFINITY = 10;

/**
 * The first replicates of a fitted model on the device and in float64, each with its own optimiser: largest differences of an estimate (in
 * standard errors) and of the log-likelihood over models that converged, how many statuses differ, and how many estimates both have at infinity.
 */
export async function compareWithFloat64(fit, engine, models) {
  const { nAGQ } = fit.settings.integration;
  const exact = await fitBatch(fit.design, replicates(fit, 0, models), { nAGQ, backend: 'cpu' });
  const float = await fitBatch(fit.design, replicates(fit, 0, models), { nAGQ, engine, check: 0 });
  const errors = standardErrors(fit);
  let largestInStandardErrors = 0;
  let largestInLogLik = 0;
  let statusesThatDiffer = 0;
  let atInfinity = 0;
  for (let b = 0; b < models; b++) {
    const converged = [exact, float].map((batch) => isConverged(batch.status[b]));
    if (converged[0] !== converged[1]) statusesThatDiffer++;
    if (!converged[0] || !converged[1]) continue;
    errors.forEach((se, j) => {
      const [from64, from32] = [exact, float].map(({ params }) => (params[j][b] - fit.params[j]) / se);
      if (Math.abs(from64) > AT_INFINITY && Math.sign(from64) * from32 > AT_INFINITY) atInfinity++;
      else largestInStandardErrors = Math.max(largestInStandardErrors, Math.abs(from64 - from32));
    });
    largestInLogLik = Math.max(largestInLogLik, Math.abs(exact.logLik[b] - float.logLik[b]));
  }
  return { models, largestInStandardErrors, largestInLogLik, statusesThatDiffer, atInfinity };
}
