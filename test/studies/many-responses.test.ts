/** One model for many responses: each is what a fit of its own gives. */
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { decode, encode } from '../../src/plain-json.js';
import { takeRows } from '../../src/studies/design-table.js';
import { manyResponses } from '../../src/studies/many-responses.js';
import { type ManySpec, benjaminiHochberg, manyFromResults, manySpec, manyStudy } from '../../src/studies/many-study.js';
import { memoryStore } from '../../src/studies/memory-store.js';
import { openStudy } from '../../src/studies/registry.js';
import { runStudy } from '../../src/studies/run-study.js';
import type { Column, FactorColumn, Table } from '../../src/table/table.js';
import { generator } from '../helpers/designs.js';
import { referenceTable } from '../helpers/reference.js';

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const cbpp = referenceTable('cbpp', { period: { ...factor, levels: ['1', '2', '3', '4'] } });
const sleepstudy = referenceTable('sleepstudy', {});
const RUN = { backend: 'cpu', workers: 1 } as const;
const cbppValues = (name: string): Float64Array => (cbpp.columns.get(name) as { values: Float64Array }).values;

describe('many responses on one design', () => {
  const random = generator(8);
  const n = cbpp.nrow;
  const columns = new Map(cbpp.columns);
  const names = Array.from({ length: 30 }, (_, j) => `item${j}`);
  names.forEach((name) => { columns.set(name, { kind: 'numeric', values: Float64Array.from({ length: n }, () => Math.floor(8 * random() ** 2)) }); });
  (columns.get('item3') as { values: Float64Array }).values[7] = NaN;
  columns.set('none', { kind: 'numeric', values: new Float64Array(n).fill(NaN) });
  columns.set('zero', { kind: 'numeric', values: new Float64Array(n) });
  const table = { nrow: n, columns };

  test('each is what a fit of its own gives; missing values leave out their rows alone', async () => {
    const result = await manyResponses('y ~ period + (1 | herd)', table, { family: 'poisson', responses: [...names, 'none', 'zero'], ...RUN });
    for (const name of ['item0', 'item3']) {
      const own = await glmm(`${name} ~ period + (1 | herd)`, table, { family: 'poisson' });
      const rows = result.rows.filter((row) => row.response === name);
      expect(rows.map((row) => row.nobs)).toEqual(new Array(4).fill(own.nobs));
      own.coefficients().forEach((row, j) => {
        expect(rows[j]!.estimate).toBeCloseTo(row.estimate, 4);
        expect(rows[j]!.std_error / row.std_error).toBeCloseTo(1, 3);
        expect(rows[j]!.p_value).toBeCloseTo(row.p_value, 4);
      });
    }
    expect(result.rows.find((row) => row.response === 'none')).toMatchObject({ status: 'nonFinite', nobs: 0, estimate: NaN });
    expect(['separated', 'maxEvaluations', 'lineSearch']).toContain(result.rows.find((row) => row.response === 'zero')!.status);
    expect(result.estimates.map((column) => column.length)).toEqual(new Array(5).fill(32));
    const tested = result.rows.filter((row) => row.term === 'period2' && !Number.isNaN(row.p_value));
    expect(tested.every((row) => row.p_adjusted >= row.p_value)).toBe(true);
  });

  const share = new Map(cbpp.columns);
  share.set('share', { kind: 'numeric', values: cbppValues('incidence').map((value, i) => value / cbppValues('size')[i]!) });
  share.set('twice', { kind: 'numeric', values: cbppValues('size').map((size) => 2 * size) });
  const herd = { nrow: n, columns: share };
  test.each<[string, string, string, Table, Omit<GlmmOptions, 'start' | 'backend' | 'signal'>]>([
    ['a transformed response', 'sqrt(y) ~ Days + (1 | Subject)', 'RT', sleepstudy, { family: 'gaussian', REML: false }],
    ['a transformation that 0 does not have', 'log(y) ~ Days + (1 | Subject)', 'RT', sleepstudy, { family: 'gaussian', REML: false }],
    ['failures that are not a rest', 'cbind(y, twice) ~ period + (1 | herd)', 'incidence', herd, { family: 'binomial' }],
    ['failures in the first place', 'cbind(size - y, y) ~ period + (1 | herd)', 'incidence', herd, { family: 'binomial' }],
    ['trials of an overdispersed family', 'cbind(y, size - y) ~ period + (1 | herd)', 'incidence', herd, { family: 'betabinomial' }],
    ['a proportion with its sizes', 'y ~ period + (1 | herd)', 'share', herd, { family: 'binomial', weights: 'size' }],
    ['a condition', '(y > 1) ~ period + (1 | herd)', 'incidence', herd, { family: 'binomial' }],
  ])('%s is the one of a single fit', async (_, formula, response, data, options) => {
    const own = await glmm(formula.replace(/\by\b/g, response), data, options);
    const { rows } = await manyResponses(formula, data, { ...options, responses: [response, response], ...RUN });
    own.coefficients().forEach((row, j) => {
      expect(Math.abs(rows[j]!.estimate - row.estimate) / row.std_error).toBeLessThan(1e-3);
      expect(rows[j]!.std_error / row.std_error).toBeCloseTo(1, 3);
      expect(rows[j]!.nobs).toBe(own.nobs);
    });
  });

  test('responses that differ in their numbers of trials keep their own', async () => {
    const { rows } = await manyResponses('cbind(y, size) ~ period + (1 | herd)', herd, { family: 'binomial', responses: ['incidence', 'size'], ...RUN });
    // As many failures as successes everywhere.
    expect(Math.abs(rows.find(({ response }) => response === 'size')!.estimate)).toBeLessThan(1e-6);
    await expect(manyResponses('cbind(y, size) ~ period + (1 | herd)', herd, { family: 'betabinomial', responses: ['incidence', 'size'], ...RUN })).rejects.toThrow(/differ in their numbers of trials/);
    await expect(manyResponses('cbind(y, z) ~ period + (1 | herd)', herd, { family: 'binomial', responses: ['incidence'] })).rejects.toThrow(/has 2 names \(y, z\) that the data do not have/);
    await expect(manyResponses('sqrt(size) ~ period + (1 | herd)', herd, { family: 'gaussian', responses: ['incidence'] })).rejects.toThrow(/has no name that the data do not have/);
  });

  test('p-values are adjusted as by R\'s p.adjust: those that are missing are not counted', () => {
    // p.adjust(c(0.01, 0.04, NA, 0.03, 0.2, 0.03, NA, 1e-300, 1, NA), "BH")
    const adjusted = [...benjaminiHochberg(Float64Array.of(0.01, 0.04, NaN, 0.03, 0.2, 0.03, NaN, 1e-300, 1, NaN))];
    const expected = [0.035, 0.056, NaN, 0.0525, 0.233333333333333, 0.0525, NaN, 7e-300, 1, NaN];
    adjusted.forEach((value, i) => { expect(Number.isNaN(value) ? NaN : value / expected[i]!).toEqual(Number.isNaN(expected[i]) ? NaN : expect.closeTo(1, 12)); });
  });

  test('failed fits are not counted among the tests', async () => {
    const options = { family: 'poisson', ...RUN } as const;
    const all = await manyResponses('y ~ period + (1 | herd)', table, { ...options, responses: ['item0', 'none', 'item1', 'zero', 'item2'] });
    const fitted = await manyResponses('y ~ period + (1 | herd)', table, { ...options, responses: ['item0', 'item1', 'item2'] });
    expect(all.rows.filter(({ response }) => response.startsWith('item'))).toEqual(fitted.rows);
    expect(all.rows.filter(({ response }) => !response.startsWith('item')).every((row) => Number.isNaN(row.p_value) && Number.isNaN(row.p_adjusted))).toBe(true);
  });

  test('a value that the family does not allow leaves its response without a fit, not without the row', async () => {
    const counts = (columns.get('item0') as { values: Float64Array }).values;
    const odd = new Map([...cbpp.columns, ...Object.entries({
      negative: counts.map((value, i) => (i === 3 ? -1 : value)), half: counts.map((value) => value + 0.5), infinite: counts.map((value, i) => (i === 9 ? Infinity : value)),
    }).map(([name, values]) => [name, { kind: 'numeric', values }] as const)]);
    for (const [family, names] of [['poisson', ['negative', 'half', 'infinite']], ['gaussian', ['infinite']], ['binomial', ['negative', 'half']]] as const) {
      const { rows } = await manyResponses('y ~ period + (1 | herd)', { nrow: n, columns: odd }, { family, responses: names, ...RUN });
      expect(rows.every((row) => row.status === 'nonFinite' && row.nobs === n && Number.isNaN(row.estimate))).toBe(true);
    }
  });

  test('a row without trials, or with a number of them that is missing, says nothing', async () => {
    const gaps = { nrow: n, columns: new Map([...cbpp.columns, ['size', { kind: 'numeric', values: cbppValues('size').map((size, i) => (i === 6 ? NaN : size)) }] as const]) };
    const formula = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
    const own = await glmm(formula, gaps, { family: 'binomial' });
    const { rows } = await manyResponses(formula.replaceAll('incidence', 'y'), gaps, { family: 'binomial', responses: ['incidence'], ...RUN });
    expect(rows.map(({ nobs, status }) => [nobs, status])).toEqual(new Array(4).fill([n - 1, 'converged']));
    own.coefficients().forEach((row, j) => { expect(Math.abs(rows[j]!.estimate - row.estimate) / row.std_error).toBeLessThan(1e-3); });
  });

  test('responses without variation: no count separates, a constant has no residual variance', async () => {
    const same = new Map([...columns, ['seven', { kind: 'numeric', values: new Float64Array(n).fill(7) }] as const]);
    const statusOf = async (family: 'poisson' | 'nbinom2' | 'binomial' | 'gaussian', response: string): Promise<string> =>
      (await manyResponses('y ~ period + (1 | herd)', { nrow: n, columns: same }, { family, responses: [response], ...RUN })).rows[0]!.status;
    for (const family of ['poisson', 'nbinom2', 'binomial'] as const) expect(await statusOf(family, 'zero')).toBe('separated');
    expect(await statusOf('gaussian', 'seven')).toBe('nonFinite');
  });

  test('the response of the formula may be one of the columns: its gaps are its own, and so are names that objects have', async () => {
    const more = new Map([...columns, ['__proto__', columns.get('item1')!] as const, ['constructor', columns.get('item2')!] as const]);
    const data = { nrow: n, columns: more };
    const options = { family: 'poisson', responses: ['item3', '__proto__', 'constructor'], ...RUN } as const;
    const own = await manyResponses('item3 ~ period + (1 | herd)', data, options);
    expect(own.rows).toEqual((await manyResponses('y ~ period + (1 | herd)', data, options)).rows);
    expect(own.rows.filter(({ term }) => term === 'period2').map(({ nobs }) => nobs)).toEqual([n - 1, n, n]);
  });

  test('in parts it gives what it gives whole', async () => {
    const spec = manySpec('y ~ period + (1 | herd)', table, { family: 'nbinom2', responses: [...names, 'none', 'zero'] });
    const [whole, parts] = await Promise.all([undefined, 5].map(async (partSize) => {
      const store = memoryStore(manyStudy(spec));
      await runStudy(openStudy(decode(encode(spec)) as ManySpec), store, { ...RUN, ...(partSize === undefined ? {} : { partSize }) });
      return manyFromResults(spec, store);
    }));
    expect(parts).toEqual(whole);
  });
  test('mistakes are named', async () => {
    await expect(manyResponses('y ~ period + (1 | herd)', table, { family: 'poisson', responses: ['itm1'] })).rejects.toThrow(/no column 'itm1'.*did you mean 'item1'/);
    await expect(manyResponses('y ~ period + (1 | herd)', table, { family: 'poisson', responses: [] })).rejects.toThrow(/no response is named/);
    await expect(manyResponses('y ~ period + (1 | herd)', table, { family: 'poisson', response: ['item1'] } as never)).rejects.toThrow(/manyResponses has no option 'response' \(did you mean 'responses'/);
  });
});

describe('ordered responses', () => {
  const wine = referenceTable('wine', { rating: { ...factor, levels: ['1', '2', '3', '4', '5'], ordered: true } });
  const { codes } = wine.columns.get('rating') as FactorColumn;
  const graded = new Map<string, Column>([
    ...wine.columns,
    // The best three grades are one; grade 2 does not occur; a single grade; one value is missing.
    ['three', { kind: 'numeric', values: Float64Array.from(codes, (code) => Math.min(code + 1, 3)) }],
    ['gap', { kind: 'numeric', values: Float64Array.from(codes, (code) => (code === 1 ? 1 : code + 1)) }],
    ['one', { kind: 'numeric', values: new Float64Array(wine.nrow).fill(3) }],
    ['missing', { kind: 'factor', source: 'factor', ordered: true, levels: ['1', '2', '3', '4', '5'], codes: codes.map((code, i) => (i === 4 ? -1 : code)) }],
  ]);
  const table = { nrow: wine.nrow, columns: graded };
  const responses = ['rating', 'three', 'one', 'gap', 'missing'];
  const FORMULA = 'y ~ temp + contact + (1 | judge)';

  test('each has the thresholds of its own categories, as a fit of its own has', async () => {
    const result = await manyResponses(FORMULA, table, { family: 'cumulative', responses, ...RUN });
    expect(result.parameters).toEqual(['tempwarm', 'contactyes', 'sd_(Intercept)|judge', '1|2', '2|3', '3|4', '4|5', '1|3']);
    for (const [b, name] of responses.entries()) {
      const estimates = new Map(result.parameters.map((parameter, j) => [parameter, result.estimates[j]![b]!]));
      if (name === 'one') {
        expect([...estimates.values()].every(Number.isNaN)).toBe(true);
        continue;
      }
      const own = await glmm(FORMULA.replace('y', name), table, { family: 'cumulative' });
      expect(result.fit.logLik[b]!).toBeCloseTo(own.logLik, 6);
      const names = ['tempwarm', 'contactyes', 'sd_(Intercept)|judge', ...own.design.auxiliary[0]!.names];
      names.forEach((parameter, j) => { expect(estimates.get(parameter)! / own.params[j]!, `${name} ${parameter}`).toBeCloseTo(1, 3); });
      expect([...estimates].filter(([, value]) => !Number.isNaN(value)).map(([parameter]) => parameter).sort()).toEqual(names.sort());
    }
    expect(result.counts).toMatchObject({ converged: 4, nonFinite: 1 });
    expect(result.rows.filter(({ term }) => term === 'tempwarm').map(({ nobs }) => nobs)).toEqual([72, 72, 72, 72, 71]);
    // ordinal::clmm 2022.11.16: log-likelihoods of `three` and `missing`.
    expect([1, 4].map((b) => result.fit.logLik[b]!.toFixed(5))).toEqual(['-46.87347', '-80.59724']);
  });

  test('structures of thresholds, and what they cannot be', async () => {
    const { parameters, counts } = await manyResponses(FORMULA, table, { family: 'cumulative', threshold: 'equidistant', responses, ...RUN });
    expect(parameters.slice(3)).toEqual(['threshold.1', 'spacing']);
    expect(counts.converged).toBe(4);
    const two = new Map([...graded, ['two', { kind: 'numeric', values: Float64Array.from(codes, (code) => Math.min(code, 1)) }] as const]);
    await expect(manyResponses(FORMULA, { nrow: wine.nrow, columns: two }, { family: 'cumulative', threshold: 'symmetric', responses: ['rating', 'two'], ...RUN }))
      .rejects.toThrow(/^symmetric thresholds need three categories or more, response 'two' has 2; leave it out or use flexible$/);
    const many = new Map([...graded, ['id', { kind: 'numeric', values: Float64Array.from({ length: 202 }, (_, i) => i) }] as const]);
    const long = { nrow: 202, columns: new Map([...many].map(([name, column]) => [name, name === 'id' ? column : takeRows(column, Array.from({ length: 202 }, (_, i) => i % 72))])) };
    await expect(manyResponses(FORMULA, long, { family: 'cumulative', responses: ['rating', 'id'], ...RUN })).rejects.toThrow(/response 'id' has 202 different values; family cumulative takes up to 100/);
  });
});
