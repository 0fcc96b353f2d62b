import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmFit } from '../../src/fit/glmm.js';
import { lrtPair } from '../../src/studies/lrt-pair.js';
import { lrtReplicates } from '../../src/studies/lrt-replicates.js';
import type { SimulatedLrt } from '../../src/studies/lrt-study.js';
import { type LrtOptions, simulatedLrt } from '../../src/studies/simulated-lrt.js';
import { createEngine } from '../../src/fit/engine.js';
import { referenceTable } from '../helpers/reference.js';

interface Case { id: string; nsim: number; statistic: number; df: number; share: number; mean: number; variance: number; exceeding: number; quantiles: Record<string, number> }
const { cases } = JSON.parse(readFileSync(new URL('../fixtures/studies/pbkrtest.json', import.meta.url), 'utf8')) as { cases: Case[] };

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const cbpp = referenceTable('cbpp', { period: { ...factor, levels: ['1', '2', '3', '4'] } });
const pastes = referenceTable('pastes', {});
const binomial = (predictors: string): Promise<GlmmFit> => glmm(`cbind(incidence, size - incidence) ~ ${predictors}`, cbpp, { family: 'binomial' });
const period = Promise.all([binomial('1 + (1 | herd)'), binomial('period + (1 | herd)')]);
// Fitted by REML: the test has to bring them to maximum likelihood.
const batch = Promise.all([glmm('strength ~ 1 + (1 | sample)', pastes, { family: 'gaussian' }), glmm('strength ~ 1 + (1 | batch) + (1 | sample)', pastes, { family: 'gaussian' })]);
const run = async (pair: Promise<[GlmmFit, GlmmFit]>, options: Partial<LrtOptions> = {}): Promise<SimulatedLrt> =>
  simulatedLrt(...(await pair), { nsim: 2000, seed: 5, backend: 'cpu', workers: 1, ...options });

describe.each([['cbpp-period', period], ['pastes-batch', batch]] as const)('%s', (id, pair) => {
  const reference = cases.find((one) => one.id === id)!;

  test('statistic and null distribution are those of pbkrtest within Monte-Carlo error', async () => {
    const result = await run(pair);
    // pbkrtest uses lme4's default tolerances.
    expect(Math.abs(result.statistic - reference.statistic)).toBeLessThan(0.01);
    expect([result.df, result.used]).toEqual([reference.df, 2000]);
    const positive = result.replicates.filter((value) => value > 1e-4);
    const share = positive.length / 2000;
    // Four standard errors of a difference of two runs.
    expect(Math.abs(share - reference.share)).toBeLessThan(4 * Math.sqrt((2 * 0.25) / 2000));
    const mean = positive.reduce((sum, value) => sum + value, 0) / positive.length;
    expect(Math.abs(mean - reference.mean)).toBeLessThan(4 * Math.sqrt((2 * reference.variance) / (2000 * share)));
    const below = positive.filter((value) => value <= reference.quantiles['90%']!).length / positive.length;
    expect(Math.abs(below - 0.9)).toBeLessThan(4 * Math.sqrt((2 * 0.09) / positive.length));
    const exceeding = result.replicates.filter((value) => value >= result.statistic).length;
    expect(Math.abs(exceeding - reference.exceeding)).toBeLessThanOrEqual(4 * Math.sqrt(reference.exceeding + exceeding));
  });
});

test('replicate i depends on (seed, i) alone', async () => {
  const pair = await lrtPair(...(await period));
  await using engine = await createEngine({ backend: 'cpu', workers: 1 });
  const [all, part] = [await lrtReplicates(pair, 8, { from: 0, to: 60 }, { engine }), await lrtReplicates(pair, 8, { from: 40, to: 60 }, { engine })];
  expect(part.statistic).toEqual(all.statistic.slice(40));
});

describe('sequential stopping', () => {
  test('ends at the h-th exceedance, whatever pieces the replicates come in', async () => {
    const result = await run(batch, { stopAfter: 20 });
    const full = await run(batch);
    expect(result.stopped).toBe(true);
    expect(result.replicates).toEqual(full.replicates.slice(0, result.nsim));
    expect(result.replicates.filter((value) => value >= result.statistic)).toHaveLength(20);
    expect(result.replicates.at(-1)!).toBeGreaterThanOrEqual(result.statistic);
    expect(result.rows[0]!.p_value).toBe(20 / result.used);
    // The stated error: the full run's p-value within four of them.
    expect(Math.abs(result.rows[0]!.p_value - full.rows[0]!.p_value)).toBeLessThan(4 * result.rows[0]!.std_error);
  });

  test('goes on to the end when there are too few', async () => {
    const result = await run(period, { stopAfter: 5, nsim: 300 });
    expect([result.stopped, result.nsim]).toEqual([false, 300]);
    expect(result.rows[0]!.p_value).toBe(1 / 301);
  });
});

test('p-values are uniform under the null (Kolmogorov–Smirnov)', async () => {
  // Every response drawn from the smaller model is a test under the null; its p-value against the common null distribution.
  const pair = await lrtPair(...(await period));
  await using engine = await createEngine({ backend: 'cpu', workers: 1 });
  const { statistic } = await lrtReplicates(pair, 11, { from: 0, to: 3000 }, { engine });
  const sorted = statistic.slice(1000).sort();
  const p = statistic.subarray(0, 1000).map((value) => (1 + sorted.reduce((sum, other) => sum + (other >= value ? 1 : 0), 0)) / 2001).sort();
  const distance = p.reduce((most, value, i) => Math.max(most, Math.abs(value - (i + 0.5) / 1000)), 0);
  // Level 0.001 of the two-sample test: 1.95 √(1/1000 + 1/2000).
  expect(distance).toBeLessThan(1.95 * Math.sqrt(1 / 1000 + 1 / 2000));
});

test('a larger model that is not found is found again from the smaller one, and counted', async () => {
  const [smaller, larger] = await period;
  // A first metric that is far too small ends the search where it starts; the restart takes none.
  const { frame, response, logLik, settings, params } = larger;
  const hasty = { frame, response, logLik, settings, params, metric: larger.metric.map((value) => value * 1e-13) };
  const result = await simulatedLrt(smaller, hasty, { nsim: 50, seed: 5, backend: 'cpu', workers: 1 });
  const plain = await simulatedLrt(smaller, larger, { nsim: 50, seed: 5, backend: 'cpu', workers: 1 });
  expect(result.repaired).toBeGreaterThan(0);
  expect(result.used).toBe(50);
  result.replicates.forEach((value, i) => { expect(value).toBeCloseTo(plain.replicates[i]!, 6); });
});

test('models of different responses are refused', async () => {
  const [smaller, larger] = await period;
  const other = await larger.refit(larger.simulate({ seed: 1 })[0]!);
  await expect(simulatedLrt(smaller, other, { nsim: 10, seed: 1 })).rejects.toThrow(/different responses/);
  await expect(simulatedLrt(larger, smaller, { nsim: 10, seed: 1 })).rejects.toThrow(/not nested/);
  await expect(simulatedLrt(smaller, larger, { nsim: 0, seed: 1 })).rejects.toThrow(/nsim must be a positive integer/);
});
