/** Sandwiches against cluster likelihoods integrated numerically in R (binomial) and dense algebra in R (gaussian). */
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { robustVcov } from '../../src/inference/robust.js';
import { CBPP, cbpp, cbppTable, contraception, rValues, sleepstudy } from './fits.js';

const reference = rValues<{ cbpp: { robust: number[][] }; sleepstudy: number[][] }>('sandwich');

test('binomial with quadrature: the sandwich of the exact likelihood', async () => {
  const fit = await glmm(CBPP, cbppTable, { family: 'binomial', nAGQ: 25 });
  const { vcov, clusters, std_error } = await robustVcov(fit);
  expect(clusters).toBe(15);
  vcov.forEach((row, i) => {
    expect(std_error[i]).toBeCloseTo(Math.sqrt(row[i]!), 14);
    row.forEach((value, j) => { expect(Math.abs(value - reference.cbpp.robust[i]![j]!)).toBeLessThan(2e-4 * std_error[i]! * std_error[j]!); });
  });
});

test('gaussian: CR0 of generalised least squares', async () => {
  const { vcov } = await robustVcov(await sleepstudy(), { cluster: 'Subject' });
  vcov.forEach((row, i) => { row.forEach((value, j) => { expect(Math.abs(value / reference.sleepstudy[i]![j]! - 1)).toBeLessThan(1e-5); }); });
});

test('CR1 is CR0 times G / (G − 1), and labels are as good as the factor they name', async () => {
  const fit = await contraception();
  const plain = await robustVcov(fit);
  const labels = Array.from(fit.design.random[0]!.index, (level) => fit.design.random[0]!.levels[level]!);
  const corrected = await robustVcov(fit, { cluster: labels, type: 'CR1' });
  expect(corrected.clusters).toBe(60);
  plain.vcov.forEach((row, i) => { row.forEach((value, j) => { expect(corrected.vcov[i]![j]! / value).toBeCloseTo(60 / 59, 8); }); });
});

test('what gives no sandwich', async () => {
  const fit = await cbpp();
  await expect(robustVcov(fit, { cluster: 'period' })).rejects.toThrow("'period' is no grouping factor");
  await expect(robustVcov(fit, { cluster: Array.from({ length: 56 }, (_, i) => i) })).rejects.toThrow('lies in several clusters');
  await expect(robustVcov(fit, { cluster: [1, 2] })).rejects.toThrow('cluster has 2 labels');
  await expect(robustVcov(fit, { cluster: new Array<number>(56).fill(1) })).rejects.toThrow('two or more clusters');
  await expect(robustVcov(await glmm(CBPP, cbppTable, { family: 'binomial', nAGQ: 0 }))).rejects.toThrow('nAGQ = 0');
});
