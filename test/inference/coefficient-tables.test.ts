/** The example of MATLAB's fitglme and refit: 20 factories with 5 batches each, Poisson, effects coding. Numbers: scripts/reference/coefficient-tables.R. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { anova } from '../../src/inference/anova.js';
import { coefTest } from '../../src/inference/coef-test.js';
import { jointPrecision } from '../../src/prediction/joint-precision.js';
import { formatCoefficients } from '../../src/report/format-wald.js';
import { readCsv } from '../../src/table/csv.js';
import { rValues } from './fits.js';

interface Reference {
  readonly estimate: number[];
  readonly se: number[];
  readonly t: number[];
  readonly df: number;
  readonly p: number[];
  /** Lower and upper limit of one coefficient after the other. */
  readonly limits95: number[];
  readonly limits9999: number[];
  /** F, both degrees of freedom and p by term. */
  readonly anova: number[][];
  readonly sd: number;
  readonly logLik: number;
  readonly AIC: number;
  readonly BIC: number;
}

const r = rValues<Reference>('coefficient-tables');
const mfr = readCsv(readFileSync(new URL('../fixtures/data/mfr1.csv', import.meta.url), 'utf8'), { types: { supplier: 'factor' }, levels: { supplier: ['C', 'B', 'A'] } });
const fit = await glmm('defects ~ newprocess + time_dev + temp_dev + supplier + (1 | factory)', mfr, { family: 'poisson', contrasts: { supplier: 'sum' } });

test('fit statistics and the standard deviation of the factories', () => {
  for (const name of ['logLik', 'AIC', 'BIC'] as const) expect(fit[name]).toBeCloseTo(r[name], 7);
  expect(fit.VarCorr[0]!.sd[0]).toBeCloseTo(r.sd, 5);
  expect([fit.nobs, fit.df, fit.sigma]).toEqual([100, 7, 1]);
});

test.each([[0.95, r.limits95], [0.9999, r.limits9999]] as const)('coefficients with t on n − p degrees of freedom, level %d', (level, limits) => {
  const rows = fit.coefficients(level, fit.nobs - 6);
  expect(rows.map((row) => row.term)).toEqual(['(Intercept)', 'newprocess', 'time_dev', 'temp_dev', 'supplier1', 'supplier2']);
  rows.forEach((row, j) => {
    expect(Math.abs(row.estimate - r.estimate[j]!) / r.se[j]!).toBeLessThan(1e-4);
    expect(row.std_error / r.se[j]!).toBeCloseTo(1, 5);
    expect(row.statistic).toBeCloseTo(r.t[j]!, 3);
    expect(row.p_value / r.p[j]!).toBeCloseTo(1, 3);
    expect(row.conf_low).toBeCloseTo(limits[2 * j]!, 5);
    expect(row.conf_high).toBeCloseTo(limits[2 * j + 1]!, 5);
  });
});

test('the printed table', () => {
  const lines = formatCoefficients(fit.coefficients(0.95, 94), 94, 0.95).split('\n');
  expect(lines[0]).toMatch(/^ +Estimate Std\. Error t value DF Pr\(>\|t\|\) +2\.5 % +97\.5 %$/);
  expect(lines[1]).toMatch(/^\(Intercept\) +1\.3380\d+ +0\.1141\d+ +11\.722 94 +<2e-16 +1\.1113\d+ +1\.5646\d+ \*\*\*$/);
  expect(lines[5]).toMatch(/^supplier1 +-0\.1442\d+ +0\.0847\d+ +-1\.701 94 +0\.0922 /);
});

test('Wald F tests of the terms', () => {
  const rows = anova(fit);
  expect(rows.map((row) => row.term)).toEqual(['(Intercept)', 'newprocess', 'time_dev', 'temp_dev', 'supplier']);
  rows.forEach((row, i) => {
    const [f, df1, df2, p] = r.anova[i]!;
    expect(row.statistic).toBeCloseTo(f!, 3 - Math.ceil(Math.log10(Math.max(1, f!))));
    expect([row.distribution, row.df1, row.df2]).toEqual(['f', df1, df2]);
    expect(row.p_value / p!).toBeCloseTo(1, 3);
  });
  const chisq = anova(fit, { df: 'none' })[4]!;
  expect([chisq.distribution, chisq.df2]).toEqual(['chisq', null]);
  expect(chisq.statistic).toBeCloseTo(2 * rows[4]!.statistic, 10);
});

test('hypotheses about random effects: the standard error of a linear predictor given the variances', () => {
  const { fit: eta } = fit.predict({ type: 'link' });
  const precision = jointPrecision(fit);
  const { fixedNames, x, random: [term] } = fit.design;
  for (const row of [0, 41, 99]) {
    const weights = Object.fromEntries(fixedNames.map((name, j) => [name, x[row * 6 + j]!]));
    const { statistic, df1 } = coefTest(fit, [{ ...weights, [`(Intercept)|factory|${term!.levels[term!.index[row]!]!}`]: 1 }]);
    expect(df1).toBe(1);
    expect(Math.sqrt(statistic)).toBeCloseTo(Math.abs(eta[row]!) / Math.sqrt(precision.variance(fit.design, row, [true])), 9);
  }
});
