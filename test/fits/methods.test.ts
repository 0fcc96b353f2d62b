/** Every method of a fitted model for every family: it works, or one sentence says why it cannot. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { loadModel, saveModel } from '../../src/prediction/model-file.js';
import { ranefTable } from '../../src/prediction/ranef-table.js';
import { augment, diagnosticData, glance, tidy } from '../../src/prediction/tidy.js';
import { varianceExplained } from '../../src/prediction/variance-explained.js';
import { modelReport } from '../../src/report/model-report.js';
import { readCsv } from '../../src/table/csv.js';

const made = readCsv(readFileSync(new URL('../fixtures/data/made.csv', import.meta.url), 'utf8'), { types: { g: 'factor', f: 'factor' } });
const numbers = (name: string): Float64Array => {
  const column = made.columns.get(name)!;
  return column.kind === 'numeric' ? column.values : new Float64Array(0);
};
const counts = numbers('count');
const data = {
  nrow: made.nrow,
  columns: new Map([
    ...made.columns,
    ['least', { kind: 'numeric' as const, values: counts.map((y) => Math.max(y, 1)) }],
    ['rating', { kind: 'numeric' as const, values: counts.map((y) => Math.min(4, 1 + Math.floor(y / 2))) }],
  ]),
};

interface Model {
  readonly response: string;
  readonly options: GlmmOptions;
  /** Residuals that the family does not have are NaN. */
  readonly noDeviance?: true;
}

const MODELS: Record<string, Model> = {
  'gaussian log': { response: 'curve', options: { family: 'gaussian', link: 'log' } },
  Gamma: { response: 'gamma', options: { family: 'Gamma', link: 'log' } },
  'inverse.gaussian': { response: 'gamma', options: { family: 'inverse.gaussian', link: 'log' } },
  nbinom1: { response: 'count', options: { family: 'nbinom1' }, noDeviance: true },
  nbinom2: { response: 'count', options: { family: 'nbinom2', dispformula: '~ x' } },
  'nbinom2 with known dispersion': { response: 'count', options: { family: 'nbinom2', dispersion: 1.5 } },
  beta: { response: 'share', options: { family: 'beta' }, noDeviance: true },
  betabinomial: { response: 'cbind(hits, size - hits)', options: { family: 'betabinomial' }, noDeviance: true },
  truncated_poisson: { response: 'least', options: { family: 'truncated_poisson' }, noDeviance: true },
  truncated_nbinom1: { response: 'least', options: { family: 'truncated_nbinom1' }, noDeviance: true },
  truncated_nbinom2: { response: 'least', options: { family: 'truncated_nbinom2' }, noDeviance: true },
  'zero-inflated Poisson': { response: 'count', options: { family: 'poisson', ziformula: '~ x' }, noDeviance: true },
  'zero-inflated Poisson with random effects': { response: 'count', options: { family: 'poisson', ziformula: '~ x + (1 | g)' }, noDeviance: true },
  'zero-inflated betabinomial': { response: 'cbind(excess, size - excess)', options: { family: 'betabinomial', ziformula: '~ 1' }, noDeviance: true },
  'hurdle Poisson': { response: 'count', options: { family: 'truncated_poisson', ziformula: '~ x' }, noDeviance: true },
  'hurdle nbinom2': { response: 'count', options: { family: 'truncated_nbinom2', ziformula: '~ x' }, noDeviance: true },
  ziGamma: { response: 'some', options: { family: 'ziGamma', link: 'log', ziformula: '~ x' }, noDeviance: true },
  cumulative: { response: 'rating', options: { family: 'cumulative' } },
  'cumulative probit, equidistant': { response: 'rating', options: { family: 'cumulative', link: 'probit', threshold: 'equidistant' } },
};

const finite = (values: ArrayLike<number>): boolean => Array.from(values).every(Number.isFinite);

