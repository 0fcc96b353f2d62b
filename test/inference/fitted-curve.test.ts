/** Fitted curves against predictions on new rows and marginal means. */
import { expect, test } from 'vitest';
import { fittedCurve } from '../../src/inference/fitted-curve.js';
import { cbpp, contraception, sleepstudy } from './fits.js';

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
