/** `compare`, `drop1`, `confint`, `emmeans` and `diagnose` as a user runs them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.js';

const data = (name: string): string => fileURLToPath(new URL(`../../data/${name}.csv`, import.meta.url));
const FULL = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const SMALL = 'cbind(incidence, size - incidence) ~ 1 + (1 | herd)';
const CBPP = ['--family', 'binomial', '--types', 'period=factor', '--backend', 'cpu', '--workers', '1'];

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'glmmgpu-inference-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe.concurrent('tables', () => {
  test('compare', async () => {
    const { code, stdout, stderr } = await runCli(['compare', data('cbpp'), '--formula', FULL, '--formula', SMALL, ...CBPP, '--csv', join(folder, 'compare.csv')]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain(`1: ${SMALL}\n2: ${FULL}\n`);
    expect(stdout).toMatch(/2 +5 194\.05 204\.18 +-92\.03 +184\.05 25\.6101 +3 +1\.15e-05/);
    expect(readFileSync(join(folder, 'compare.csv'), 'utf8').split('\n')[1]).toMatch(/NA,NA,NA,NA,NA$/);
  });

  test('drop1', async () => {
    const { stdout, code } = await runCli(['drop1', data('cbpp'), '--formula', FULL, ...CBPP]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/period +3 213\.66 25\.6101 +1\.15e-05 \*\*\*/);
  });

  test('confint with curves, as JSON', async () => {
    const curves = join(folder, 'curves.csv');
    const { stdout, code } = await runCli(['confint', data('cbpp'), '--formula', FULL, ...CBPP, '--level', '0.9', '--parameters', 'period2,sd_(Intercept)|herd', '--curves', curves, '--json', '-']);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { intervals: { parameter: string; conf_low: number }[]; profile: { curves: { parameter: string; zeta: number[] }[] } };
    expect(result.intervals.map(({ parameter }) => parameter)).toEqual(['period2', 'sd_(Intercept)|herd']);
    const lines = readFileSync(curves, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toBe('parameter,value,zeta,logLik');
    expect(lines.length - 1).toBe(result.profile.curves.reduce((sum, { zeta }) => sum + zeta.length, 0));
  });

  test('confint by bootstrap', async () => {
    const { stdout, code } = await runCli(['confint', data('cbpp'), '--formula', FULL, ...CBPP, '--method', 'bootstrap', '--nsim', '50']);
    expect(code).toBe(0);
    expect(stdout).toContain('Bootstrap intervals, 95 %');
  });

  test('emmeans', async () => {
    const { stdout, code } = await runCli(['emmeans', data('cbpp'), '--formula', FULL, ...CBPP, '--specs', 'period', '--differences', 'pairwise', '--type', 'response', '--csv', join(folder, 'means.csv')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 +0\.19805 +0\.03692/m);
    expect(stdout).toMatch(/^1 - 2 +0\.9923 +0\.3066 +3\.2361 0\.00665/m);
    const [header, ...rows] = readFileSync(join(folder, 'means.csv'), 'utf8').trim().split('\n').map((line) => line.split(','));
    expect(header).toEqual(['kind', 'period', 'emmean', 'std_error', 'conf_low', 'conf_high', 'contrast', 'estimate', 'statistic', 'p_value']);
    expect(rows.map(([kind]) => kind)).toEqual([...Array<string>(4).fill('mean'), ...Array<string>(6).fill('difference')]);
    expect([rows[0]![6], rows[4]![1], rows[4]![6]]).toEqual(['NA', 'NA', '1 - 2']);
  });

  test('diagnose with starts', async () => {
    const { stdout, code } = await runCli(['diagnose', data('cbpp'), '--formula', FULL, ...CBPP, '--starts', '4']);
    expect(code).toBe(0);
    expect(stdout).toContain('ok      convergence: converged');
    expect(stdout).toMatch(/^uniformity +0\.\d{3} .*no sign that the distribution is wrong$/m);
    expect(stdout).toContain('4 of 4 starts end at the best log-likelihood');
  });
});

test.concurrent.each([
  [['compare', '--formula', FULL], 'a comparison needs two or more models'],
  [['compare', '--formula', FULL, '--formula', 'cbind(incidence, size - incidence) ~ size + (1 | herd)'], 'not nested'],
  [['confint', '--formula', FULL, '--parameters', 'perod2'], "no parameter 'perod2'"],
  [['confint', '--formula', FULL, '--method', 'wald', '--curves', 'x.csv'], '--curves is for profiles'],
  [['emmeans', '--formula', FULL, '--specs', 'perod'], "did you mean 'period'"],
  [['emmeans', '--formula', FULL, '--specs', 'period', '--at', 'size=x'], '--at needs a number'],
] as const)('%j is one line and exit code 2', async ([command, ...args], message) => {
  const { code, stdout, stderr } = await runCli([command, data('cbpp'), ...args, ...CBPP]);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
