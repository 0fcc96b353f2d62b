import { describe, expect, test } from 'vitest';
import { createEngine } from '../../src/fit/engine.js';
import { normalPower } from '../helpers/normal-power.js';
import { crossedTable } from '../../src/studies/design-table.js';
import { effectDrawer } from '../../src/studies/effect-distributions.js';
import { type PowerOptions, power } from '../../src/studies/power.js';
import { type PowerModel, powerPlan } from '../../src/studies/power-plan.js';
import { powerReplicates } from '../../src/studies/power-replicates.js';
import type { PowerStudy } from '../../src/studies/power-rows.js';
import { powerFromResults, powerSpec, powerStudy } from '../../src/studies/power-study.js';
import { memoryStore } from '../../src/studies/memory-store.js';
import { runStudy } from '../../src/studies/run-study.js';
import { randomDesign } from '../helpers/designs.js';

/** A slope within 20 subjects: its estimate is normal with variance σ² / Σ(x − x̄)² whatever the variance between them. */
const slope: PowerModel = {
  formula: 'y ~ x + (1 | subject)', family: 'gaussian', data: crossedTable('subject[20]; x = 0:4'),
  params: { '(Intercept)': 1, x: 0.1, 'subject.(Intercept)': 0.7, sigma: 1 },
};
const SE = 1 / Math.sqrt(20 * 10);
const binomial: PowerModel = {
  formula: 'cbind(y, size - y) ~ arm + (1 | clinic)', family: 'binomial', data: crossedTable('clinic[12]; arm = a|b; size = 15'),
  params: { '(Intercept)': -1, armb: 0.5, 'clinic.(Intercept)': 0.6 },
};
const RUN = { seed: 2, backend: 'cpu', workers: 1 } as const;
const run = (model: PowerModel, options: Partial<PowerOptions>): Promise<PowerStudy> => power(model, { tested: 'x', nsim: 1500, ...RUN, ...options });
/** Four standard errors of a share. */
const allowed = (p: number, n: number): number => 4 * Math.sqrt((p * (1 - p)) / n);

describe('a slope in a linear mixed model', () => {
  test('power, type-I error, bias and coverage are those of the formula', async () => {
    const { rows } = await run(slope, { effects: [0, 0.1, 0.2] });
    for (const row of rows) {
      const expected = normalPower(row.effect / SE, 0.05);
      // The variance is estimated with 79 degrees of freedom: z instead of t rejects 0.3 % too often.
      expect(Math.abs(row.rejected - expected)).toBeLessThan(allowed(expected, 1500) + 0.006);
      expect(row.rejected_low).toBeLessThanOrEqual(row.rejected);
      expect(Math.abs(row.bias)).toBeLessThan(4 * row.bias_error);
      expect(row.bias_error / (SE / Math.sqrt(1500))).toBeCloseTo(1, 1);
      expect(Math.abs(row.coverage - 0.95)).toBeLessThan(allowed(0.95, 1500) + 0.006);
    }
  });

  test('more subjects and more rows', async () => {
    const { rows } = await run(slope, { nsim: 800, effects: [0.15], along: { column: 'subject', sizes: [10, 40] }, within: { columns: ['subject', 'x'], sizes: [1, 2] } });
    expect(rows.map(({ along, within }) => [along, within])).toEqual([[10, 1], [10, 2], [40, 1], [40, 2]]);
    for (const { along, within, rejected } of rows) {
      const expected = normalPower(0.15 * Math.sqrt(along! * 10 * within!), 0.05);
      expect(Math.abs(rejected - expected)).toBeLessThan(allowed(expected, 800) + 0.012);
    }
  });

  test('cells share their random numbers: with another effect the estimate is the same plus the difference', async () => {
    const plan = await powerPlan(slope, { tested: 'x', effects: [0, 0.5], distributions: ['normal', 't3'] }, 3);
    await using engine = await createEngine({ backend: 'cpu', workers: 1 });
    const [none, heavy, half] = await Promise.all([0, 1, 2].map((cell) => powerReplicates(plan, cell, 3, { from: 0, to: 20 }, { engine })));
    none!.estimate.forEach((value, i) => { expect(half!.estimate[i]!).toBeCloseTo(value + 0.5, 8); });
    expect(heavy!.estimate).not.toEqual(none!.estimate);
    // In a balanced design the slope is estimated within subjects: their distribution cannot move it.
    heavy!.estimate.forEach((value, i) => { expect(value).toBeCloseTo(none!.estimate[i]!, 4); });
  });
});

