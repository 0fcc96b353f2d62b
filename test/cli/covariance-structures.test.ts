/** Covariance structures through the command line: the option, the formula, and how both are refused. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { FitJson } from '../../src/fit/types.js';
import { runCli } from './run-cli.js';

const epil = fileURLToPath(new URL('../fixtures/data/epil.csv', import.meta.url));
const model = (random: string, ...options: string[]): string[] => ['fit', epil, '--formula', `y ~ lbase + ${random}`, '--family', 'poisson', ...options];

test('the option and the formula say the same', async () => {
  const json = async (args: string[]): Promise<FitJson> => {
    const { code, stdout, stderr } = await runCli([...args, '--json', '-']);
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as FitJson;
  };
  const written = await json(model('homcs(0 + period | subject) + (1 | obs)', '--types', 'period=factor'));
  const option = await json(model('(0 + period | subject) + (1 | obs)', '--types', 'period=factor', '--covariance-pattern', 'CompSymm,us'));
  expect(written.random.map(({ covariance }) => covariance)).toEqual(['homcs', 'unstructured']);
  expect(option.random).toEqual(written.random);
  expect(option.logLik).toBe(written.logLik);
});

test.each<[string[], RegExp]>([
  [model('(1 | subject)', '--covariance-pattern', 'Toeplitz'), /unknown covariance pattern 'Toeplitz'; use us, /],
  [model('(1 | subject)', '--covariance-pattern', 'us,us'), /2 names for 1 random term;/],
  [model('ar1(0 + trt | subject)'), /'trt' has no order in time/],
  [model('(1 | subject/obs) + (1 | obs)'), /divide the rows alike/],
])('%j', async (args, message) => {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^glmmgpu: [^\n]+\n$/);
  expect(stderr).toMatch(message);
});
