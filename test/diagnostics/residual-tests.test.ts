/** Simulated residuals: uniform under the true model, and the alarm for what is wrong. */
import { expect, test } from 'vitest';
import { uniformityTest } from '../../src/diagnostics/goodness-tests.js';
import { modeNormality, residualTests } from '../../src/diagnostics/residual-tests.js';
import { simulatedResiduals } from '../../src/diagnostics/simulated-residuals.js';
import { glmm } from '../../src/fit/glmm.js';
import { UniformStream } from '../../src/random/stream.js';
import { negativeBinomialVariate } from '../../src/random/scale-variates.js';
import { poissonVariate } from '../../src/random/variates.js';

const uniforms = new UniformStream();
uniforms.reset(5, 0, 0);
const N = 400;
const x = Array.from({ length: N }, () => uniforms.next());
const g = Array.from({ length: N }, (_, i) => `g${i % 40}`);
const effects = Array.from({ length: 40 }, () => 0.6 * Math.sqrt(-2 * Math.log(uniforms.next())) * Math.cos(2 * Math.PI * uniforms.next()));
const mean = (i: number): number => Math.exp(0.4 + x[i]! + effects[i % 40]!);

test('uniform under the true model, over many data sets', async () => {
  const fit = await glmm('y ~ x + (1 | g)', { x, g, y: x.map((_, i) => poissonVariate(mean(i), uniforms.next(), uniforms)) }, { family: 'poisson' });
  const p: number[] = [];
  for (const y of fit.simulate({ nsim: 60, seed: 9 })) {
    // Residuals of the generating model itself: a refit would make them too good.
    const own = Object.create(fit, { response: { value: y } }) as typeof fit;
    const { residuals } = simulatedResiduals(own, { nsim: 100, seed: 12 });
    // Rows of one group share its effect: one row of each group is an independent sample.
    p.push(uniformityTest(residuals.filter((_, i) => i < 40)).p_value);
  }
  expect(uniformityTest(p).p_value).toBeGreaterThan(0.01);
});

test('overdispersion and excess zeros raise the alarm, the true model does not', async () => {
  const clean = await glmm('y ~ x + (1 | g)', { x, g, y: x.map((_, i) => poissonVariate(mean(i), uniforms.next(), uniforms)) }, { family: 'poisson' });
  const wild = await glmm('y ~ x + (1 | g)', { x, g, y: x.map((_, i) => negativeBinomialVariate(mean(i), 0.6, uniforms.next(), uniforms)) }, { family: 'poisson' });
  const verdict = (fit: typeof clean) => Object.fromEntries(residualTests(fit, simulatedResiduals(fit, { conditional: true, seed: 3 })).map((row) => [row.test, row]));
  const [good, bad] = [verdict(clean), verdict(wild)];
  for (const name of ['dispersion', 'zero_inflation', 'pearson_dispersion', 'uniformity']) {
    expect(bad[name]!.p_value, name).toBeLessThan(0.01);
    expect(good[name]!.p_value, name).toBeGreaterThan(0.01);
  }
  expect(bad.dispersion!.statistic).toBeGreaterThan(1.5);
  expect(bad.dispersion!.advice).toMatch(/overdispersion/);
  expect(modeNormality(clean)).toMatchObject([{ group: 'g', term: '(Intercept)', levels: 40 }]);
  expect(modeNormality(clean)[0]!.result!.p_value).toBeGreaterThan(0.001);
});

test('too few draws are refused', async () => {
  const fit = await glmm('y ~ x + (1 | g)', { x, g, y: x.map((_, i) => poissonVariate(mean(i), uniforms.next(), uniforms)) }, { family: 'poisson' });
  expect(() => simulatedResiduals(fit, { nsim: 5 })).toThrow(/too few/);
});

test('a separated fit has no test of its spread', async () => {
  const columns = { y: [0, 0, 0, 0, 2, 2, 2, 2], n: [2, 2, 2, 2, 2, 2, 2, 2], x: [1, 2, 3, 4, 5, 6, 7, 8], g: ['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd'] };
  const fit = await glmm('cbind(y, n - y) ~ x + (1 | g)', columns, { family: 'binomial' });
  expect(residualTests(fit, simulatedResiduals(fit)).map((row) => row.test)).toEqual(['uniformity', 'outliers', 'zero_inflation']);
});

test('zeros and ones have no spread and no number of zeros beside their mean', async () => {
  const fit = await glmm('y ~ x + (1 | g)', { x, g, y: x.map((_, i) => (poissonVariate(mean(i), uniforms.next(), uniforms) > 1 ? 1 : 0)) }, { family: 'binomial' });
  expect(residualTests(fit, simulatedResiduals(fit)).map((row) => row.test)).toEqual(['uniformity', 'outliers']);
});