describe('tests of a binomial effect', () => {
  test('z, likelihood ratio and its simulated form keep their level and agree on power', async () => {
    const { rows } = await run(binomial, { tested: 'armb', effects: [0, 0.6], tests: ['z', 'lrt', 'simulatedLrt'], nsim: 1000 });
    const [level, powers] = [rows.slice(0, 3), rows.slice(3)];
    for (const row of level) expect(Math.abs(row.rejected - 0.05), row.test).toBeLessThan(allowed(0.05, 1000) + (row.test === 'simulatedLrt' ? allowed(0.05, 1000) / 2 : 0.005));
    for (const row of powers) expect(Math.abs(row.rejected - powers[0]!.rejected)).toBeLessThan(0.03);
    expect(powers[0]!.rejected).toBeGreaterThan(0.5);
  });

  test('several coefficients: multiples of the stated ones', async () => {
    const three: PowerModel = { ...binomial, data: crossedTable('clinic[12]; arm = a|b|c; size = 15'), params: { '(Intercept)': -1, armb: 0.3, armc: 0.6, 'clinic.(Intercept)': 0.6 } };
    const { rows } = await run(three, { tested: ['armb', 'armc'], effects: [0, 1], nsim: 400 });
    expect(rows.map(({ test: name, effect }) => [name, effect])).toEqual([['lrt', 0], ['lrt', 1]]);
    expect(Math.abs(rows[0]!.rejected - 0.05)).toBeLessThan(allowed(0.05, 400));
    expect(rows[1]!.rejected).toBeGreaterThan(0.5);
    expect(rows[0]!.bias).toBeNaN();
  });

  test('a cell stops when its interval is narrow enough, and not before', async () => {
    const { rows } = await run(binomial, { tested: 'armb', effects: [0, 0.5], nsim: 3000, width: 0.04 });
    expect(rows.every((row) => row.rejected_high - row.rejected_low <= 0.04 && row.nsim % 200 === 0)).toBe(true);
    expect(rows[0]!.nsim).toBeLessThan(rows[1]!.nsim);
    const shorter = await run(binomial, { tested: 'armb', effects: [0], nsim: rows[0]!.nsim - 200 });
    expect(shorter.rows[0]!.rejected_high - shorter.rows[0]!.rejected_low).toBeGreaterThan(0.04);
  });

  test('the parameters of a fitted model', async () => {
    const y = Float64Array.from({ length: 24 }, (_, i) => 3 + ((i * 7) % 5));
    const table = { ...binomial.data as object, columns: new Map([...(crossedTable('clinic[12]; arm = a|b; size = 15')).columns, ['y', { kind: 'numeric' as const, values: y }]]), nrow: 24 };
    const { params: _, ...unstated } = binomial;
    const { rows } = await run({ ...unstated, data: table }, { tested: 'armb', nsim: 50 });
    expect(rows).toHaveLength(1);
  });

  test('as a study in parts it is the same', async () => {
    const grid = { tested: 'armb', effects: [0, 0.5], tests: ['lrt', 'simulatedLrt'] } as const;
    const whole = await run(binomial, { ...grid, nsim: 90 });
    const spec = await powerSpec(binomial, { ...grid, nsim: 90, seed: RUN.seed });
    const store = memoryStore(powerStudy(spec));
    await runStudy(powerStudy(spec), store, { backend: 'cpu', workers: 1, partSize: 70 });
    expect((await powerFromResults(spec, 0.05, store)).rows).toEqual(whole.rows);
  });
});

test.each([
  [{ tested: 'armc' }, /tested coefficient 'armc' is no fixed effect.*armb/],
  [{ tested: [] }, /no coefficient is tested/],
  [{ tested: ['armb', '(Intercept)'], tests: ['z' as const] }, /'z' is for one coefficient/],
  [{ tested: 'armb', distributions: ['t2' as const] }, /unknown distribution of random effects 't2'/],
  [{ tested: 'armb', effects: [] }, /effects of the grid is empty/],
  [{ tested: 'armb', nsim: 0 }, /nsim must be a positive integer/],
  [{ tested: 'armb', along: { column: 'clinics', sizes: [3] } }, /no column 'clinics'/],
])('%j is refused', async (options, message) => { await expect(run(binomial, { nsim: 5, ...options })).rejects.toThrow(message); });

test('parameters that are not stated, or not there', async () => {
  await expect(run({ ...binomial, params: { '(Intercept)': 1, armb: 1 } }, { tested: 'armb' })).rejects.toThrow(/'clinic.\(Intercept\)' of the design is not given/);
  await expect(run({ ...binomial, params: { ...binomial.params, armd: 1 } }, { tested: 'armb' })).rejects.toThrow(/no parameter 'armd' \(did you mean 'armb'/);
});

test.each([['t3', null], ['t5', 0], ['skewed', 2], ['mixture', 0]] as const)('%s effects have mean 0, variance 1 and skewness %s', (distribution, skewness) => {
  const { design } = randomDesign({ family: 'poisson', link: 'log', terms: [1], groups: 50 });
  const draw = effectDrawer(design, distribution)!;
  const out = new Float64Array(50);
  const sums = [0, 0, 0];
  for (let i = 0; i < 2000; i++) {
    draw(out, 3, i);
    for (const u of out) sums.forEach((_, power) => { sums[power]! += u ** (power + 1) / 100_000; });
  }
  expect(Math.abs(sums[0]!)).toBeLessThan(0.015);
  expect(Math.abs(sums[1]! - 1)).toBeLessThan(distribution === 't3' ? 0.15 : 0.04);
  if (skewness !== null) expect(Math.abs(sums[2]! - skewness)).toBeLessThan(0.3);
});
