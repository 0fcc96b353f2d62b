/** Responses on new rows and at other parameters; updates of a formula; refits with other weights. */
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { updateFormula } from '../../src/formula/update-formula.js';
import { simulateResponses } from '../../src/prediction/simulate-responses.js';
import { CBPP, cbpp, cbppTable, epilTable, sleepstudy, sleepstudyTable } from '../inference/fits.js';

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]): number => meanOf(values.map((value) => (value - meanOf(values)) ** 2));

describe('new rows', () => {
  test('the rows of the fit as new rows give the draws of the fit', async () => {
    const linear = await sleepstudy();
    for (const conditional of [true, false]) {
      expect(linear.simulate({ seed: 3, nsim: 2, conditional, data: sleepstudyTable })).toEqual(linear.simulate({ seed: 3, nsim: 2, conditional }));
    }
    const fit = await cbpp();
    expect(fit.simulate({ seed: 3, data: cbppTable, trials: fit.design.trials! })).toEqual(fit.simulate({ seed: 3 }));
  });

  test('mean and variance in new levels, rows of one level sharing their effects', async () => {
    const fit = await sleepstudy();
    const data = { Days: [0, 4, 4, 4], Subject: ['a', 'a', 'b', '308'] };
    const draws = simulateResponses(fit, { seed: 1, nsim: 4000, data, allowNewLevels: true });
    const [sd0, sd1] = fit.VarCorr[0]!.sd as [number, number];
    const rho = fit.VarCorr[0]!.correlation[1]![0]!;
    const at = (days: number): number => sd0 ** 2 + 2 * days * rho * sd0 * sd1 + days ** 2 * sd1 ** 2 + fit.sigma ** 2;
    data.Days.forEach((days, i) => {
      const values = draws.map((y) => y[i]!);
      expect(Math.abs(meanOf(values) - (fit.fixef['(Intercept)']! + days * fit.fixef.Days!)) / Math.sqrt(at(days) / 4000)).toBeLessThan(4);
      expect(varianceOf(values) / at(days)).toBeCloseTo(1, 1);
    });
    const covariance = (i: number, j: number): number => meanOf(draws.map((y) => y[i]! * y[j]!)) - meanOf(draws.map((y) => y[i]!)) * meanOf(draws.map((y) => y[j]!));
    expect(covariance(0, 1) / (sd0 ** 2 + 4 * rho * sd0 * sd1)).toBeCloseTo(1, 0);
    expect(Math.abs(covariance(1, 2)) / at(4)).toBeLessThan(0.1);
  });

  test('conditional: known levels about their prediction, new ones about the population', async () => {
    const fit = await sleepstudy();
    const data = { Days: [9, 9], Subject: ['308', 'new'] };
    const draws = simulateResponses(fit, { seed: 2, nsim: 2000, data, allowNewLevels: true, conditional: true });
    const { fit: mean } = fit.predict({ data, allowNewLevels: true });
    [0, 1].forEach((i) => {
      const values = draws.map((y) => y[i]!);
      expect(Math.abs(meanOf(values) - mean[i]!) / (fit.sigma / Math.sqrt(2000))).toBeLessThan(4);
      expect(Math.sqrt(varianceOf(values)) / fit.sigma).toBeCloseTo(1, 1);
    });
  });

  test.each([
    [{ data: { period: ['1'], herd: ['99'] }, trials: 5 }, "'herd' has level '99'"],
    [{ data: { period: ['1'], herd: ['1'] } }, 'give trials'],
    [{ data: { period: ['1'], herd: ['1'] }, trials: [1, 2] }, 'trials has 2 numbers'],
    [{ data: { period: [null], herd: ['1'] }, trials: 3 }, 'a predictor is missing in row 1'],
    [{ trials: 3 }, 'belong to new rows'],
    [{ parameters: { fixef: [1] } }, 'parameters.fixef needs 4 finite numbers'],
    [{ parameters: { sigma: 1 } }, 'is for linear mixed models'],
  ])('%j', async (options, message) => {
    const fit = await cbpp();
    expect(() => fit.simulate({ seed: 1, ...options })).toThrow(message);
  });
});

test('other parameters: at those of another fit the draws of that fit', async () => {
  const fit = await cbpp();
  const other = await fit.refit(fit.simulate({ seed: 8 })[0]!);
  expect(fit.simulate({ seed: 5, parameters: { fixef: other.params.subarray(0, 4), theta: other.theta } })).toEqual(other.simulate({ seed: 5 }));
});

describe('update', () => {
  test.each([
    ['y ~ a + b + (1 | g)', '. ~ . - b', 'y ~ a + (1 | g)'],
    ['y ~ a + b + (1 | g)', '. ~ . - b - (1 | g) + (a | g)', 'y ~ a + (a | g)'],
    ['y ~ a * b + (1 | g)', '~ . - a:b', 'y ~ a * b + (1 | g) - a:b'],
    ['y ~ 1 + (1 | g)', 'log(z) ~ . + x', 'log(z) ~ 1 + (1 | g) + x'],
    ['cbind(s, n - s) ~ p + (1 | g)', '. ~ q + (1 | g)', 'cbind(s, n - s) ~ q + (1 | g)'],
  ])('%s with %s', (before, change, after) => { expect(updateFormula(before, change)).toBe(after); });

  test('formula, family and other options', async () => {
    const fit = await cbpp();
    const smaller = await fit.update(cbppTable, { formula: '. ~ . - period' });
    const direct = await glmm(CBPP.replace('period', '1'), cbppTable, { family: 'binomial' });
    expect([smaller.logLik, smaller.frame.formula]).toEqual([direct.logLik, 'cbind(incidence, size - incidence) ~ (1 | herd)']);
    expect((await fit.update(cbppTable, { link: 'probit', nAGQ: 5 })).toJSON()).toMatchObject({ link: 'probit', nAGQ: 5, df: 5 });
    await expect(fit.update(cbppTable, { formula: '. ~ . + size2' })).rejects.toThrow('size2');
  });
});

test('a refit with weights is the fit with these weights', async () => {
  const fit = await glmm('y ~ lbase * trt + V4 + (1 | subject)', epilTable, { family: 'poisson' });
  const weights = Array.from(fit.response, (_, i) => 1 + (i % 3));
  const refit = await fit.refit(fit.response, { weights });
  const direct = await glmm('y ~ lbase * trt + V4 + (1 | subject)', epilTable, { family: 'poisson', weights });
  expect(refit.logLik).toBeCloseTo(direct.logLik, 8);
  await expect(fit.refit(fit.response, { weights: [1] })).rejects.toThrow('one per row of the fit');
});
