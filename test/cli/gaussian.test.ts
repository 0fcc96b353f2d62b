/** `glmmgpu` on linear mixed models: REML unless told otherwise, the same numbers as lmer, sigma among the replicates. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { FitJson, IntervalRow } from '../../src/fit/types.js';
import { linearReferences } from '../helpers/linear-reference.js';
import { runCli } from './run-cli.js';

const sleepstudy = [
  fileURLToPath(new URL('../fixtures/data/sleepstudy.csv', import.meta.url)),
  '--formula', 'Reaction ~ Days + (Days | Subject)', '--family', 'gaussian', '--types', 'Subject=factor',
];

test.each([[[], 'REML', 'reml'], [['--reml'], 'REML', 'reml'], [['--no-reml'], 'ML', 'ml']] as const)('fit %j', async (extra, id, method) => {
  const { code, stdout, stderr } = await runCli(['fit', ...sleepstudy, ...extra, '--json', '-']);
  expect([code, stderr]).toEqual([0, '']);
  const fit = JSON.parse(stdout) as FitJson;
  const reference = linearReferences.find((candidate) => candidate.id === `sleepstudy--slope-${id}`)!;
  expect(fit).toMatchObject({ method, REML: reference.REML, df: 6, converged: true });
  expect(fit.logLik).toBeCloseTo(reference.logLik, 7);
  expect(Math.sqrt(fit.dispersion!)).toBeCloseTo(reference.sigma, 4);
});

test('scaled residuals are divided by sigma, as lmer prints them', async () => {
  const { stdout } = await runCli(['fit', ...sleepstudy]);
  expect(stdout).toContain('    Min      1Q  Median      3Q     Max\n-3.9536 -0.4634  0.0231  0.4634  5.1793');
});

test('bootstrap', async () => {
  const { code, stdout } = await runCli(['bootstrap', ...sleepstudy, '--nsim', '50', '--ci', 'percentile', '--json', '-']);
  expect(code).toBe(0);
  const { bootstrap } = JSON.parse(stdout) as { bootstrap: { intervals: IntervalRow[] } };
  expect(bootstrap.intervals.at(-1)).toMatchObject({ parameter: 'sigma', replicates: 50 });
});

test('REML is refused for other families', async () => {
  const { code, stderr } = await runCli(['fit', ...sleepstudy.slice(0, 3), '--family', 'poisson', '--reml']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^glmmgpu: REML is for gaussian models; leave it out[^\n]*\n$/);
});
