/** Commands that fit a model from data take a saved model as well, with the same results. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from './run-cli.js';

const data = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const FORMULA = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const model = (formula: string): string[] => ['--formula', formula, '--family', 'binomial', '--types', 'period=factor'];
const folder = mkdtempSync(join(tmpdir(), 'glmmgpu-saved-'));
const [saved, smaller] = [join(folder, 'cbpp.json'), join(folder, 'smaller.json')];
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

beforeAll(async () => {
  for (const [file, formula] of [[saved, FORMULA], [smaller, FORMULA.replace('period', '1')]] as const) {
    expect(await runCli(['fit', data, ...model(formula), '--save', file])).toMatchObject({ code: 0, stderr: '' });
  }
});

test.each([
  [['confint', '--method', 'wald']], [['drop1']], [['emmeans', '--specs', 'period']], [['diagnose', '--no-quadrature']], [['influence']],
  [['bootstrap', '--nsim', '20', '--progress', 'none', '--backend', 'cpu']],
])('%j', async ([command, ...options]) => {
  // Seconds, and the threads that happened to be free.
  const timeless = (text: string): string => text.replace(/^(Device: .*|.* refits per second.*)$/gm, '');
  const fromData = await runCli([command!, data, ...model(FORMULA), ...options]);
  const fromModel = await runCli([command!, saved, ...options]);
  expect(fromModel).toMatchObject({ code: 0, stderr: '' });
  expect(timeless(fromModel.stdout)).toBe(timeless(fromData.stdout));
});

test('compare of saved models', async () => {
  const fromData = await runCli(['compare', data, ...model(FORMULA), '--formula', FORMULA.replace('period', '1')]);
  const fromModels = await runCli(['compare', saved, smaller]);
  expect(fromModels).toEqual(fromData);
  expect(fromModels.stdout).toContain('25.6101');
});

test('the name of the data is kept', async () => {
  expect((await runCli(['summary', saved])).stdout).toContain('   Data: cbpp.csv');
  expect((await runCli(['report', saved, '--out', '-', '--nsim', '20', '--no-quadrature'])).stdout).toContain('<title>Mixed model of cbpp.csv</title>');
});

test('mistakes are one line and exit code 2', async () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{"format":"glmmgpu model","version":1');
  for (const [args, message] of [
    [['confint', data, '--family', 'binomial'], /'--formula' not specified; add it, or name a model/],
    [['confint', saved, '--link', 'probit'], /is a saved model, which has its link already/],
    [['confint', broken], /the model file is damaged/],
    [['compare', saved, '--formula', FORMULA], /'--family' not specified/],
    [['compare', saved], /needs two or more models/],
    [['compare', saved, smaller, '--formula', FORMULA], /one data file/],
    [['pool', saved, ...model(FORMULA), '--imputation', 'imp'], /is a saved model; this command fits models of its own/],
  ] as const) {
    const { code, stdout, stderr } = await runCli([...args]);
    expect([code, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr).toMatch(message);
  }
});
