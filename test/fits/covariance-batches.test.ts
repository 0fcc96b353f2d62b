/** Structured covariances in batches: refits of replicates, held parameters, starts, simulated covariances, columns. */
import { describe, expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { createSimulator } from '../../src/random/simulate.js';
import { referenceTable } from '../helpers/reference.js';

const factor = (...levels: string[]) => ({ levels, ordered: false, contrasts: null });
const epil = referenceTable('epil', { period: factor('1', '2', '3', '4') });
const sleepstudy = referenceTable('sleepstudy', {});
const MODELS: Readonly<Record<string, () => Promise<GlmmFit>>> = {
  'ar1 of counts': () => glmm('y ~ lbase + ar1(0 + period | subject)', referenceTable('epil', {}), { family: 'poisson' }),
  'cs of counts': () => glmm('y ~ lbase + cs(0 + period | subject)', epil, { family: 'poisson' }),
  'homcs and intercept on another factor': () => glmm('y ~ lbase + homcs(0 + V4 + lbase | subject) + (1 | obs)', epil, { family: 'poisson' }),
  'hetar1, gaussian': () => glmm('angle ~ temp + hetar1(0 + temp | replicate)', referenceTable('cake', {}), { family: 'gaussian' }),
  'isotropic, gaussian': () => glmm('Reaction ~ Days + homdiag(1 + Days | Subject)', sleepstudy, { family: 'gaussian' }),
};

describe.each(Object.keys(MODELS))('%s', (name) => {
  test('replicates from the estimates and from nothing end at the same place', async () => {
    const fit = await MODELS[name]!();
    expect(fit.converged).toBe(true);
    const response = { kind: 'simulate' as const, params: fit.params, seed: 5, first: 0 };
    const warm = await fitBatch(fit.design, { nModels: 20, response, start: fit.params, metric: fit.metric }, { backend: 'cpu', workers: 1, standardErrors: 'hessian' });
    const cold = await fitBatch(fit.design, { nModels: 20, response }, { backend: 'cpu', workers: 1, chunk: 7 });
    for (let b = 0; b < 20; b++) {
      expect(warm.status[b]!).toBeLessThanOrEqual(1);
      expect(Math.abs(warm.logLik[b]! - cold.logLik[b]!)).toBeLessThan(1e-6);
      for (let j = 0; j < fit.params.length; j++) {
        const error = warm.standardErrors![j]![b]!;
        if (Number.isFinite(error)) expect(Math.abs(warm.params[j]![b]! - cold.params[j]![b]!)).toBeLessThan(1e-3 * error);
      }
    }
    // The metric of a refit is good: a handful of evaluations.
    expect(warm.evaluations.reduce((sum, count) => sum + count, 0)).toBeLessThan(cold.evaluations.reduce((sum, count) => sum + count, 0));
  });
});

test('standard errors agree with the likelihood: a parameter held one standard error away costs a half', async () => {
  const fit = await MODELS['ar1 of counts']!();
  const refit = async (shift: number): Promise<number> => {
    const start = fit.params.slice();
    const held = new Uint8Array(start.length);
    const angle = start.length - 1;
    start[angle]! += shift;
    held[angle] = 1;
    return (await fitBatch(fit.design, { nModels: 1, response: fit.response, start, held }, { backend: 'cpu', workers: 1 })).logLik[0]!;
  };
  const batch = await fitBatch(fit.design, { nModels: 1, response: fit.response, start: fit.params }, { backend: 'cpu', workers: 1, standardErrors: 'hessian' });
  const error = 0.05 * batch.standardErrors!.at(-1)![0]!;
  expect(await refit(0)).toBeCloseTo(fit.logLik, 8);
  expect((2 * fit.logLik - (await refit(error)) - (await refit(-error))) / 0.05 ** 2).toBeCloseTo(1, 2);
});

test('columns are named by the structure and hold standard deviations and the correlation', async () => {
  const fit = await MODELS['ar1 of counts']!();
  const { parameters, estimates, fit: raw } = await fit.bootstrap({ nsim: 3, seed: 1, backend: 'cpu', workers: 1 });
  expect(parameters).toEqual(['(Intercept)', 'lbase', 'sd_ar1|subject', 'cor_ar1|subject']);
  expect(raw.names).toEqual(['(Intercept)', 'lbase', 'subject.sd', 'subject.angle']);
  const { sd, correlation, covariance } = fit.VarCorr[0]!;
  expect(covariance).toBe('ar1');
  expect(Array.from(estimates.slice(2))).toEqual([sd[0]!, correlation[1]![0]!]);
  expect(correlation[2]![0]!).toBeCloseTo(correlation[1]![0]! ** 2, 12);
  const uneven = await MODELS['cs of counts']!();
  expect((await uneven.bootstrap({ nsim: 2, seed: 1, backend: 'cpu', workers: 1 })).parameters.slice(2))
    .toEqual(['sd_period1|subject', 'sd_period2|subject', 'sd_period3|subject', 'sd_period4|subject', 'cor_cs|subject']);
});

test('simulated effects have the covariance of the structure', async () => {
  const fit = await MODELS['cs of counts']!();
  // A gaussian model without noise shows the effects themselves.
  const design = { ...fit.design, family: 'gaussian' as const, link: 'identity' as const };
  const params = Float64Array.of(0, 0, ...fit.theta, 1e-9);
  const simulator = createSimulator(design, params);
  const { sd, correlation } = fit.VarCorr[0]!;
  const sums = sd.map(() => sd.map(() => 0));
  const y = new Float64Array(design.nobs);
  const count = 200 * (design.nobs / 4);
  for (let replicate = 0; replicate < 200; replicate++) {
    simulator.simulate(replicate, 3, y, 0);
    for (let row = 0; row < design.nobs; row += 4) for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) sums[i]![j]! += y[row + i]! * y[row + j]!;
  }
  sums.forEach((row, i) => { row.forEach((total, j) => {
    const wanted = sd[i]! * sd[j]! * correlation[i]![j]!;
    // Six standard errors of a mean of products.
    expect(Math.abs(total / count - wanted)).toBeLessThan(6 * sd[i]! * sd[j]! * Math.sqrt(2 / count));
  }); });
});

test('the summary prints a shared correlation once, with its structure', async () => {
  const lines = async (name: string): Promise<string[]> => {
    const text = String((await MODELS[name]!()).summary()).split('\n');
    return text.slice(text.indexOf('Random effects:') + 1, text.findIndex((line) => line.startsWith('Number of obs')));
  };
  expect(await lines('ar1 of counts')).toEqual([
    ' Groups  Name              Variance Std.Dev. Corr',
    expect.stringMatching(/^ subject period1 … period4 0\.\d+ +0\.\d+ +0\.\d\d \(ar1\)$/),
  ]);
  expect(await lines('cs of counts')).toEqual([
    ' Groups  Name    Variance Std.Dev. Corr',
    expect.stringMatching(/^ subject period1 [\d. ]+ 0\.\d\d \(cs\)$/),
    ...[2, 3, 4].map((period) => expect.stringMatching(new RegExp(`^ {9}period${period} [\\d. ]+$`)) as string),
  ]);
});
