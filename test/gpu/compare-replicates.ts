/** A batch of simulated replicates on the device and in float64: starts, metrics and streams are the same; the two optimisers run on their own. */
import { expect } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { DEFAULT_CONTROL } from '../../src/fit/options.js';
import { fitSingle } from '../../src/fit/single-fit.js';
import type { ModelFrame } from '../../src/formula/model-frame.js';
import { isConverged } from '../../src/model/status.js';

/**
 * An estimate this many standard errors from the generating parameter lies at infinity (a dispersion without overdispersion in the data, the
 * threshold of a category that was not drawn): the likelihood is flat there, and where the search ends is a matter of rounding.
 */
const AT_INFINITY = 10;

export interface ReplicateDifferences {
  /** Largest difference of an estimate, in standard errors of the original fit. */
  readonly standardErrors: number;
  readonly logLik: number;
  /** Estimates that both have at infinity, on the same side. */
  readonly atInfinity: number;
}

/**
 * Differences of the models that converged, which must be the same ones.
 * @param limits whether the family has parameters that may lie at infinity
 */
export async function compareReplicates({ design, response }: ModelFrame, nAGQ: number, models: number, limits: boolean): Promise<ReplicateDifferences> {
  const settings = { integration: { nAGQ, information: 'observed' as const }, control: DEFAULT_CONTROL, standardErrors: 'hessian' as const };
  const fit = await fitSingle(design, response, settings, {});
  const k = fit.params.length;
  const errors = Array.from({ length: k }, (_, j) => Math.sqrt(fit.metric[j * k + j]!));
  const batch = {
    nModels: models, response: { kind: 'simulate' as const, params: fit.params, seed: 11, first: 0 }, start: fit.params, metric: fit.metric,
  };
  const exact = await fitBatch(design, batch, { nAGQ, backend: 'cpu' });
  const float = await fitBatch(design, batch, { nAGQ, backend: 'webgpu', check: 0 });
  expect(float.backend.backend).toBe('webgpu');
  let worst = 0;
  let atInfinity = 0;
  let worstLogLik = 0;
  for (let b = 0; b < models; b++) {
    expect(isConverged(float.status[b]!)).toBe(isConverged(exact.status[b]!));
    if (!isConverged(exact.status[b]!)) continue;
    for (let j = 0; j < k; j++) {
      const [from64, from32] = [exact, float].map(({ params }) => (params[j]![b]! - fit.params[j]!) / errors[j]!) as [number, number];
      if (limits && Math.abs(from64) > AT_INFINITY && Math.sign(from64) * from32 > AT_INFINITY) atInfinity++;
      else worst = Math.max(worst, Math.abs(from64 - from32));
    }
    worstLogLik = Math.max(worstLogLik, Math.abs(exact.logLik[b]! - float.logLik[b]!));
  }
  return { standardErrors: worst, logLik: worstLogLik, atInfinity };
}
