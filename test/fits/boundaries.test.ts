/** Estimates at the limits of families: a status, never a failure. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { STATUS } from '../../src/model/status.js';
import { UniformStream } from '../../src/random/stream.js';
import { poissonVariate } from '../../src/random/variates.js';
import { readCsv } from '../../src/table/csv.js';

const uniforms = new UniformStream();
uniforms.reset(21, 0, 0);
const x = Array.from({ length: 300 }, () => uniforms.next());
const g = x.map((_, i) => `g${i % 30}`);
/** Counts with less variation than Poisson: the sum of two halves rounded. */
const even = x.map((value, i) => Math.round(3 + 2 * value + Math.sin(i % 30)));
const counts = x.map((value, i) => poissonVariate(Math.exp(0.4 + value + 0.4 * Math.sin(i % 30)), uniforms.next(), uniforms));

test.each(['nbinom2', 'nbinom1'] as const)('%s without overdispersion is Poisson on the boundary', async (family) => {
  const fit = await glmm('y ~ x + (1 | g)', { x, g, y: even }, { family });
  const poisson = await glmm('y ~ x + (1 | g)', { x, g, y: even }, { family: 'poisson' });
  expect(fit.status).toBe('boundary');
  expect(fit.logLik).toBeCloseTo(poisson.logLik, 3);
  expect(fit.warnings).toEqual(['the dispersion parameter is estimated at its limit, where the family is poisson; fit that one']);
  fit.coefficients().forEach((row, j) => {
    expect(row.estimate).toBeCloseTo(poisson.coefficients()[j]!.estimate, 3);
    expect(row.std_error / poisson.coefficients()[j]!.std_error).toBeCloseTo(1, 2);
  });
});

test('zero inflation without an excess of zeros', async () => {
  const fit = await glmm('y ~ x + (1 | g)', { x, g, y: even.map((value, i) => (i < 3 ? 0 : value)) }, { family: 'nbinom2', ziformula: '~ 1' });
  expect(['boundary', 'converged']).toContain(fit.status);
  const none = await glmm('y ~ x + (1 | g)', { x, g, y: counts }, { family: 'poisson', ziformula: '~ 1' });
  const plain = await glmm('y ~ x + (1 | g)', { x, g, y: counts }, { family: 'poisson' });
  expect(none.logLik).toBeGreaterThan(plain.logLik - 1e-4);
});

test('a zero-inflation model that finds no excess says so', async () => {
  const salamanders = readCsv(readFileSync(new URL('../../data/salamanders.csv', import.meta.url), 'utf8'));
  const fit = await glmm('count ~ mined + spp + (1 | site)', salamanders, { family: 'nbinom2', ziformula: '~ 1' });
  expect([fit.status, fit.singular]).toEqual(['boundary', false]);
  expect(fit.warnings).toEqual(['the zero-inflation model finds no excess of zeros: its intercept has no finite estimate; leave that model out or simplify it']);
});

describe('a level whose rows have no excess of zeros', () => {
  const f = x.map((_, i) => 'abc'[i % 3]!);
  /** Half the counts are zero but for those of one level, which have none at all. */
  const without = (level: string): number[] => counts.map((count, i) => (f[i] === level ? count + 2 : uniforms.next() < 0.5 ? 0 : count));
  const gone = (fit: GlmmFit): string[] => fit.warnings.map((text) => /^coefficient '(.*)' of the zero-inflation model has no finite estimate/.exec(text)?.[1] ?? text);

  test('is named, and the other coefficients have their errors', async () => {
    const fit = await glmm('y ~ f + (1 | g)', { f, g, y: without('b') }, { family: 'poisson', ziformula: '~ f' });
    expect([fit.status, gone(fit)]).toEqual(['boundary', ['fb']]);
    expect(fit.zi!.map(({ std_error: error }) => Number.isFinite(error))).toEqual([true, false, true]);
  });

  test('takes all differences from it along when it is the reference', async () => {
    const fit = await glmm('y ~ f + (1 | g)', { f, g, y: without('a') }, { family: 'poisson', ziformula: '~ f' });
    expect([fit.status, gone(fit)]).toEqual(['boundary', ['(Intercept)', 'fb', 'fc']]);
    const cells = await glmm('y ~ f + (1 | g)', { f, g, y: without('a') }, { family: 'poisson', ziformula: '~ 0 + f' });
    expect([cells.status, gone(cells)]).toEqual(['boundary', ['fa']]);
  });
});

test('an intercept far from the data is no limit: degrees far from 0', async () => {
  const degrees = x.map((value) => 15 + 10 * value);
  const y = counts.map((count, i) => (uniforms.next() < 1 / (1 + Math.exp(-(degrees[i]! - 20))) ? 0 : count));
  const [far, near] = await Promise.all(['degrees', 'I(degrees - 20)'].map((t) => glmm(`y ~ ${t} + (1 | g)`, { degrees, g, y }, { family: 'poisson', ziformula: `~ ${t}` })));
  expect(far!.zi![0]!.estimate).toBeLessThan(-10);
  expect([far!.status, far!.warnings]).toEqual(['converged', []]);
  expect(far!.logLik).toBeCloseTo(near!.logLik, 8);
  expect(far!.zi![1]!.std_error / near!.zi![1]!.std_error).toBeCloseTo(1, 4);
});

test('a replicate with an empty category is on the boundary', async () => {
  const wine = readCsv(readFileSync(new URL('../../data/wine.csv', import.meta.url), 'utf8'), { types: { rating: 'ordered', judge: 'factor' } });
  const fit = await glmm('rating ~ temp + contact + (1 | judge)', wine, { family: 'cumulative' });
  const response = Float64Array.from([...fit.response, ...fit.response.map((y) => Math.min(y, 4))]);
  const { status } = await fitBatch(fit.design, { nModels: 2, response }, { backend: 'cpu', workers: 1 });
  expect(Array.from(status)).toEqual([STATUS.converged, STATUS.boundary]);
});

test('a hurdle model whose positive counts leave a fixed effect undetermined is refused by name', async () => {
  const f = x.map((_, i) => ['a', 'b', 'c'][i % 3]!);
  const y = counts.map((value, i) => (i % 3 === 2 ? 0 : value));
  const options = { family: 'truncated_poisson', ziformula: '~ 1' } as const;
  await expect(glmm('y ~ x + f + (1 | g)', { x, f, g, y }, options)).rejects.toThrow(/rows in which response 'y' is not zero do not tell the fixed effects fc,/);
  // Zero inflation sees every row.
  expect((await glmm('y ~ x + (1 | g)', { x, f, g, y }, { family: 'poisson', ziformula: '~ f' })).converged).toBe(true);
});

test.each(['logit', 'probit', 'loglog'] as const)('categories that a predictor separates have no finite thresholds, %s', async (link) => {
  const group = x.map((_, i) => (i < 150 ? 0 : 1));
  const rating = group.map((low, i) => (low === 0 ? 1 + (i % 2) : 2 + (i % 2)));
  const fit = await glmm('rating ~ group + (1 | g)', { rating, group, g }, { family: 'cumulative', link });
  expect(fit.warnings.join()).toContain('some threshold has no finite estimate');
  const mixed = await glmm('rating ~ group + (1 | g)', { rating: rating.map((k, i) => (i % 17 === 0 ? 4 - k : k)), group, g }, { family: 'cumulative', link });
  expect(mixed.warnings.join()).not.toContain('threshold');
});
