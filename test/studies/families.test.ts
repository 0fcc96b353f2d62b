/** Every study on families that are not binomial, against models that are fitted one by one. */
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { crossValidate } from '../../src/studies/cross-validation.js';
import { takeRows } from '../../src/studies/design-table.js';
import { doubleBootstrap } from '../../src/studies/double-bootstrap.js';
import { influence } from '../../src/studies/influence.js';
import { manyResponses } from '../../src/studies/many-responses.js';
import { permutationTest } from '../../src/studies/permutation.js';
import { power } from '../../src/studies/power.js';
import { simulatedLrt } from '../../src/studies/simulated-lrt.js';
import type { Table } from '../../src/table/table.js';
import { referenceTable } from '../helpers/reference.js';

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const RUN = { seed: 4, backend: 'cpu', workers: 1 } as const;

interface Case {
  readonly name: string;
  readonly table: Table;
  readonly larger: string;
  readonly smaller: string;
  readonly tested: string;
  readonly group: string;
  readonly options: GlmmOptions;
}

const cases: readonly Case[] = [
  {
    name: 'negative binomial', table: referenceTable('salamanders', {}), larger: 'count ~ mined + (1 | site)', smaller: 'count ~ 1 + (1 | site)', tested: 'minedyes', group: 'site',
    options: { family: 'nbinom2' },
  },
  {
    name: 'gaussian', table: referenceTable('sleepstudy', {}), larger: 'RT ~ Days + (1 | Subject)', smaller: 'RT ~ 1 + (1 | Subject)', tested: 'Days', group: 'Subject',
    options: { family: 'gaussian', REML: false },
  },
  {
    name: 'ordinal', table: referenceTable('wine', { rating: { ...factor, levels: ['1', '2', '3', '4', '5'], ordered: true } }), larger: 'rating ~ temp + contact + (1 | judge)',
    smaller: 'rating ~ temp + (1 | judge)', tested: 'contactyes', group: 'judge', options: { family: 'cumulative' },
  },
];

const fitted = (one: Case, formula: string, table = one.table): Promise<GlmmFit> => glmm(formula, table, { ...one.options, backend: 'cpu' });
/** Some rows of a table. */
function take(table: Table, rows: readonly number[]): Table {
  return { nrow: rows.length, columns: new Map([...table.columns].map(([name, values]) => [name, takeRows(values, rows)])) };
}

/** A table without the rows of a level. */
function without({ table, group }: Case, level: string): Table {
  const column = table.columns.get(group)!;
  const of = (i: number): string => (column.kind === 'factor' ? column.levels[column.codes[i]!]! : String(column.values[i]!));
  return take(table, Array.from({ length: table.nrow }, (_, i) => i).filter((i) => of(i) !== level));
}

