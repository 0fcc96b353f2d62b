/** Every method on every structure of the random part: identities that hold whatever the model is, and a saved model with the same answers. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { residualTests } from '../../src/diagnostics/residual-tests.js';
import { simulatedResiduals } from '../../src/diagnostics/simulated-residuals.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { covariatesOf, fittedCurve } from '../../src/inference/fitted-curve.js';
import { linearPredictor } from '../../src/model/linear-predictor.js';
import { loadModel, saveModel } from '../../src/prediction/model-file.js';
import { ranefTable } from '../../src/prediction/ranef-table.js';
import { augment, diagnosticData, glance, tidy } from '../../src/prediction/tidy.js';
import { varianceExplained } from '../../src/prediction/variance-explained.js';
import { modelReport } from '../../src/report/model-report.js';
import { readCsv } from '../../src/table/csv.js';
import type { ColumnType } from '../../src/table/retype.js';

const fixture = (name: string, types: Record<string, ColumnType> = {}) => readCsv(readFileSync(new URL(`../fixtures/data/${name}.csv`, import.meta.url), 'utf8'), { types });

const STRUCTURES: readonly (readonly [name: string, formula: string, data: string, options: GlmmOptions, types?: Record<string, ColumnType>])[] = [
  ['single, binomial', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', 'cbpp', { family: 'binomial' }, { period: 'factor', herd: 'factor' }],
  ['single, nodes', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', 'cbpp', { family: 'binomial', nAGQ: 7 }, { period: 'factor', herd: 'factor' }],
  ['single, weighted', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', 'cbpp', { family: 'binomial', standardErrors: 'wls', link: 'probit' }, { period: 'factor', herd: 'factor' }],
  ['observation level', 'y ~ lbase + V4 + (1 | subject) + (1 | obs)', 'epil', { family: 'poisson' }],
  ['vector', 'y ~ lbase + V4 + (V4 | subject)', 'epil', { family: 'poisson' }],
  ['vector, independent', 'y ~ lbase + V4 + (V4 || subject)', 'epil', { family: 'poisson' }],
  ['no intercept', 'y ~ 0 + trt + lbase + (0 + V4 | subject)', 'epil', { family: 'poisson' }],
  ['nested, linear', 'strength ~ 1 + (1 | batch / cask)', 'pastes', { family: 'gaussian' }],
  ['crossed, linear', 'diameter ~ 1 + (1 | plate) + (1 | sample)', 'penicillin', { family: 'gaussian', REML: false }],
  ['crossed, counts', 'TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | LOCATION)', 'grouseticks', { family: 'poisson' }, { YEAR: 'factor', BROOD: 'factor', LOCATION: 'factor' }],
  ['vector, linear', 'Reaction ~ Days + (Days | Subject)', 'sleepstudy', { family: 'gaussian' }, { Subject: 'factor' }],
  ['compound symmetry', 'Reaction ~ Days + cs(1 + Days | Subject)', 'sleepstudy', { family: 'gaussian' }, { Subject: 'factor' }],
  ['autoregressive', 'angle ~ recipe * temp + ar1(0 + factor(temp) | recipe:replicate)', 'cake', { family: 'gaussian' }],
  ['dispersion', 'count ~ mined + (1 | site)', 'salamanders', { family: 'nbinom2' }],
  ['zero inflation', 'count ~ mined + (1 | site)', 'salamanders', { family: 'poisson', ziformula: '~ mined' }],
];

const close = (got: ArrayLike<number>, want: ArrayLike<number>, digits: number): void => {
  expect(got.length).toBe(want.length);
  for (let i = 0; i < want.length; i++) expect(got[i]! / (1 + Math.abs(want[i]!))).toBeCloseTo(want[i]! / (1 + Math.abs(want[i]!)), digits);
};

describe.each(STRUCTURES.map(([name, formula, data, options, types = {}]) => ({ name, formula, data, options, types })))('$name: $formula', ({ formula, data, options, types }) => {
  let made: Promise<GlmmFit> | undefined;
  const fitted = (): Promise<GlmmFit> => (made ??= glmm(formula, fixture(data, types), options));

  test('fitted values, predictions and residuals belong together', async () => {
    const fit = await fitted();
    expect(fit.converged).toBe(true);
    const { design, response } = fit;
    const y = design.trials === null ? response : response.map((value, i) => value / design.trials![i]!);
    const means = fit.predict().fit;
    close(means, fit.fitted, 12);
    close(fit.predict({ type: 'link' }).fit, linearPredictor(design, fit.params, fit.modes), 12);
    close(fit.predict({ type: 'link', reForm: 'none' }).fit, linearPredictor(design, fit.params, new Float64Array(fit.modes.length)), 12);
    close(fit.predict({ reForm: [...new Set(design.random.map(({ group }) => group))] }).fit, means, 12);
    close(fit.residuals({ type: 'response' }).map((r, i) => r + means[i]!), y, 12);
    close(fit.residuals({ type: 'response', kind: 'marginal' }).map((r, i) => r + fit.predict({ reForm: 'none' }).fit[i]!), y, 12);
    const again = fit.predict({ data: fixture(data, types), standardErrors: true, level: 0.9, type: 'link' });
    close(again.fit.filter((_value, i) => fit.frame.rows.includes(i)), fit.predict({ type: 'link' }).fit, 10);
    again.fit.forEach((value, i) => {
      expect(again.standardErrors![i]).toBeGreaterThan(0);
      expect(again.high![i]! - value).toBeCloseTo(1.6448536 * again.standardErrors![i]!, 5);
      expect(value - again.low![i]!).toBeCloseTo(1.6448536 * again.standardErrors![i]!, 5);
    });
    expect(fit.predict({ populationAveraged: true }).fit.every(Number.isFinite)).toBe(true);
    for (const type of ['pearson', 'working', 'standardized'] as const) expect(fit.residuals({ type }).every(Number.isFinite), type).toBe(true);
  });

  test('tables say what the fit says', async () => {
    const fit = await fitted();
    const rows = tidy(fit, { effects: ['fixed', 'ran_pars', 'ran_vals'] });
    expect(rows.filter(({ effect }) => effect === 'fixed').map(({ term, estimate }) => [term, estimate])).toEqual(Object.entries(fit.fixef));
    const modes = ranefTable(fit);
    expect(modes).toHaveLength(fit.modes.length);
    expect(modes.every(({ std_error }) => std_error >= 0)).toBe(true);
    for (const { group, level, term, estimate } of modes) expect(fit.ranef[group]!.find((row) => row.level === level)![term]).toBe(estimate);
    expect(glance(fit).AIC).toBe(-2 * fit.logLik + 2 * fit.df);
    for (const column of Object.values({ ...augment(fit), ...diagnosticData(fit) })) expect(column).toHaveLength(fit.nobs);
    const { r2Marginal, r2Conditional, icc } = varianceExplained(fit);
    for (const share of [r2Marginal, r2Conditional, ...Object.values(icc)]) {
      if (typeof share === 'number') expect(share >= 0 && share <= 1).toBe(true);
      else expect(share.unavailable).not.toBe('');
    }
    if (typeof r2Marginal === 'number') expect(r2Conditional).toBeGreaterThanOrEqual(r2Marginal);
  });

  test('a saved model gives the same answers', async () => {
    const fit = await fitted();
    const loaded = loadModel(saveModel(fit));
    expect(loaded.toJSON()).toEqual(fit.toJSON());
    expect(loaded.predict({ standardErrors: true })).toEqual(fit.predict({ standardErrors: true }));
    expect(loaded.simulate({ seed: 4 })).toEqual(fit.simulate({ seed: 4 }));
    expect(loaded.anova()).toEqual(fit.anova());
    const refit = await loaded.refit(fit.response);
    expect(Math.abs(refit.logLik - fit.logLik)).toBeLessThan(1e-7);
  });

  test('inference runs and agrees with itself', async () => {
    const fit = await fitted();
    const rows = await fit.confint({ method: 'wald' });
    for (const { conf_low, estimate, conf_high } of rows.filter((row) => Number.isFinite(row.conf_low))) expect(conf_low <= estimate && estimate <= conf_high).toBe(true);
    const [first] = fit.design.fixedNames;
    const [profiled] = await fit.confint({ parameters: [first!] });
    expect(profiled!.conf_low).toBeLessThan(profiled!.estimate);
    expect(profiled!.conf_high).toBeGreaterThan(profiled!.estimate);
    for (const { chisq, p_value } of (await fit.drop1()).slice(1)) expect(chisq! >= 0 && p_value! >= 0 && p_value! <= 1).toBe(true);
    for (const { statistic, p_value } of fit.anova()) expect(statistic >= 0 && p_value >= 0 && p_value <= 1).toBe(true);
    for (const covariate of covariatesOf(fit)) expect(fittedCurve(fit, covariate, { points: 3 }).fit.every(Number.isFinite)).toBe(true);
    const { findings } = await fit.diagnose({ quadrature: false });
    expect(findings.find(({ topic }) => topic === 'convergence')!.severity).toBe('fine');
    const tests = residualTests(fit, simulatedResiduals(fit, { nsim: 40 }));
    for (const { p_value } of tests) expect(p_value >= 0 && p_value <= 1).toBe(true);
    expect(await modelReport(fit, { quadrature: false, profiles: false, nsim: 40 })).not.toMatch(/NaN|undefined|Infinity/);
  });
});
