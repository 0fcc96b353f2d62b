/** What gaussian models refuse, and how it is said; the printed summary against lmer's layout. */
import { expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { linearReferences } from '../helpers/linear-reference.js';
import { referenceTable } from '../helpers/reference.js';

const g = ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'];
const data = { y: [1.5, 2, 3, 2.5, 5, 4, 7, 8], x: [0, 1, 0, 1, 0, 1, 0, 1], g, row: g.map((_, i) => `r${i}`), flat: g.map(() => 2), text: g, w: [1, 1, 1, 1, 1, 1, 1, 0] };
const gaussian = { family: 'gaussian' } as const;

test.each<[string, GlmmOptions, RegExp]>([
  ['y ~ x + (1 | row)', gaussian, /'row' has 8 random effects \(1 × 8 levels\) for 8 observations/],
  ['y ~ 1 + (1 + x | g)', gaussian, /'g' has 8 random effects \(2 × 4 levels\) for 8 observations/],
  ['y ~ 1 + (1 + x | g)', { ...gaussian, weights: 'w' }, /for 7 observations/],
  ['flat ~ x + (1 | g)', gaussian, /'flat' is 2 in every row used/],
  ['text ~ x + (1 | g)', gaussian, /'text' holds text/],
  ['cbind(y, x) ~ 1 + (1 | g)', gaussian, /one column of numbers/],
  ['y ~ x + (1 | g)', { ...gaussian, weights: data.w.map(() => 0) }, /weights are zero in every row/],
  ['y ~ I(1e200 * x) + (1 | g)', gaussian, /'I\(1e\+200 \* x\)' has values too far from 1 to compute with; rescale it/],
  ['y ~ 0 + I(1e-200 * x) + (1 | g)', gaussian, /rescale it/],
  ['y ~ x + (1 | g)', { ...gaussian, nAGQ: 9 }, /nAGQ = 9 is for other families/],
  ['y ~ x + (1 | g)', { ...gaussian, nAGQ: 0 }, /nAGQ = 0 is for other families/],
  ['y ~ x + (1 | g)', { ...gaussian, backend: 'webgpu' }, /do not run on a WebGPU device; use backend 'cpu' or 'auto'/],
  ['y ~ x + (1 | g)', { ...gaussian, start: { theta: [1, 2] } }, /start.theta has 2 values, the model needs 1/],
  ['y ~ x + (1 | g)', { ...gaussian, start: { theta: [1], sigma: -1 } }, /start.sigma is -1/],
  ['x ~ 1 + (1 | g)', { family: 'binomial', REML: true }, /REML is for gaussian models/],
  ['x ~ 1 + (1 | g)', { family: 'binomial', start: { theta: [1], sigma: 1 } }, /start.sigma is for linear mixed models/],
])('%s %j', async (formula, options, message) => {
  await expect(glmm(formula, data, options)).rejects.toThrow(message);
});

test('a response that the fixed effects fit exactly', async () => {
  await expect(glmm('y ~ x + (1 | g)', { ...data, y: data.x.map((x) => 3 + 2 * x) }, gaussian)).rejects.toThrow(/fit the response exactly/);
});

test('batches refuse what gaussian models do not have; a hopeless response is a status', async () => {
  const { design, response } = (await glmm('y ~ x + (1 | g)', data, gaussian)).frame;
  await expect(fitBatch(design, { nModels: 1, response }, { backend: 'webgpu' })).rejects.toThrow(/do not run on a WebGPU device/);
  await expect(fitBatch(design, { nModels: 1, response, start: Float64Array.of(1, 1, 1, 1), held: Uint8Array.of(0, 0, 1, 0) })).rejects.toThrow(/take no held.*offset$/);
  await expect(fitBatch(design, { nModels: 1, response, groupSizes: Int32Array.of(1) })).rejects.toThrow(/take no groupSizes.*levelCopies/);
  await expect(fitBatch(design, { nModels: 1, response }, { nAGQ: 3 })).rejects.toThrow(/nAGQ = 3/);
  const fits = await fitBatch(design, { nModels: 3, response: Float64Array.from([...response, ...response.map(() => 4), ...response.map(() => NaN)]) }, { workers: 1 });
  expect(Array.from(fits.status)).toEqual([0, 5, 5]);
  expect(fits.params[0]![1]).toBeNaN();
});

test('values far from zero lose no digits', async () => {
  const shifted = { ...data, y: data.y.map((y) => y + 1e7), x: data.x.map((x) => x + 1e6) };
  const near = await glmm('y ~ x + (1 | g)', data, gaussian);
  const far = await glmm('y ~ x + (1 | g)', shifted, gaussian);
  expect(Math.abs(far.logLik - near.logLik)).toBeLessThan(1e-6);
  expect(Math.abs(far.params[1]! - near.params[1]!)).toBeLessThan(1e-6);
  expect(Math.abs(far.sigma / near.sigma - 1)).toBeLessThan(1e-6);
});

test('the summary is laid out as lmer prints it', async () => {
  const reference = linearReferences.find((fit) => fit.id === 'sleepstudy--slope-REML')!;
  const table = referenceTable('sleepstudy', reference.factors);
  const text = String((await glmm(reference.formula, table, gaussian)).summary({ dataName: 'sleepstudy' }));
  expect(text).toBe(`Linear mixed model fit by REML ['glmmgpu']
Formula: Reaction ~ Days + (Days | Subject)
   Data: sleepstudy

REML criterion at convergence: 1743.6

Random effects:
 Groups   Name        Variance Std.Dev. Corr
 Subject  (Intercept) 612.09   24.740
          Days         35.07    5.922   0.07
 Residual             654.94   25.592
Number of obs: 180, groups:  Subject, 18

Fixed effects:
            Estimate Std. Error t value
(Intercept)  251.405      6.825  36.838
Days          10.467      1.546   6.771

Correlation of Fixed Effects:
     (Intr)
Days -0.138`);
  const ml = await glmm(reference.formula, table, { ...gaussian, REML: false });
  expect(String(ml.summary())).toMatch(/^Linear mixed model fit by maximum likelihood {2}\['glmmgpu'\]\n/);
  expect(ml.toJSON()).toMatchObject({ method: 'ml', REML: false });
  expect(ml.toJSON().dispersion).toBeCloseTo(ml.sigma ** 2, 10);
});
