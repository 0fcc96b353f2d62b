/** Fits whose covariance lies at the end of its range: the boundary is found, said, and is the smaller model that it stands for. */
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';

interface Row { readonly g: string; readonly t: number; readonly f: string; readonly y: number }

/** 12 levels with one row per time. */
const rows = (y: (level: number, time: number) => number, times = 3): Row[] =>
  Array.from({ length: 12 * times }, (_, i) => {
    const level = Math.floor(i / times);
    const t = i % times;
    return { g: `g${level}`, t, f: `f${t}`, y: y(level, t) };
  });
const fitOf = (data: readonly Row[], random: string, family: 'poisson' | 'gaussian' = 'poisson'): Promise<GlmmFit> =>
  glmm(`y ~ 1 + ${random}`, data, { family });

const CORRELATED = ['cs(0 + f | g)', 'homcs(0 + f | g)', 'ar1(0 + t | g)', 'hetar1(0 + t | g)'];

describe('no variation between levels or times', () => {
  test.each([...CORRELATED, 'homdiag(0 + f | g)', 'diag(0 + f | g)'])('%s: every standard deviation is zero', async (random) => {
    const data = rows((level, t) => 4 + ((level + t) % 2));
    const fit = await fitOf(data, random);
    expect(fit.status).toBe('boundary');
    expect(fit.singular).toBe(true);
    expect(fit.VarCorr[0]!.sd).toEqual([0, 0, 0]);
    // The model without random effects: independent Poisson counts with one mean.
    const mean = data.reduce((sum, { y }) => sum + y, 0) / data.length;
    const factorial = (n: number): number => (n < 2 ? 0 : Math.log(n) + factorial(n - 1));
    expect(fit.logLik).toBeCloseTo(data.reduce((sum, { y }) => sum + y * Math.log(mean) - mean - factorial(y), 0), 8);
    expect(fit.fixef['(Intercept)']).toBeCloseTo(Math.log(mean), 6);
    expect(fit.coefficients()[0]!.std_error).toBeCloseTo(1 / Math.sqrt(mean * data.length), 6);
  });
});

describe('levels that differ, times that do not', () => {
  const level = [1, 2, 2, 3, 4, 5, 6, 8, 10, 14, 20, 27];
  test.each(['homcs(0 + f | g)', 'ar1(0 + t | g)'])('%s: the correlation is 1, the model that of a random intercept', async (random) => {
    const data = rows((l) => level[l]!);
    const fit = await fitOf(data, random);
    const intercept = await fitOf(data, '(1 | g)');
    expect(fit.status).toBe('boundary');
    expect(intercept.status).toBe('converged');
    expect(fit.logLik).toBeCloseTo(intercept.logLik, 8);
    const { sd, correlation } = fit.VarCorr[0]!;
    expect(correlation[1]![0]!).toBeCloseTo(1, 12);
    expect(sd[0]!).toBeCloseTo(intercept.VarCorr[0]!.sd[0]!, 5);
    expect(fit.coefficients()[0]!.std_error).toBeCloseTo(intercept.coefficients()[0]!.std_error, 5);
  });
});

test('times that change places within equal totals: the correlation of compound symmetry is at its lower end', async () => {
  const counts = [1, 6, 20];
  const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
  const fit = await fitOf(rows((level, t) => counts[orders[level % 6]![t]!]!), 'homcs(0 + f | g)');
  expect(fit.status).toBe('boundary');
  expect(fit.VarCorr[0]!.correlation[1]![0]!).toBeCloseTo(-0.5, 12);
  expect(fit.VarCorr[0]!.sd[0]!).toBeGreaterThan(0.5);
});

test('values that alternate in time: the correlation of AR(1) is −1', async () => {
  const fit = await fitOf(rows((level, t) => ((level + t) % 2 === 0 ? 3 : 27), 4), 'ar1(0 + t | g)');
  expect(fit.status).toBe('boundary');
  expect(fit.VarCorr[0]!.correlation[1]![0]!).toBeCloseTo(-1, 12);
});

test.each(['cs(0 + f | g)', 'hetar1(0 + t | g)'])('%s: one standard deviation is zero, the others are not', async (random) => {
  const level = [1, 2, 2, 3, 4, 5, 6, 8, 10, 14, 20, 27];
  const fit = await fitOf(rows((l, t) => (t === 1 ? 6 : t === 0 ? level[l]! : level[11 - l]!)), random);
  expect(fit.status).toBe('boundary');
  const { sd } = fit.VarCorr[0]!;
  expect(sd[1]!).toBe(0);
  expect(Math.min(sd[0]!, sd[2]!)).toBeGreaterThan(0.3);
});

test('gaussian: compound symmetry at a correlation of 1 is a random intercept', async () => {
  const data = rows((l, t) => 10 + 3 * Math.sin(5 * l) + 0.5 * Math.cos(7 * l + 2 * t) + (t === 1 ? 0.2 : 0), 9)
    .map((row) => ({ ...row, f: `f${row.t % 3}` }));
  const fit = await fitOf(data, 'homcs(0 + f | g)', 'gaussian');
  const intercept = await fitOf(data, '(1 | g)', 'gaussian');
  expect(fit.logLik).toBeGreaterThanOrEqual(intercept.logLik - 1e-8);
  expect(fit.VarCorr[0]!.correlation[1]![0]!).toBeGreaterThan(0.9);
  expect(['converged', 'boundary']).toContain(fit.status);
});