describe.each(cases)('$name', (one) => {
  const larger = fitted(one, one.larger);
  const smaller = fitted(one, one.smaller);

  test('null statistics are those of both models fitted to each response', async () => {
    const [low, high] = [await smaller, await larger];
    const result = await simulatedLrt(low, high, { nsim: 6, ...RUN });
    expect(result.statistic).toBeCloseTo(2 * (high.logLik - low.logLik), 4);
    const responses = low.simulate({ nsim: 6, seed: RUN.seed });
    for (const [i, y] of responses.entries()) {
      const expected = 2 * ((await high.refit(y)).logLik - (await low.refit(y)).logLik);
      expect(result.replicates[i]!, `replicate ${i + 1}`).toBeCloseTo(Math.max(0, expected), 4);
    }
    expect([result.used, Object.values(result.counts.larger).reduce((sum, count) => sum + count, 0)]).toEqual([6, 6]);
  });

  test('influence is the change that leaving a level out of the data makes', async () => {
    const fit = await larger;
    const { rows } = await influence(fit, { by: one.group, backend: 'cpu', workers: 1 });
    for (const row of [rows[0]!, rows.at(-1)!]) {
      const again = await fitted(one, one.larger, without(one, row.unit));
      const errors = fit.coefficients().map(({ std_error }) => std_error);
      errors.forEach((error, j) => { expect(Math.abs(row.dfbeta[j]! - (again.params[j]! - fit.params[j]!)) / error).toBeLessThan(1e-3); });
      expect(row.logLik).toBeCloseTo(again.logLik, 4);
    }
  });

  test('the score of a fold is the density that its rows add', async () => {
    const fit = await larger;
    const { folds, predicted, foldOf, log_score: score, rmse, brier } = await crossValidate(fit, { folds: 3, by: one.group, ...RUN });
    expect(folds.map(({ status }) => status)).toEqual(folds.map(() => 'converged'));
    expect(folds.reduce((sum, { log_score }) => sum + log_score, 0)).toBeCloseTo(score, 9);
    expect([...predicted].every(Number.isFinite)).toBe(true);
    // Three folds lose more than the fit, whose parameters saw all rows.
    expect(score).toBeLessThan(fit.logLik);
    expect(new Set(foldOf).size).toBe(3);
    // The first fold by a fit and a prediction of its own.
    const rows = [...foldOf.keys()].filter((i) => foldOf[i] === 0);
    const alone = await fitted(one, one.larger, take(one.table, [...foldOf.keys()].filter((i) => foldOf[i] !== 0)));
    const { fit: values, levels } = alone.predict({ data: take(one.table, rows), allowNewLevels: true });
    const of = (at: number): number => (levels === null ? values[at]! : values[at * levels.length + fit.response[rows[at]!]! - 1]!);
    rows.forEach((i, at) => { expect(predicted[i]!).toBeCloseTo(of(at), 4); });
    if (levels === null) {
      expect(folds[0]!.rmse!).toBeCloseTo(Math.sqrt(rows.reduce((sum, i, at) => sum + (fit.response[i]! - of(at)) ** 2, 0) / rows.length), 4);
      expect([brier, folds[0]!.brier]).toEqual([null, null]);
    } else {
      const squares = [...values].reduce((sum, p, place) => sum + (p - (place % levels.length === fit.response[rows[Math.floor(place / levels.length)]!]! - 1 ? 1 : 0)) ** 2, 0);
      expect(folds[0]!.brier!).toBeCloseTo(squares / rows.length, 4);
      expect([rmse, folds[0]!.rmse]).toEqual([null, null]);
    }
  });

  test('permutations, double bootstrap and power count every fit', async () => {
    const fit = await larger;
    const permuted = await permutationTest(fit, { columns: [one.tested], nsim: 19, ...RUN });
    expect(permuted.statistic).toBeCloseTo(2 * (fit.logLik - (await smaller).logLik), 4);
    const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect([total(permuted.counts), permuted.replicates.length]).toEqual([19, 19]);
    const calibrated = await doubleBootstrap(fit, { nsim: 12, inner: 8, ...RUN });
    expect(total(calibrated.outer.counts)).toBe(12);
    expect(calibrated.intervals(0.9).find(({ parameter }) => parameter === one.tested)!.replicates).toBe(calibrated.outer.counts.converged + calibrated.outer.counts.boundary);
    const { rows: [row] } = await power({ formula: one.larger, data: one.table, ...one.options }, { tested: one.tested, tests: ['lrt'], nsim: 20, ...RUN });
    expect(row!.rejected).toBeGreaterThanOrEqual(0.5);
    expect([row!.nsim, row!.failed]).toEqual([20, 0]);
  });
});

test.each(cases.slice(0, 2))('many responses of a $name model are its single fits', async (one) => {
  const [name] = one.larger.split(' ~');
  const { values } = one.table.columns.get(name!) as { values: Float64Array };
  const shifted = values.map((_, i) => values[(i + 36) % values.length]!);
  const table: Table = { ...one.table, columns: new Map([...one.table.columns, ['other', { kind: 'numeric', values: shifted }]]) };
  const { rows } = await manyResponses(one.larger.replace(name!, 'y'), table, { ...one.options, responses: [name!, 'other'], workers: 1, backend: 'cpu' });
  const single = await glmm(one.larger.replace(name!, 'other'), table, { ...one.options, backend: 'cpu' });
  const row = rows.find(({ response, term }) => response === 'other' && term === one.tested)!;
  expect(Math.abs(row.estimate - single.coefficients().find(({ term }) => term === one.tested)!.estimate) / row.std_error).toBeLessThan(1e-3);
});
