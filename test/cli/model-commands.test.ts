/** `fit --save`, then summary, predict, simulate and refit of the saved model. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCsv } from '../../src/table/csv.js';
import { loadModel } from '../../src/prediction/model-file.js';
import { main, runCli } from './run-cli.js';

const data = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'glmmgpu-model-'));
const model = join(folder, 'model.json');
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

beforeAll(async () => {
  const { code, stderr } = await runCli([
    'fit', data, '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor', '--save', model,
  ]);
  expect([code, stderr]).toEqual([0, '']);
});

const numbers = (csv: string, column: string): number[] => {
  const found = readCsv(csv).columns.get(column);
  return found?.kind === 'numeric' ? Array.from(found.values) : [];
};

test('summary prints the model and its tables', async () => {
  const { code, stdout } = await runCli(['summary', model]);
  expect(code).toBe(0);
  expect(stdout).toContain('Number of obs: 56, groups:  herd, 15');
  const coefficients = await runCli(['summary', model, '--table', 'coefficients', '--exponentiate']);
  expect(numbers(coefficients.stdout, 'estimate')[1]).toBeCloseTo(Math.exp(-0.9923), 3);
  const ranef = await runCli(['summary', model, '--table', 'ranef']);
  expect(numbers(ranef.stdout, 'rank').sort((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
  const variance = (await runCli(['summary', model, '--table', 'variance'])).stdout.split('\n');
  expect(variance.slice(0, 2)).toEqual(['quantity,group,value,unavailable', expect.stringMatching(/^icc,herd,0\.111\d+,NA$/)]);
  expect(variance).toHaveLength(8);
  expect((await runCli(['summary', model, '--table', 'glance'])).stdout).toMatch(/^nobs,sigma,logLik,AIC,BIC,deviance,df,df_residual\n56,1,-92\.0/);
  for (const table of ['augment', 'diagnostic']) expect((await runCli(['summary', model, '--table', table])).stdout.split('\n')).toHaveLength(58);
});

test('report writes one page', async () => {
  const out = join(folder, 'report.html');
  expect((await runCli(['report', model, '--out', out, '--nsim', '50', '--no-quadrature'])).code).toBe(0);
  const text = readFileSync(out, 'utf8');
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).toContain('From 50 responses simulated');
  expect(text).not.toContain('(fine): the Laplace approximation suffices');
  expect(await runCli(['report', model])).toMatchObject({ code: 2, stdout: '' });
});

test('plot writes a file per figure', async () => {
  const out = join(folder, 'plots');
  const { stdout } = await runCli(['plot', model, '--out', out, '--kinds', 'modes,profiles']);
  expect(stdout).toContain('modes-Intercept-herd.svg, profiles-Intercept.svg, profiles-period2.svg');
  expect(readFileSync(join(out, 'profiles-sd-Intercept-herd.svg'), 'utf8')).toMatch(/^<svg xmlns=/);
  expect(await runCli(['plot', model, '--out', out, '--kinds', 'pairs'])).toMatchObject({ code: 2, stderr: 'glmmgpu: the model has no plots of the kind pairs; leave --kinds out for all it has\n' });
});

test('predict: rows of the fit with residuals, new rows with limits', async () => {
  const fit = loadModel(readFileSync(model, 'utf8'));
  const own = await runCli(['predict', model, '--residuals', 'pearson,deviance']);
  expect(numbers(own.stdout, 'fit')).toEqual(Array.from(fit.fitted));
  expect(numbers(own.stdout, 'residual_pearson')).toEqual(Array.from(fit.residuals({ type: 'pearson' })));
  const file = join(folder, 'new.csv');
  writeFileSync(file, 'period,herd\n1,1\n4,new\n');
  const refused = await runCli(['predict', model, '--data', file]);
  expect([refused.code, refused.stderr.split('\n').length]).toEqual([2, 2]);
  expect(refused.stderr).toContain("'herd' has level 'new' in row 2");
  const fresh = await runCli(['predict', model, '--data', file, '--new-levels', '--level', '0.9', '--se']);
  const [values, low, high] = ['fit', 'conf_low', 'conf_high'].map((column) => numbers(fresh.stdout, column));
  values!.forEach((value, i) => {
    expect(low![i]).toBeLessThan(value);
    expect(high![i]).toBeGreaterThan(value);
  });
});

test('simulate and refit go together', async () => {
  const draws = join(folder, 'draws.csv');
  expect((await runCli(['simulate', model, '--nsim', '2', '--seed', '5', '--out', draws])).code).toBe(0);
  const fit = loadModel(readFileSync(model, 'utf8'));
  const expected = await fit.refit(fit.simulate({ nsim: 2, seed: 5 })[1]!);
  const refit = await runCli(['refit', model, '--data', draws, '--response', 'sim_2', '--json', '-']);
  expect((JSON.parse(refit.stdout) as { logLik: number }).logLik).toBe(expected.logLik);
  const conditional = await runCli(['simulate', model, '--seed', '5', '--conditional']);
  expect(numbers(conditional.stdout, 'sim_1')).toEqual(Array.from(fit.simulate({ seed: 5, conditional: true })[0]!));
});

describe('mistakes are one line and exit code 2', () => {
  test.each([
    [['predict', data], /damaged or no model file/],
    [['predict', join(folder, 'none.json')], /no such file/],
    [['predict', model, '--re', 'heard'], /no grouping factor.*did you mean 'herd'/],
    [['predict', model, '--residuals', 'person'], /--residuals/],
    [['refit', model, '--data', data, '--response', 'incidents'], /no column 'incidents'.*did you mean 'incidence'/],
    [['refit', model, '--data', data, '--response', 'obs'], /value \d+ of the new response.*larger than the number of trials/],
    [['simulate', model, '--nsim', '0'], /--nsim/],
    [['summary', model, '--table', 'anova'], /--table/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runCli(args);
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr).toMatch(message);
  });
});

// Systems without this device have no other that is always full.
test.runIf(existsSync('/dev/full'))('a full disk behind standard output is one line and exit code 2', () => {
  const full = openSync('/dev/full', 'w');
  const { status, stderr } = spawnSync(process.execPath, [main, 'summary', model], { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' });
  closeSync(full);
  expect([status, stderr]).toEqual([2, "glmmgpu: cannot write 'standard output': no space left on the device; choose another place\n"]);
});
