/**
 * Whole batches on the device against float64: every model within 1e-4 standard errors (several factors: 1e-3) and 1e-3 of log-likelihood. Starts, metrics and streams are the same; the two optimisers run on their own.
 */
import { expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { DEFAULT_CONTROL } from '../../src/fit/options.js';
import { fitSingle } from '../../src/fit/single-fit.js';
import { isConverged } from '../../src/model/status.js';
import { referenceFits, referenceFrame } from '../helpers/reference.js';
import { describeGpu } from './adapter.js';

describeGpu('replicates on the device', () => {
  test.each([
    { id: 'cbpp--laplace-lme4', nAGQ: 1, models: 2000, within: 1e-4 },
    { id: 'cbpp--laplace-lme4', nAGQ: 9, models: 500, within: 1e-4 },
    { id: 'toenail--laplace-lme4', nAGQ: 1, models: 2000, within: 1e-4 },
    { id: 'contraception--slope-laplace-lme4', nAGQ: 1, models: 2000, within: 1e-4 },
    // Several factors, crossed and nested: 1e-3.
    { id: 'grouseticks--crossed-laplace-lme4', nAGQ: 1, models: 500, within: 1e-3 },
  ])('$id, nAGQ $nAGQ', async ({ id, nAGQ, models, within }) => {
    const { design, response } = referenceFrame(referenceFits.find((fit) => fit.id === id)!);
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
    let worstLogLik = 0;
    for (let b = 0; b < models; b++) {
      expect(isConverged(float.status[b]!)).toBe(isConverged(exact.status[b]!));
      if (!isConverged(exact.status[b]!)) continue;
      for (let j = 0; j < k; j++) worst = Math.max(worst, Math.abs(exact.params[j]![b]! - float.params[j]![b]!) / errors[j]!);
      worstLogLik = Math.max(worstLogLik, Math.abs(exact.logLik[b]! - float.logLik[b]!));
    }
    console.info(`${id} nAGQ ${nAGQ}: ${worst.toExponential(1)} SE, ${worstLogLik.toExponential(1)} logLik`);
    expect(worst).toBeLessThan(within);
    expect(worstLogLik).toBeLessThan(1e-3);
  }, 1_800_000);
});
