/** The code that the page shows runs and does what was done: command lines and TypeScript here, R where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Analysis, cliCode, rCode, typescriptCode } from '../../src/app/code.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { readCsv } from '../../src/table/csv.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CBPP: Analysis = {
  file: "the herd's data.csv", formula: 'cbind(incidence, size - incidence) ~ period + (1 | herd)', options: { family: 'binomial' }, types: { types: { period: 'factor', herd: 'factor' } }, level: 0.95, studies: [],
};
const CASES: readonly (readonly [name: string, data: string, packages: readonly string[], analysis: Analysis])[] = [
  ['every study', 'cbpp', ['lme4', 'pbkrtest'], {
    ...CBPP, studies: [
      { kind: 'bootstrap', question: { nsim: 20, seed: 3, level: 0.95, parameter: 'period2' } }, { kind: 'lrt', question: { nsim: 20, seed: 3, smaller: 'cbind(incidence, size - incidence) ~ 1 + (1 | herd)' } },
      { kind: 'influence', question: { by: 'herd' } },
    ],
  }],
  ['a power study', 'cbpp', [], { ...CBPP, studies: [{ kind: 'power', question: { nsim: 10, seed: 3, tested: 'period2', effects: [0, -1], alpha: 0.1 } }] }],
  ['nodes, levels, contrasts', 'cbpp', ['lme4'], { ...CBPP, options: { family: 'binomial', nAGQ: 9, contrasts: { period: 'sum' } }, types: { types: { herd: 'factor' }, levels: { period: ['3', '1', '2', '4'] } } }],
  ['control', 'cbpp', ['lme4'], { ...CBPP, options: { family: 'binomial', link: 'probit', nAGQ: 9, control: { tolerance: 1e-8, maxEvaluations: 100 } } }],
  ['maximum likelihood', 'sleepstudy', ['lme4'], { ...CBPP, formula: 'Reaction ~ Days + (1 + Days | Subject)', options: { family: 'gaussian', REML: false }, types: { types: { Subject: 'factor' } } }],
  ['weights and offset', 'epil', ['lme4'], { ...CBPP, formula: 'y ~ trt + (1 | subject)', options: { family: 'poisson', weights: 'wt', offset: 'log(base)' }, types: { types: { subject: 'factor' } } }],
  ['negative binomial with dispersion model', 'epil', ['glmmTMB'], { ...CBPP, formula: 'y ~ trt + lbase + (1 | subject)', options: { family: 'nbinom2', dispformula: '~ trt' }, types: { types: { subject: 'factor' } } }],
  ['zero inflation', 'epil', ['glmmTMB'], { ...CBPP, formula: 'y ~ trt + lbase + (1 | subject)', options: { family: 'poisson', ziformula: '1' }, types: { types: { subject: 'factor' } } }],
  ['ordered response', 'wine', ['ordinal'], { ...CBPP, formula: 'rating ~ temp * contact + (1 | judge)', options: { family: 'cumulative', threshold: 'symmetric' }, types: { types: { rating: 'ordered', judge: 'factor' } } }],
];

describe.each(CASES)('%s', (_name, data, packages, analysis) => {
  let folder: string;
  let fit: GlmmFit;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'glmmgpu-code-'));
    copyFileSync(join(root, `data/${data}.csv`), join(folder, analysis.file));
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/glmmgpu'));
    fit = await glmm(analysis.formula, readCsv(readFileSync(join(root, `data/${data}.csv`), 'utf8'), analysis.types), analysis.options);
  });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  /** Every fixed effect is printed, in four digits or more. */
  const expectEstimates = (text: string, tolerance = 1e-3): void => {
    const printed = [...text.matchAll(/-?\d+(?:\.\d+)?(?:e[+-]\d+)?/g)].map(([number]) => Number(number));
    for (const [name, value] of Object.entries(fit.fixef)) expect(Math.min(...printed.map((number) => Math.abs(number - value))), name).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
  };

  test('on the command line', () => {
    const script = `glmmgpu() { node ${join(root, 'dist/cli/main.js')} "$@"; }\nset -e\n${cliCode(analysis)}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr.includes('error')], stderr).toEqual([0, false]);
    expectEstimates(stdout);
  });

  test('in TypeScript', () => {
    writeFileSync(join(folder, 'analysis.mjs'), typescriptCode(analysis));
    expectEstimates(execFileSync('node', ['analysis.mjs'], { cwd: folder, encoding: 'utf8' }));
  });

  // Not declared at all where there is nothing to run: R is no requirement of the tests, and .ci/run takes a skipped test for a failure.
  const installed = packages.length > 0 && spawnSync('Rscript', ['-e', packages.map((name) => `library(${name})`).join(';')]).status === 0;
  if (installed) test('in R', () => {
    writeFileSync(join(folder, 'analysis.R'), rCode(analysis));
    const { status, stdout, stderr } = spawnSync('Rscript', ['analysis.R'], { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    // lme4 stops before its estimates are known to more digits.
    expectEstimates(stdout, 5e-3);
  });
});

test('a column called __proto__ stays an entry', () => {
  expect(typescriptCode({ ...CBPP, types: { types: { ['__proto__']: 'factor' } } })).toContain('{"types":{["__proto__"]:"factor"}}');
});
