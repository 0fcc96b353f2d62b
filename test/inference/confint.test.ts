import { expect, test } from 'vitest';
import { confint } from '../../src/inference/confint.js';
import { cbpp, sleepstudy } from './fits.js';

test('Wald: fixed effects are those of the coefficient table, standard deviations are on the logarithmic scale', async () => {
  const fit = await cbpp();
  const rows = await confint(fit, { method: 'wald', level: 0.9 });
  fit.coefficients(0.9).forEach(({ conf_low, conf_high }, j) => {
    expect(rows[j]!.conf_low).toBeCloseTo(conf_low, 8);
    expect(rows[j]!.conf_high).toBeCloseTo(conf_high, 8);
  });
  const { conf_low, conf_high, estimate } = rows.at(-1)!;
  expect(Math.sqrt(conf_low * conf_high)).toBeCloseTo(estimate, 8);
  const k = fit.params.length;
  const error = Math.sqrt(fit.covariance[k * k - 1]!);
  expect(Math.log(conf_high / estimate)).toBeCloseTo((1.6448536269515 * error) / estimate, 6);
});

test('Wald: correlations stay inside ±1 at any level', async () => {
  const rows = await confint(await sleepstudy(), { method: 'wald', level: 0.9999 });
  const correlation = rows.find(({ parameter }) => parameter.startsWith('cor_'))!;
  expect(correlation.conf_low).toBeGreaterThan(-1);
  expect(correlation.conf_high).toBeLessThan(1);
  expect(Math.tanh((Math.atanh(correlation.conf_low) + Math.atanh(correlation.conf_high)) / 2)).toBeCloseTo(correlation.estimate, 8);
  for (const { conf_low, estimate, conf_high } of rows) expect(conf_low < estimate && estimate < conf_high).toBe(true);
});

test('bootstrap intervals are those of the bootstrap', async () => {
  const fit = await cbpp();
  const options = { nsim: 200, seed: 3, backend: 'cpu', workers: 1 } as const;
  const rows = await confint(fit, { method: 'bootstrap', kind: 'basic', level: 0.8, bootstrap: options, parameters: ['period3', 'sd_(Intercept)|herd'] });
  const theirs = (await fit.bootstrap(options)).intervals({ kinds: ['basic'], level: 0.8 });
  expect(rows.map(({ parameter }) => parameter)).toEqual(['period3', 'sd_(Intercept)|herd']);
  for (const { parameter, conf_low, conf_high } of rows) {
    const own = theirs.find((row) => row.parameter === parameter)!;
    expect([conf_low, conf_high]).toEqual([own.conf_low, own.conf_high]);
  }
});
