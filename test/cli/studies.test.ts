/** The commands on studies, as a user runs them. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.js';

const CBPP = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const MODEL = [CBPP, '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor'];
const DESIGN = ['--design', 'clinic[12]; arm = a|b; size = 15', '--formula', 'cbind(y, size - y) ~ arm + (1 | clinic)', '--family', 'binomial',
  '--params', '(Intercept)=-1,armb=0.5,clinic.(Intercept)=0.6', '--tested', 'armb'];
let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'glmmgpu-studies-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const lines = (path: string): string[] => readFileSync(path, 'utf8').trim().split('\n');

test.each([
  ['lrt', ['--null', '~ 1 + (1 | herd)', '--nsim', '60'], /parametric bootstrap +25\.610 .*\n.*Bartlett/, 5],
  ['lrt', ['--null', 'cbind(incidence, size - incidence) ~ 1 + (1 | herd)', '--nsim', '60', '--stop-after', '3'], /Larger model\. Status of 60 refits/, 5],
  ['influence', [], /Influence of herd: 15 fits/, 15],
  ['influence', ['--by', 'rows'], /Influence of rows: 56 fits, the 20 largest/, 56],
  ['crossvalidate', ['--folds', '5'], /5-fold cross-validation by herd[^]*Brier score 0\.\d/, 56],
  ['permute', ['--columns', 'period2,period3,period4', '--nsim', '39'], /rows exchanged within levels of herd/, 39],
  ['calibrate', ['--nsim', '60', '--inner', '20'], /60 replicates with 20 of their own/, 5],
] as const)('%s %j', async (command, options, printed, rows) => {
  const [csv, json] = [join(folder, 'table.csv'), join(folder, 'all.json')];
  const { code, stdout, stderr } = await runCli([command, ...MODEL, ...options, '--csv', csv, '--json', json]);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(printed);
  expect(lines(csv)).toHaveLength(rows + 1);
  expect(() => { JSON.parse(readFileSync(json, 'utf8')); }).not.toThrow();
});

test('many responses by a pattern, and imputations by a column', async () => {
  const text = readFileSync(CBPP, 'utf8').trim().split('\n').map((line, i) => (i === 0 ? `${line},item1,item2,.imp` : `${line},${i % 3},${i % 2},${i % 2 === 0 ? 1 : 2}`));
  const data = join(folder, 'more.csv');
  writeFileSync(data, `${text.join('\n')}\n`);
  const many = await runCli(['many', data, '--formula', 'cbind(y, size - y) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor', '--responses', 'incidence,item*', '--csv', join(folder, 'many.csv')]);
  expect([many.code, many.stderr]).toEqual([0, '']);
  expect(lines(join(folder, 'many.csv'))).toHaveLength(1 + 3 * 4);
  const pooled = await runCli(['pool', data, ...MODEL.slice(1), '--imputation', '.imp']);
  expect([pooled.code, pooled.stderr]).toEqual([0, '']);
  expect(pooled.stdout).toMatch(/Pooled over 2 imputations[^]*period4/);
});

describe('power', () => {
  test('a run in a folder: table, curves, and resumption with the same bytes', async () => {
    const out = join(folder, 'power');
    const args = ['power', ...DESIGN, '--effects', '0,0.5', '--along', 'clinic=12,24', '--tests', 'z,lrt', '--nsim', '60', '--out', out];
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/4 cells of 60 replicates/);
    expect(lines(join(out, 'power.csv'))).toHaveLength(9);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report.match(/<svg role="img"/g)).toHaveLength(4);
    expect(readdirSync(out)).toContain('replicates.parquet');
    const before = readFileSync(join(out, 'power.csv'), 'utf8');
    expect((await runCli([...args, '--resume'])).code).toBe(0);
    expect(readFileSync(join(out, 'power.csv'), 'utf8')).toBe(before);
  });

  test('stops when it knows enough', async () => {
    const { code, stdout } = await runCli(['power', ...DESIGN, '--nsim', '2000', '--width', '0.13', '--json', '-']);
    expect(code).toBe(0);
    const { rows } = JSON.parse(stdout) as { rows: { nsim: number }[] };
    expect(rows[0]!.nsim).toBeLessThan(2000);
  });
});

test.each([
  [['power', ...DESIGN, '--width', '0.1', '--shard', '1/2', '--out', join(tmpdir(), 'glmmgpu-no-shard')], /stops by its results \(--stop-after, --width\) cannot be shared out/],
  [['power', ...DESIGN.slice(2), '--nsim', '5'], /needs a data file or --design/],
  [['power', ...DESIGN, '--along', 'clinic'], /--along is written column=size,size/],
  [['lrt', ...MODEL, '--null', '~ size + (1 | herd)', '--nsim', '5'], /fixed effect 'size' is no combination/],
  [['influence', ...MODEL, '--by', 'hrd'], /did you mean 'herd'/],
  [['many', ...MODEL, '--responses', 'gene*'], /no column is called 'gene\*'/],
  [['pool', ...MODEL, '--imputation', 'imp'], /no column 'imp' that numbers the imputations/],
  [['bootstrap', ...MODEL, '--statistic', 'odds=exp(perod2)', '--nsim', '5'], /perod2.*did you mean 'period2'/],
])('%j: one line, exit code 2', async (args, message) => {
  const { code, stderr } = await runCli(args);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});

test('bootstrap by levels with every kind of interval and a statistic', async () => {
  const { code, stdout, stderr } = await runCli(['bootstrap', ...MODEL, '--method', 'levels', '--nsim', '80', '--ci', 'bca,studentised,shortest', '--statistic', 'odds=exp(period2)', '--json', '-']);
  expect([code, stderr]).toEqual([0, '']);
  const { bootstrap } = JSON.parse(stdout) as { bootstrap: { method: string; intervals: { parameter: string; kind: string; conf_low: number | null }[] } };
  expect(bootstrap.method).toBe('levels');
  expect(bootstrap.intervals.filter((row) => row.parameter === 'period2').every((row) => row.conf_low !== null)).toBe(true);
  expect(bootstrap.intervals.some((row) => row.parameter === 'odds')).toBe(true);
});
