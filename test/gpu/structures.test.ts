/** Replicates of models with structured covariances on the device against float64, as `batch.test.ts` does for free ones. */
import { expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';
import { referenceTable } from '../helpers/reference.js';
import { describeGpu } from './adapter.js';

describeGpu('structured covariances on the device', () => {
  test.each([
    { formula: 'y ~ lbase + ar1(0 + period | subject)', factors: {} },
    { formula: 'y ~ lbase + cs(0 + period | subject)', factors: { period: { levels: ['1', '2', '3', '4'], ordered: false, contrasts: null } } },
    { formula: 'y ~ lbase + homcs(0 + V4 + lage | subject) + (1 | obs)', factors: {} },
  ])('$formula', async ({ formula, factors }) => {
    const fit = await glmm(formula, referenceTable('epil', factors), { family: 'poisson' });
    const batch = { nModels: 100, response: { kind: 'simulate' as const, params: fit.params, seed: 2, first: 0 }, start: fit.params, metric: fit.metric };
    const exact = await fitBatch(fit.design, batch, { backend: 'cpu' });
    const float = await fitBatch(fit.design, batch, { backend: 'webgpu', check: 4 });
    expect(float.backend.backend).toBe('webgpu');
    for (let b = 0; b < 100; b++) {
      expect(Math.abs(exact.logLik[b]! - float.logLik[b]!)).toBeLessThan(1e-3);
      if (exact.status[b] !== 0 || float.status[b] !== 0) continue;
      exact.params.forEach((column, j) => { expect(Math.abs(column[b]! - float.params[j]![b]!)).toBeLessThan(1e-3 * Math.sqrt(fit.metric[j * exact.params.length + j]!)); });
    }
  }, 300_000);
});
