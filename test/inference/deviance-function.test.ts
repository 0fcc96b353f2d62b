/** The likelihood as a function, and the steps of a fit: against the reference fits' log-likelihoods and finite differences. */
import { describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors.js';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions, Trace } from '../../src/fit/options.js';
import { devianceFunction } from '../../src/inference/deviance-function.js';
import { loadModel, saveModel } from '../../src/prediction/model-file.js';
import type { Table } from '../../src/table/table.js';
import { CBPP, cbppTable, salamandersTable, sleepstudyTable } from './fits.js';

const SLEEP = 'Reaction ~ Days + (Days | Subject)';
const CASES: readonly (readonly [name: string, formula: string, table: Table, options: GlmmOptions])[] = [
  ['cbpp', CBPP, cbppTable, { family: 'binomial' }],
  ['cbpp, 5 nodes', CBPP, cbppTable, { family: 'binomial', nAGQ: 5 }],
  ['zero inflation', 'count ~ mined + (1 | site)', salamandersTable, { family: 'nbinom2', ziformula: '~ mined' }],
  ['linear', SLEEP, sleepstudyTable, { family: 'gaussian', REML: false }],
];

describe.each(CASES)('%s', (_name, formula, table, options) => {
  test('the fit is the minimum of the deviance function', async () => {
    const fit = await glmm(formula, table, options);
    const { names, at } = await devianceFunction(formula, table, options);
    expect(names).toHaveLength(fit.params.length);
    expect((await at(fit.params)).logLik).toBeCloseTo(fit.logLik, 8);
    // Away from it: the gradient is that of central differences.
    const point = fit.params.map((value, j) => value + (j % 2 === 0 ? 0.05 : -0.03) * (1 + Math.abs(value)));
    const { deviance, gradient } = await at(point);
    expect(deviance).toBeGreaterThan(fit.deviance);
    for (let j = 0; j < names.length; j++) {
      const step = 1e-5 * (1 + Math.abs(point[j]!));
      const [low, high] = await Promise.all([-step, step].map(async (shift) => (await at(point.map((value, i) => value + (i === j ? shift : 0)))).deviance));
      const slope = (high! - low!) / (2 * step);
      expect(Math.abs(gradient[j]! - slope), names[j]).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
    }
  });

  test('every step is told and ends at the fit', async () => {
    const steps: Trace[] = [];
    const fit = await glmm(formula, table, { ...options, onEvaluation: (trace) => steps.push(trace) });
    expect(steps.map(({ evaluation }) => evaluation)).toEqual(steps.map((_, i) => i + 1));
    expect(steps.at(-1)!.logLik).toBeCloseTo(fit.logLik, 8);
    if (options.family !== 'gaussian') expect(Object.keys(steps[0]!.params)).toEqual((await devianceFunction(formula, table, options)).names);
    // What went with one run is no part of the model.
    expect(fit.options).not.toHaveProperty('onEvaluation');
    expect(loadModel(saveModel(fit)).logLik).toBe(fit.logLik);
  });
});

test('wrong numbers of parameters and methods without a likelihood are refused', async () => {
  const { at } = await devianceFunction(CBPP, cbppTable, { family: 'binomial' });
  await expect(at([1, 2])).rejects.toThrow(/takes 5 parameters \(\(Intercept\), period2.*\), not 2/);
  await expect(devianceFunction(CBPP, cbppTable, { family: 'binomial', fitMethod: 'MPL' })).rejects.toThrow(OptionError);
});

test("rows left out keep their places with naAction 'exclude'", async () => {
  const columns = { y: [1, 3, 2, 5, 4, 6, 2, 3, 4, 1], x: [1, NaN, 2, 5, 4, 3, 2, NaN, 4, 1], g: ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c', 'c'] };
  const [kept, omitted] = await Promise.all((['exclude', 'omit'] as const).map((naAction) => glmm('y ~ x + (1 | g)', columns, { family: 'poisson', naAction })));
  expect(kept!.params).toEqual(omitted!.params);
  const present = columns.x.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
  for (const values of [(fit: typeof kept) => fit!.fitted, (fit: typeof kept) => fit!.residuals(), (fit: typeof kept) => fit!.predict({ standardErrors: true }).standardErrors!]) {
    const [all, own] = [values(kept), values(omitted)];
    expect([all.length, own.length]).toEqual([10, 8]);
    expect(present.map((i) => all[i])).toEqual([...own]);
    expect([all[1], all[7]]).toEqual([NaN, NaN]);
  }
  expect(loadModel(saveModel(kept!)).fitted).toEqual(kept!.fitted);
});
