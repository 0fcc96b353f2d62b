/** Leverages against lme4's hatvalues (scripts/reference/leverage.R), and working residuals of means that are not the inverse link. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { augment } from '../../src/prediction/tidy.js';
import { cbpp, salamandersTable, sleepstudy } from '../inference/fits.js';

const reference = JSON.parse(readFileSync(new URL('../fixtures/prediction/leverage.json', import.meta.url), 'utf8')) as {
  readonly cbpp: { readonly hatvalues: number[]; readonly working: number[] };
  readonly sleepstudy: { readonly hatvalues: number[] };
};

const expectRatios = (own: ArrayLike<number>, theirs: readonly number[], digits: number): void => {
  expect(own.length).toBe(theirs.length);
  theirs.forEach((value, i) => { expect(own[i]! / value).toBeCloseTo(1, digits); });
};

test('a generalized model: weights of the weighted least squares', async () => {
  const fit = await cbpp();
  const hat = augment(fit)['.hat'] as Float64Array;
  expectRatios(hat, reference.cbpp.working, 4);
  const mean = fit.predict().fit;
  expectRatios(hat.map((value, i) => value / (mean[i]! * (1 - mean[i]!))), reference.cbpp.hatvalues, 4);
  expectRatios(fit.residuals({ type: 'standardized' }).map((value, i) => value / fit.residuals({ type: 'pearson' })[i]!), reference.cbpp.working.map((value) => 1 / Math.sqrt(1 - value)), 4);
});

test('a linear mixed model', async () => {
  expectRatios(augment(await sleepstudy())['.hat'] as Float64Array, reference.sleepstudy.hatvalues, 4);
});

test('given θ, whatever the standard errors are from', async () => {
  const fits = await Promise.all((['hessian', 'wls'] as const).map((standardErrors) => glmm('count ~ mined + (1 | site)', salamandersTable, { family: 'poisson', standardErrors })));
  expectRatios(augment(fits[0]!)['.hat'] as Float64Array, Array.from(augment(fits[1]!)['.hat'] as Float64Array), 6);
});

test('working residuals of excess zeros and truncated counts divide by the slope of their mean', async () => {
  const inflated = await glmm('count ~ mined + (1 | site)', salamandersTable, { family: 'poisson', ziformula: '~ 1' });
  // The mean is (1 − π) e^η, its slope the mean itself.
  inflated.residuals({ type: 'working' }).forEach((value, i) => { expect(value).toBeCloseTo(inflated.response[i]! / inflated.fitted[i]! - 1, 7); });
  const truncated = await glmm('count ~ mined + (1 | site)', salamandersTable, { family: 'truncated_poisson', subset: 'count > 0' });
  const eta = truncated.predict({ type: 'link' }).fit;
  const own = truncated.residuals({ type: 'working' });
  truncated.residuals({ type: 'response' }).forEach((rest, i) => {
    const mu = Math.exp(eta[i]!);
    const kept = 1 - Math.exp(-mu);
    expect(own[i]! * ((mu * kept - mu * mu * Math.exp(-mu)) / kept ** 2)).toBeCloseTo(rest, 6);
  });
});
