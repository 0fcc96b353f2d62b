import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { createEngine } from '../../src/fit/engine.js';
import type { IntervalKind } from '../../src/fit/types.js';
import { bootstrap, jackknife } from '../../src/studies/bootstrap.js';
import { bootstrapFromResults, bootstrapSpec, bootstrapStudy } from '../../src/studies/bootstrap-study.js';
import { doubleBootstrap } from '../../src/studies/double-bootstrap.js';
import { expressionStatistics } from '../../src/studies/expression-statistic.js';
import { memoryStore } from '../../src/studies/memory-store.js';
import { runStudy } from '../../src/studies/run-study.js';
import { referenceTable } from '../helpers/reference.js';

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const cbpp = referenceTable('cbpp', { period: { ...factor, levels: ['1', '2', '3', '4'] } });
const sleep = glmm('RT ~ Days + (Days | Subject)', referenceTable('sleepstudy', {}), { family: 'gaussian' });
const herds = glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', cbpp, { family: 'binomial' });
const RUN = { seed: 4, backend: 'cpu', workers: 1 } as const;

/** Bootstrap standard errors of the fixed effects in units of the model's. */
async function relativeErrors(fit: GlmmFit, method: 'parametric' | 'residual' | 'levels' | 'rows', nsim: number): Promise<number[]> {
  const intervals = (await fit.bootstrap({ ...RUN, nsim, method })).intervals({ kinds: ['normal'] });
  return fit.coefficients().map((row, j) => intervals[j]!.std_error / row.std_error);
}

describe('methods', () => {
  test.each(['residual', 'levels'] as const)('%s: standard errors of a linear mixed model are near the model\'s', async (method) => {
    // 18 subjects: the levels method knows nothing of the model and is allowed more.
    for (const ratio of await relativeErrors(await sleep, method, 800)) expect(Math.abs(ratio - 1)).toBeLessThan(method === 'levels' ? 0.25 : 0.12);
  });

  test('residual: and of a binomial one', async () => {
    for (const ratio of await relativeErrors(await herds, 'residual', 600)) expect(Math.abs(ratio - 1)).toBeLessThan(0.4);
  });

  test('residual: drawn random effects have the estimated covariance, so that the estimates centre on it', async () => {
    const rows = (await (await sleep).bootstrap({ ...RUN, nsim: 800, method: 'residual' })).intervals({ kinds: ['percentile'] });
    // The variance of the modes alone is smaller by their shrinkage: without reflation the bias would be −20 % and more.
    for (const row of rows.filter(({ parameter }) => parameter.startsWith('sd_') || parameter === 'sigma')) expect(Math.abs(row.bias / row.estimate)).toBeLessThan(0.1);
  });

  test('rows: resampled within herds the herds stay', async () => {
    const { fit } = await (await herds).bootstrap({ ...RUN, nsim: 50, method: 'rows' });
    expect([...fit.status].every((code) => code <= 2)).toBe(true);
    await expect((await glmm('RT ~ Days + (1 | Subject) + (1 | Days)', referenceTable('sleepstudy', {}), { family: 'gaussian' })).bootstrap({ ...RUN, nsim: 5, method: 'rows' }))
      .rejects.toThrow(/nothing to draw/);
  });

  test.each(['residual', 'levels', 'rows'] as const)('%s: replicate i depends on (seed, i) alone; as a study in parts it is the same', async (method) => {
    const fit = await sleep;
    const whole = await bootstrap(fit, { ...RUN, nsim: 30, method });
    const part = await bootstrap(fit, { ...RUN, nsim: 10, first: 20, method });
    part.replicates.forEach((column, j) => { expect(column).toEqual(whole.replicates[j]!.slice(20)); });
    const spec = bootstrapSpec(fit, { nsim: 30, seed: RUN.seed, method });
    const store = memoryStore(bootstrapStudy(spec));
    await runStudy(bootstrapStudy(spec), store, { backend: 'cpu', workers: 1, partSize: 7 });
    const again = await bootstrapFromResults(spec, store);
    expect([again.method, again.replicates]).toEqual([method, whole.replicates]);
  });
});