describe.each(Object.entries(MODELS))('%s', (_name, { response, options, noDeviance }) => {
  let fit: GlmmFit;
  const ordered = options.family === 'cumulative';
  beforeAll(async () => { fit = await glmm(`${response} ~ x + f + (1 | g)`, data, options); });

  test('is fitted, printed, written and read again', async () => {
    expect(fit.status).toBe('converged');
    const text = String(fit.summary());
    expect(text).not.toMatch(/NaN|undefined/);
    expect(text.includes('Zero-inflation model:')).toBe(options.ziformula !== undefined);
    expect(text.includes('Threshold coefficients:')).toBe(ordered);
    const json = JSON.parse(JSON.stringify(fit)) as Record<string, unknown>;
    expect([json.zi !== null, json.thresholds !== null]).toEqual([options.ziformula !== undefined, ordered]);
    const again = loadModel(saveModel(fit));
    expect(again.logLik).toBe(fit.logLik);
    expect((await again.refit(fit.response)).logLik).toBeCloseTo(fit.logLik, 7);
  });

  test('predictions and residuals', () => {
    expect(finite(fit.fitted)).toBe(true);
    expect(finite(fit.predict({ type: 'link', standardErrors: true, level: 0.9 }).standardErrors!)).toBe(true);
    for (const settings of [{}, { reForm: 'none' as const }, { populationAveraged: true }]) expect(finite(fit.predict(settings).fit)).toBe(true);
    const fresh = { x: [0, 1], f: ['a', 'c'], g: ['1', 'other'], size: [4, 4] };
    expect(finite(fit.predict({ data: fresh, allowNewLevels: true }).fit)).toBe(true);
    if (ordered) {
      for (const type of ['response', 'pearson', 'deviance'] as const) expect(() => fit.residuals({ type })).toThrow(OptionError);
      return;
    }
    for (const type of ['response', 'pearson', 'working', 'standardized'] as const) expect(finite(fit.residuals({ type })), type).toBe(true);
    const deviance = fit.residuals({ type: 'deviance' });
    expect(noDeviance === true ? deviance.every(Number.isNaN) : finite(deviance)).toBe(true);
  });

  test('simulation, refit and bootstrap', async () => {
    const [one, two] = fit.simulate({ nsim: 2, seed: 4 }) as [Float64Array, Float64Array];
    expect(finite(one) && finite(two)).toBe(true);
    expect(fit.simulate({ nsim: 1, seed: 4, first: 1 })[0]).toEqual(two);
    expect((await fit.refit(one)).converged).toBe(true);
    const bootstrap = await fit.bootstrap({ nsim: 6, seed: 3, backend: 'cpu', workers: 1 });
    expect(Object.values(bootstrap.counts).reduce((sum, count) => sum + count, 0)).toBe(6);
    expect(bootstrap.counts.converged + bootstrap.counts.boundary).toBeGreaterThanOrEqual(5);
    expect(new Set(bootstrap.parameters).size).toBe(bootstrap.parameters.length);
    expect(bootstrap.replicates.every((column) => column.some(Number.isFinite))).toBe(true);
  });

  test('inference', async () => {
    const wald = await fit.confint({ method: 'wald' });
    expect(wald.length).toBeGreaterThanOrEqual(4);
    expect(wald.filter(({ parameter }) => parameter === 'x')[0]).toMatchObject({ conf_low: expect.any(Number) as number });
    expect(fit.coefTest().p_value).toBeGreaterThanOrEqual(0);
    const means = fit.emmeans(['f'], { contrasts: 'pairwise' });
    expect([means.means.length, means.contrasts!.length]).toEqual([3, 3]);
    if (ordered) expect(() => fit.emmeans(['f'], { type: 'response' })).toThrow(/no mean/);
    else expect(finite(fit.emmeans(['f'], { type: 'response' }).means.map(({ emmean }) => emmean))).toBe(true);
    const dropped = await fit.drop1();
    expect(dropped.map(({ term }) => term)).toEqual(expect.arrayContaining(['x', 'f']));
    const smaller = await glmm(`${response} ~ x + (1 | g)`, data, options);
    const { rows } = await smaller.compare(fit);
    expect(rows[1]!.p_value).toBeGreaterThanOrEqual(0);
    expect((await fit.robustVcov()).vcov.length).toBe(fit.design.fixedNames.length);
    expect((await fit.diagnose({ quadrature: false })).findings.every(({ severity }) => severity !== 'problem')).toBe(true);
  });

  test('tables and report', async () => {
    expect(new Set(ranefTable(fit).map(({ term }) => term)).size).toBe(options.ziformula?.includes('|') === true ? 2 : 1);
    expect(ranefTable(fit).every(({ std_error }) => std_error > 0)).toBe(true);
    const terms = tidy(fit).map(({ effect, group, term }) => `${effect} ${group ?? ''} ${term}`);
    expect(new Set(terms).size).toBe(terms.length);
    expect(glance(fit).nobs).toBe(400);
    expect(augment(fit)['.fitted']).toHaveLength(400);
    if (ordered) expect(() => diagnosticData(fit)).toThrow(OptionError);
    else expect(diagnosticData(fit).fitted_values).toHaveLength(400);
    expect(Object.keys(varianceExplained(fit).icc)).toEqual(['g']);
    const page = await modelReport(fit, { nsim: 20, seed: 1, quadrature: false, generator: 'test' });
    expect(page).toContain('</html>');
    expect(page).not.toContain('NaN');
  });
});
