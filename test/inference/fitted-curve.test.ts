/** Fitted curves against predictions on new rows and marginal means. */
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { fittedCurve } from '../../src/inference/fitted-curve.js';
import { cbpp, contraception, salamandersTable, sleepstudy } from './fits.js';

test('one covariate: predictions without random effects, with their limits', async () => {
  const fit = await sleepstudy();
  const curve = fittedCurve(fit, 'Days', { level: 0.9, points: 7 });
  const { fit: mean, low, high } = fit.predict({ data: { Days: [...curve.value], Subject: Array.from(curve.value, () => '308') }, reForm: 'none', level: 0.9 });
  expect([curve.value[0], curve.value[6]]).toEqual([0, 9]);
  curve.value.forEach((_, i) => {
    expect(curve.fit[i]).toBeCloseTo(mean[i]!, 8);
    expect(curve.low[i]).toBeCloseTo(low![i]!, 6);
    expect(curve.high[i]).toBeCloseTo(high![i]!, 6);
  });
});

test('with factors and a squared covariate: the average of the marginal means at each value', async () => {
  const fit = await contraception();
  const curve = fittedCurve(fit, 'age', { type: 'link', points: 5 });
  curve.value.forEach((age, i) => {
    const { means } = fit.emmeans(['urban', 'livch'], { at: { age } });
    expect(curve.fit[i]).toBeCloseTo(means.reduce((sum, { emmean }) => sum + emmean, 0) / means.length, 10);
  });
  const response = fittedCurve(fit, 'age', { points: 5 });
  response.fit.forEach((mean, i) => {
    expect(mean).toBeCloseTo(1 / (1 + Math.exp(-curve.fit[i]!)), 12);
    expect(response.low[i]).toBeLessThan(mean);
    expect(response.high[i]).toBeGreaterThan(mean);
  });
});

test('names what is no covariate', async () => {
  const [one, other] = [await cbpp(), await contraception()];
  expect(() => fittedCurve(one, 'period')).toThrow("'period' is no covariate of the fixed effects (the model has none)");
  expect(() => fittedCurve(other, 'aeg')).toThrow("(age) (did you mean 'age'?)");
  expect(() => fittedCurve(other, 'age', { points: 1 })).toThrow('at least 2');
});

test.each([
  ['zero inflation', 'poisson', '~ 1', undefined],
  ['hurdle', 'truncated_nbinom2', '~ 1', undefined],
  ['truncation', 'truncated_nbinom2', undefined, 'count > 0'],
] as const)('%s: means and limits of predict', async (_, family, ziformula, subset) => {
  const fit = await glmm('count ~ Wtemp + (1 | site)', salamandersTable, { family, ...(ziformula === undefined ? {} : { ziformula }), ...(subset === undefined ? {} : { subset }) });
  const curve = fittedCurve(fit, 'Wtemp', { points: 4 });
  const { fit: mean, low, high } = fit.predict({ data: { Wtemp: [...curve.value] }, reForm: 'none', level: 0.95 });
  curve.value.forEach((__, i) => {
    expect(curve.fit[i]! / mean[i]!).toBeCloseTo(1, 10);
    expect(curve.low[i]! / low![i]!).toBeCloseTo(1, 6);
    expect(curve.high[i]! / high![i]!).toBeCloseTo(1, 6);
  });
});

test('a zero inflation that varies leaves the link scale only', async () => {
  const fit = await glmm('count ~ Wtemp + (1 | site)', salamandersTable, { family: 'poisson', ziformula: '~ Wtemp' });
  expect(fittedCurve(fit, 'Wtemp').type).toBe('link');
  expect(() => fittedCurve(fit, 'Wtemp', { type: 'response' })).toThrow('the mean depends on the zero inflation');
});