describe('intervals of a bootstrap', () => {
  test('what a kind needs and does not have is said in one sentence', async () => {
    const refits = await (await herds).bootstrap({ ...RUN, nsim: 60 });
    expect(() => refits.intervals({ kinds: ['bca'] })).toThrow(/bca intervals need the jackknife/);
    expect(() => refits.intervals({ kinds: ['studentised'] })).toThrow(/standardErrors: 'hessian'/);
  });

  test('studentised limits take the covariance of the estimates: none where that has a gap, whatever the metric', async () => {
    const fit = await herds;
    const covariance = fit.covariance.slice();
    covariance[0] = NaN;
    const { frame, settings, params, metric } = fit;
    const source = { frame, settings, params, metric: metric.map((value) => 4 * value), covariance };
    const limits = (await bootstrap(source, { ...RUN, nsim: 60, standardErrors: 'hessian' })).intervals({ kinds: ['studentised'] });
    const own = (await fit.bootstrap({ ...RUN, nsim: 60, standardErrors: 'hessian' })).intervals({ kinds: ['studentised'] });
    expect([limits[0]!.conf_low, limits[0]!.conf_high]).toEqual([NaN, NaN]);
    expect((limits[1]!.conf_high - limits[1]!.conf_low) / (own[1]!.conf_high - own[1]!.conf_low)).toBeCloseTo(1, 2);
  });

  test('any statistic, as a function or an expression', async () => {
    const fit = await herds;
    const refits = await fit.bootstrap({ ...RUN, nsim: 300 });
    const leftOut = await jackknife(fit, { backend: 'cpu', workers: 1 });
    const [odds] = refits.intervals({ kinds: ['percentile'], statistics: { odds: (p) => Math.exp(p['period2']!) } });
    const plain = refits.intervals({ kinds: ['percentile'] }).find((row) => row.parameter === 'period2')!;
    expect(odds!.estimate).toBeCloseTo(Math.exp(plain.estimate), 12);
    // Quantiles go through a monotone function, up to the interpolation between neighbours.
    expect(odds!.conf_low / Math.exp(plain.conf_low)).toBeCloseTo(1, 3);
    const ratio = refits.intervals({ kinds: ['bca'], jackknife: leftOut, statistics: expressionStatistics({ odds: 'exp(period2)', share: '`sd_(Intercept)|herd`^2 / (`sd_(Intercept)|herd`^2 + pi^2/3)' }) });
    expect(ratio.map((row) => row.parameter)).toEqual(['odds', 'share']);
    expect(ratio[0]!.estimate).toBe(odds!.estimate);
    expect(ratio[1]!.conf_low).toBeLessThan(ratio[1]!.estimate);
    expect(() => refits.intervals({ statistics: expressionStatistics({ odds: 'exp(period9)' }) })).toThrow(/period9/);
  });
});

test('coverage: 90 and 95 % intervals of every kind hold the truth as often as they say', async () => {
  // A slope in a balanced linear mixed model with 18 subjects, where all kinds should be right.
  const fit = await sleep;
  const kinds: IntervalKind[] = ['percentile', 'basic', 'normal', 'bca', 'studentised', 'shortest'];
  const runs = 300;
  const covered = { 0.9: new Map<string, number>(), 0.95: new Map<string, number>() };
  await using engine = await createEngine({ backend: 'cpu', workers: 1 });
  const simple = await glmm('RT ~ Days + (1 | Subject)', referenceTable('sleepstudy', {}), { family: 'gaussian' });
  expect(fit.df).toBeGreaterThan(simple.df);
  const truth = simple.params[1]!;
  for (const y of simple.simulate({ nsim: runs, seed: 77 })) {
    const again = await simple.refit(y);
    const refits = await again.bootstrap({ nsim: 199, seed: 5, engine, standardErrors: 'hessian' });
    const leftOut = await jackknife(again, { engine });
    for (const level of [0.9, 0.95] as const) {
      for (const row of refits.intervals({ kinds, level, jackknife: leftOut }).filter(({ parameter }) => parameter === 'Days')) {
        if (row.conf_low <= truth && truth <= row.conf_high) covered[level].set(row.kind, (covered[level].get(row.kind) ?? 0) + 1);
      }
    }
  }
  for (const level of [0.9, 0.95] as const) {
    // Three and a half standard errors of a share of 300, and one percent for the 199 replicates.
    const allowed = 3.5 * Math.sqrt((level * (1 - level)) / runs) + 0.01;
    for (const kind of kinds) expect(Math.abs(covered[level].get(kind)! / runs - level), `${kind} at ${level}`).toBeLessThan(allowed);
  }
}, 120_000);

describe('double bootstrap', () => {
  test('ranks of the estimate are uniform for a parameter without bias, and calibrated limits are near the plain ones', async () => {
    const fit = await glmm('RT ~ Days + (1 | Subject)', referenceTable('sleepstudy', {}), { family: 'gaussian' });
    const result = await doubleBootstrap(fit, { nsim: 250, inner: 60, ...RUN });
    const slope = result.intervals(0.9).find((row) => row.parameter === 'Days')!;
    expect(slope.replicates).toBe(250);
    // Ranks among 60 are known to 1/61; 250 of them give the 5 % point to 0.014.
    expect(Math.abs(slope.probability_low - 0.05)).toBeLessThan(0.06);
    expect(Math.abs(slope.probability_high - 0.95)).toBeLessThan(0.06);
    expect(slope.conf_low).toBeLessThan(slope.estimate);
    expect(slope.conf_high).toBeGreaterThan(slope.estimate);
  });

  test('a standard deviation whose estimates are too small gets its limits moved up', async () => {
    const result = await doubleBootstrap(await herds, { nsim: 200, inner: 50, ...RUN });
    const row = result.intervals(0.9).find(({ parameter }) => parameter.startsWith('sd_'))!;
    const plain = result.outer.intervals({ kinds: ['percentile'], level: 0.9 }).find(({ parameter }) => parameter.startsWith('sd_'))!;
    expect(row.probability_high).toBeGreaterThan(0.95);
    expect(row.conf_high).toBeGreaterThan(plain.conf_high);
  });
});
