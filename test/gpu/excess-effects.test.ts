/** Random effects of the zero inflation are for float64, and say so. */
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { describeGpu } from './adapter.js';

describeGpu('random effects of the zero inflation', () => {
  test('are refused by name where webgpu is asked for', async () => {
    const g = Array.from({ length: 60 }, (_, i) => `g${i % 6}`);
    const data = { g, y: g.map((_, i) => (i % 3) * (i % 4)) };
    await expect(glmm('y ~ 1 + (1 | g)', data, { family: 'poisson', ziformula: '~ 1 + (1 | g)', backend: 'webgpu' })).rejects.toThrow(/random effects of the zero inflation run in float64; use backend 'cpu'/);
  });
});
