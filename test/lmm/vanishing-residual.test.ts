/** Correlated effects, one per observation: the residual variance may vanish, and a fit where it does ends on the boundary and says so. */
import { expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';
import { referenceTable } from '../helpers/reference.js';

const fitOf = (days: number) => glmm('Reaction ~ Days + hetar1(0 + Days | Subject)', referenceTable('sleepstudy', {}), { family: 'gaussian', subset: `Days < ${days}` });

test('a residual variance of zero is a boundary', async () => {
  const fit = await fitOf(8);
  expect(fit.status).toBe('boundary');
  expect(fit.singular).toBe(true);
  expect(fit.warnings.join()).toMatch(/singular/);
  expect(fit.sigma).toBeLessThan(0.002 * Math.min(...fit.VarCorr[0]!.sd));
  expect(fit.coefficients().every(({ std_error }) => std_error > 0)).toBe(true);
  // No residual standard deviation makes the likelihood higher: θ are on the scale of the response.
  const others = [0.5, 2, 5, 10];
  const k = fit.params.length;
  const start = new Float64Array(others.length * k);
  others.forEach((sigma, b) => { start.set([...fit.params.subarray(0, k - 1), sigma], b * k); });
  const response = new Float64Array(others.length * fit.nobs);
  others.forEach((_, b) => { response.set(fit.response, b * fit.nobs); });
  const again = await fitBatch(fit.design, { nModels: others.length, response, start }, { backend: 'cpu', workers: 1 });
  for (const logLik of again.logLik) expect(logLik).toBeLessThan(fit.logLik + 1e-4);
});

test('every replicate has a proper end, whether it starts at the estimates or cold', async () => {
  for (const days of [4, 8]) {
    const fit = await fitOf(days);
    const response = { kind: 'simulate' as const, params: fit.params, seed: 1, first: 0 };
    const warm = await fitBatch(fit.design, { nModels: 30, response, start: fit.params, metric: fit.metric }, { backend: 'cpu', workers: 1 });
    const cold = await fitBatch(fit.design, { nModels: 30, response }, { backend: 'cpu', workers: 1 });
    expect(Math.max(...warm.status, ...cold.status)).toBe(1);
    // Where the residual vanishes, the likelihood is that of σ a thousandth of the largest standard deviation; it is nearly flat there.
    for (let b = 0; b < 30; b++) expect(Math.abs(warm.logLik[b]! - cold.logLik[b]!)).toBeLessThan(Math.max(warm.status[b]!, cold.status[b]!) === 1 ? 1e-4 : 1e-6);
  }
});
