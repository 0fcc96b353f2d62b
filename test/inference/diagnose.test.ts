import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { glmm } from '../../src/fit/glmm.js';
import { type Finding, type FindingTopic, diagnose } from '../../src/inference/diagnose.js';
import { multiStart } from '../../src/inference/multi-start.js';
import { readCsv } from '../../src/table/csv.js';
import { cbpp, cbppTable, sleepstudy } from './fits.js';

const about = (findings: readonly Finding[], topic: FindingTopic): Finding[] => findings.filter((finding) => finding.topic === topic);

test('nothing wrong', async () => {
  const { findings, quadrature } = await diagnose(await cbpp());
  for (const topic of ['convergence', 'curvature', 'singular', 'groups'] as const) expect(about(findings, topic)).toMatchObject([{ severity: 'fine', advice: null }]);
  expect(quadrature!.steps[0]).toMatchObject({ from: 1, to: 3 });
  const linear = await diagnose(await sleepstudy());
  expect(linear.quadrature).toBe(null);
  expect(linear.findings.every(({ severity }) => severity === 'fine')).toBe(true);
});

test('toenail: the Laplace approximation of few binary responses with a large variance', async () => {
  const toenail = readCsv(readFileSync(new URL('../../data/toenail.csv', import.meta.url), 'utf8'));
  const fit = await glmm('y ~ treatment * visit + (1 | patientID)', toenail, { family: 'binomial' });
  const { findings, quadrature } = await diagnose(fit);
  expect(about(findings, 'approximation')).toMatchObject([{ severity: 'problem' }]);
  expect(quadrature!.steps[0]!.sdChange).toBeGreaterThan(0.05);
  const enough = await glmm('y ~ treatment * visit + (1 | patientID)', toenail, { family: 'binomial', nAGQ: quadrature!.sufficient! });
  expect(about((await diagnose(enough)).findings, 'approximation')).toMatchObject([{ severity: 'fine' }]);
});

describe('made to fail', () => {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const g = Math.floor(i / 8);
    const x = (i * 7) % 5;
    return { g: `g${g}`, x, arm: i % 3 === 0 ? 'b' : 'a', big: 1e6 * x + i, y: (i * 13 + g) % 3 === 0 ? 1 : 0 };
  });

  test('separation names the level', async () => {
    const separated = rows.map((row) => ({ ...row, y: row.arm === 'b' ? 1 : row.y }));
    const fit = await glmm('y ~ x + arm + (1 | g)', separated, { family: 'binomial' });
    expect(fit.status).toBe('separated');
    const [finding] = about((await diagnose(fit)).findings, 'separation');
    expect(finding!.severity).toBe('problem');
    expect(finding!.message).toContain('armb (towards +∞)');
    expect(finding!.message).not.toMatch(/\bx\b/);
  });

  test('scales and few groups', async () => {
    const fit = await glmm('y ~ arm + big + (1 | h)', rows.map((row, i) => ({ ...row, h: `h${i % 4}` })), { family: 'binomial' });
    const { findings } = await diagnose(fit, { quadrature: false });
    expect(about(findings, 'scale')[0]!.message).toContain('big');
    expect(about(findings, 'groups')[0]).toMatchObject({ severity: 'remark', advice: 'make h a fixed effect' });
  });

  test('a variance of zero and a correlation of one are told apart', async () => {
    const zero = await glmm('y ~ x + (1 | g)', rows, { family: 'binomial' });
    expect(zero.status).toBe('boundary');
    expect(about((await diagnose(zero)).findings, 'singular')[0]!.message).toBe('the variance of (Intercept) between levels of g is estimated as zero');
    // Slopes that follow the intercepts exactly.
    const level = (g: string): number => Math.sin(Number(g.slice(1)) * 2.3);
    const lines = rows.map(({ g, x }, i) => ({ g, x, y: 1 + 3 * level(g) + 0.6 * level(g) * x + 0.1 * Math.sin(i * 12.9898) }));
    const fit = await glmm('y ~ x + (x | g)', lines, { family: 'gaussian' });
    expect(fit.status).toBe('boundary');
    const { message } = about((await diagnose(fit)).findings, 'singular')[0]!;
    const slope = /x = ([\d.]+) × \(Intercept\)/.exec(message);
    expect(Number(slope![1])).toBeCloseTo(0.2, 1);
  });
});

test('many starts agree', async () => {
  const fit = await cbpp();
  const { rows, agreeing, gain, params } = await multiStart(fit, { starts: 12, seed: 2, backend: 'cpu', workers: 1 });
  expect(rows.length).toBe(12);
  expect(agreeing).toBe(12);
  expect(Math.abs(gain)).toBeLessThan(1e-8);
  params.forEach((value, j) => { expect(value).toBeCloseTo(fit.params[j]!, 4); });
  expect(new Set(rows.map(({ evaluations }) => evaluations)).size).toBeGreaterThan(1);
  await expect(multiStart(fit, { starts: 1 })).rejects.toThrow('starts must be');
});

test('linear mixed models from many starts', async () => {
  const { agreeing, rows } = await multiStart(await sleepstudy(), { starts: 8, backend: 'cpu', workers: 1 });
  expect(agreeing).toBe(8);
  expect(rows[0]!.below).toBe(0);
});

test('many starts without fixed effects have no distance', async () => {
  const fit = await glmm('cbind(incidence, size - incidence) ~ 0 + (1 | herd)', cbppTable, { family: 'binomial' });
  const { rows } = await multiStart(fit, { starts: 2, backend: 'cpu', workers: 1 });
  expect(rows.map(({ distance }) => distance)).toEqual([0, 0]);
});
