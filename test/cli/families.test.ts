/** Families with zero inflation, dispersion and ordered categories on the command line: models, predictions, draws, refits and bootstraps. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FitJson } from '../../src/fit/types.js';
import { readCsv } from '../../src/table/csv.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'glmmgpu-families-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const dataFile = (name: string): string => fileURLToPath(new URL(`../fixtures/data/${name}.csv`, import.meta.url));

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const column = (csv: string, name: string): (number | string)[] => {
  const found = readCsv(csv).columns.get(name)!;
  return found.kind === 'numeric' ? Array.from(found.values) : Array.from(found.codes, (code) => found.levels[code]!);
};
const header = (csv: string): string => csv.slice(0, csv.indexOf('\n'));

describe('ordered categories with names', () => {
  const model = join(folder, 'wine.json');
  const words = ['none', 'low', 'mid', 'high', 'very high'];
  const file = join(folder, 'wine.csv');
  const args = ['--formula', 'bitterness ~ temp + contact + (1 | judge)', '--family', 'cumulative', '--types', 'bitterness=ordered,judge=factor', '--levels', `bitterness=${words.join('|')}`];
  beforeAll(async () => {
    const wine = readCsv(readFileSync(dataFile('wine'), 'utf8'));
    const rating = wine.columns.get('rating')!;
    const rows = readFileSync(dataFile('wine'), 'utf8').trim().split('\n');
    writeFileSync(file, rows.map((row, i) => `${row},${i === 0 ? 'bitterness' : words[(rating.kind === 'numeric' ? rating.values[i - 1]! : NaN) - 1]!}`).join('\n'));
    await succeed('fit', file, ...args, '--save', model);
  });

  test('predictions are named by category', async () => {
    const probabilities = await succeed('predict', model);
    expect(header(probabilities)).toBe('row,prob_none,prob_low,prob_mid,prob_high,prob_very high');
    expect(header(await succeed('predict', model, '--type', 'cum.prob', '--population'))).toContain('cum.prob_high');
    const columns = words.map((word) => column(probabilities, `prob_${word}`) as number[]);
    column(await succeed('predict', model, '--type', 'class'), 'fit').forEach((word, i) => {
      expect(columns[words.indexOf(String(word))]![i]).toBe(Math.max(...columns.map((own) => own[i]!)));
    });
    const refused = await runCli(['predict', model, '--residuals', 'pearson']);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/residuals of an ordered response are not defined/);
  });

  test('draws are categories, and a refit takes them back', async () => {
    const draws = join(folder, 'draws.csv');
    await succeed('simulate', model, '--nsim', '2', '--seed', '3', '--out', draws);
    expect(column(readFileSync(draws, 'utf8'), 'sim_1').every((value) => words.includes(String(value)))).toBe(true);
    const own = JSON.parse(await succeed('summary', model, '--json', '-')) as FitJson;
    const same = JSON.parse(await succeed('refit', model, '--data', file, '--response', 'bitterness', '--json', '-')) as FitJson;
    expect(same.logLik).toBeCloseTo(own.logLik, 8);
    const other = JSON.parse(await succeed('refit', model, '--data', draws, '--response', 'sim_2', '--json', '-')) as FitJson;
    expect(other.logLik).not.toBeCloseTo(own.logLik, 3);
    const refused = await runCli(['refit', model, '--data', file, '--response', 'rating']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/'rating' is 2 in row 1, which is no category of the model \(none, low, mid, high, very high\)/)]);
  });

  test('a bootstrap has the thresholds under their names', async () => {
    const out = join(folder, 'wine-bootstrap');
    await succeed('bootstrap', file, ...args, '--nsim', '20', '--backend', 'cpu', '--out', out, '--progress', 'none');
    const intervals = readFileSync(join(out, 'intervals.csv'), 'utf8');
    expect(new Set(column(intervals, 'parameter'))).toEqual(new Set(['tempwarm', 'contactyes', 'sd_(Intercept)|judge', 'none|low', 'low|mid', 'mid|high', 'high|very high']));
  });
});

test('zero inflation and dispersion: names in the JSON, the intervals and the replicates', async () => {
  const out = join(folder, 'salamanders');
  const model = join(folder, 'salamanders.json');
  const args = [dataFile('salamanders'), '--formula', 'count ~ mined + (1 | site)', '--family', 'nbinom2', '--zi', '~ mined', '--disp', '~ DOY'];
  const json = JSON.parse(await succeed('fit', ...args, '--save', model, '--json', '-')) as FitJson;
  expect([json.zi!.map(({ term }) => term), json.disp!.map(({ term }) => term), json.thresholds, json.dispersion]).toEqual([['(Intercept)', 'minedyes'], ['(Intercept)', 'DOY'], null, null]);
  const probabilities = column(await succeed('predict', model, '--type', 'zprob'), 'fit') as number[];
  const means = column(await succeed('predict', model), 'fit') as number[];
  column(await succeed('predict', model, '--type', 'conditional', '--se'), 'fit').forEach((value, i) => { expect(means[i]! / ((1 - probabilities[i]!) * Number(value))).toBeCloseTo(1, 10); });
  await succeed('bootstrap', ...args, '--nsim', '12', '--backend', 'cpu', '--out', out, '--progress', 'none');
  const own = ['(Intercept)', 'minedyes', 'sd_(Intercept)|site', 'dispersion.(Intercept)', 'dispersion.DOY', 'zi.(Intercept)', 'zi.minedyes'];
  expect([...new Set(column(readFileSync(join(out, 'intervals.csv'), 'utf8'), 'parameter'))]).toEqual(own);
  const bytes = readFileSync(join(out, 'replicates.parquet'));
  const rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
  expect(rows).toHaveLength(12);
  expect(Object.keys(rows[0]!)).toEqual(['replicate', 'status', 'logLik', 'evaluations', 'decrement', ...own, 'theta_site.(Intercept)']);
});

test('zero inflation of a response without zeros is advised against, not refused', async () => {
  const text = await succeed('fit', dataFile('made'), '--formula', 'gamma ~ x + (1 | g)', '--family', 'ziGamma', '--link', 'log', '--zi', '~ 1');
  expect(text.replaceAll(/\s+/g, ' ')).toContain("response 'gamma' has no zeros, so nothing tells of zero inflation; leave it out");
});

test('random effects of the zero inflation', async () => {
  const args = [dataFile('salamanders'), '--formula', 'count ~ mined + (1 | site)', '--family', 'poisson', '--zi', '~ mined + (1 | site)'];
  const text = await succeed('fit', ...args);
  expect(text).toMatch(/ site {3}\(Intercept\) {4}0\.05211 {2}0\.2283\n site\.1 zi\.\(Intercept\) 0\.41953 {2}0\.6477/);
  expect(text).toContain('Zero-inflation model:');
  const device = await runCli(['fit', ...args, '--nagq', '5']);
  expect([device.code, device.stderr]).toEqual([2, expect.stringMatching(/nAGQ = 5 needs random effects on the mean alone.*use nAGQ = 1/)]);
});
