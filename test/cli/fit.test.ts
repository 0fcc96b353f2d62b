/** `glmmgpu fit` on good files: the JSON against other programs, the printed text, pipes. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FitJson } from '../../src/fit/types.js';
import { type ReferenceFit, referenceFits } from '../helpers/reference.js';
import { runCli } from './run-cli.js';

const dataFile = (name: string): string => fileURLToPath(new URL(`../fixtures/data/${name}.csv`, import.meta.url));
const reference = (id: string): ReferenceFit => referenceFits.find((fit) => fit.id === id)!;

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'glmmgpu-fit-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const CBPP = ['--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor'];

/** The commands that a user would type for these reference fits. */
const commands: readonly (readonly [string, readonly string[]])[] = [
  ['cbpp--laplace-lme4', CBPP],
  ['cbpp--agq9-lme4', [...CBPP, '--nagq', '9']],
  ['cbpp--nagq0-lme4', [...CBPP, '--nagq', '0']],
  ['cbpp--probit-laplace-lme4', [...CBPP, '--link', 'probit', '--information', 'expected']],
  ['cbpp--probit-laplace-glmmTMB', [...CBPP, '--link', 'probit']],
  ['cbpp--propweights-laplace-lme4', ['--formula', 'prop ~ period + (1 | herd)', '--weights', 'size', '--family', 'binomial', '--types', 'period=factor']],
  ['contraception--slope-laplace-lme4', ['--formula', 'use ~ age + I(age^2) + urban + livch + (urban | district)', '--family', 'binomial']],
  ['epil--ri-laplace-lme4', ['--formula', 'y ~ lbase * trt + lage + V4 + (1 | subject)', '--family', 'poisson', '--levels', 'trt=placebo|progabide']],
  ['mfr1--effects-laplace-lme4', ['--formula', 'defects ~ newprocess + time_dev + temp_dev + supplier + (1 | factory)', '--family', 'poisson', '--contrasts', 'supplier=sum']],
  ['owls--poisson-offset-laplace-lme4', ['--formula', 'SiblingNegotiation ~ FoodTreatment * SexParent + (1 | Nest)', '--family', 'poisson', '--offset', 'log(BroodSize)']],
];

describe('JSON against other programs', () => {
  test.concurrent.each(commands)('%s', async (id, args) => {
    const expected = reference(id);
    const { code, stdout, stderr } = await runCli(['fit', dataFile(expected.dataset), ...args, '--json', '-']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const fit = JSON.parse(stdout) as FitJson;
    // Fields may be added, none may go.
    expect(Object.keys(fit)).toEqual(expect.arrayContaining([
      'formula', 'family', 'link', 'method', 'nAGQ', 'nobs', 'groups', 'fixed', 'vcov', 'random', 'dispersion', 'logLik', 'AIC', 'BIC', 'deviance',
      'df', 'ranef', 'converged', 'status', 'singular', 'gradient_norm', 'evaluations', 'backend', 'warnings',
    ]));
    expect(fit).toMatchObject({ family: expected.family, link: expected.link, nAGQ: expected.nAGQ, nobs: expected.nobs, groups: expected.groups, converged: true });
    expect(fit.fixed.map((row) => row.term)).toEqual(expected.fixef.names);
    const errors = expected.fixef.se ?? expected.fixef.seRX!;
    fit.fixed.forEach((row, j) => {
      // The project's promise: 1e-4 standard errors.
      expect(Math.abs(row.estimate - expected.fixef.estimate[j]!)).toBeLessThan(1e-4 * errors[j]!);
      expect(row.std_error / errors[j]!).toBeCloseTo(1, 3);
      expect(row.statistic).toBeCloseTo(row.estimate / row.std_error, 10);
      expect(row.conf_high - row.conf_low).toBeCloseTo(2 * 1.959963984540054 * row.std_error, 10);
    });
    expect(Math.abs(fit.logLik / expected.logLik - 1)).toBeLessThan(1e-6);
    expect(fit.random.map((term) => term.terms)).toEqual(expected.randomEffects.map((term) => term.terms));
    fit.random.forEach((term, t) => { term.sd.forEach((sd, j) => { expect(sd).toBeCloseTo(expected.randomEffects[t]!.sd[j]!, 4); }); });
    // glmmTMB keeps its random effects one level deeper.
    const theirs = 'cond' in expected.ranef! ? (expected.ranef.cond as unknown as NonNullable<ReferenceFit['ranef']>) : expected.ranef!;
    const [group, modes] = Object.entries(theirs)[0]!;
    expect(fit.ranef[group]!.map((row) => row['level'])).toEqual(modes.levels);
    fit.ranef[group]!.forEach((row, i) => { modes.terms.forEach((term, j) => { expect(row[term]).toBeCloseTo(modes.mode[i]![j]!, 3); }); });
  });
});

describe('what is printed', () => {
  test('the model as text; the JSON file besides, complete and alone', async () => {
    const json = join(folder, 'fit.json');
    const { code, stdout, stderr } = await runCli(['fit', dataFile('cbpp'), ...CBPP, '--json', json]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('(Intercept)  -1.3985     0.2325  -6.016 1.79e-09 ***');
    expect(stdout).toContain(' herd   (Intercept) 0.4125   0.6423');
    expect(stdout).toContain('Number of obs: 56, groups:  herd, 15');
    expect(stdout).toMatch(/Device: float64 on .+\n$/);
    expect((JSON.parse(readFileSync(json, 'utf8')) as FitJson).fixed).toHaveLength(4);
    expect(readdirSync(folder)).toEqual(['fit.json']);
  });

  test('scaled residuals are those of lme4', async () => {
    const { stdout } = await runCli(['fit', dataFile('cbpp'), ...CBPP]);
    // lme4 1.1-31 at its default, looser optimum prints -2.3816 -0.7889 -0.2026 0.5142 2.8791.
    const [minimum, q1, median, q3, maximum] = /Max\n(.*)\n/.exec(stdout)![1]!.trim().split(/ +/).map(Number);
    expect([minimum!, q1!, median!, q3!, maximum!].map((value, i) => Math.abs(value - [-2.3816, -0.7889, -0.2026, 0.5142, 2.8791][i]!) < 1e-3)).toEqual([true, true, true, true, true]);
  });

  test('dropped rows are reported', async () => {
    const file = join(folder, 'missing.csv');
    writeFileSync(file, readFileSync(dataFile('cbpp'), 'utf8').replace(/^1,3,12/m, '1,NA,12'));
    const { code, stdout } = await runCli(['fit', file, ...CBPP]);
    expect(code).toBe(0);
    expect(stdout).toContain('Number of obs: 55');
    expect(stdout).toMatch(/1 row .*missing/);
  });

  test('data from standard input', async () => {
    const { code, stdout } = await runCli(['fit', '-', ...CBPP], { input: readFileSync(dataFile('cbpp'), 'utf8') });
    expect(code).toBe(0);
    expect(stdout).toContain('   Data: standard input');
  });

  test('Parquet gives the numbers of the CSV', async () => {
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const [header, ...lines] = readFileSync(dataFile('cbpp'), 'utf8').trimEnd().split('\n').map((line) => line.split(','));
    const file = join(folder, 'cbpp.parquet');
    writeFileSync(file, new Uint8Array(parquetWriteBuffer({
      columnData: header!.map((name, j) => ({ name, type: 'DOUBLE', data: Float64Array.from(lines, (line) => Number(line[j])) })),
    })));
    const [csv, parquet] = await Promise.all([dataFile('cbpp'), file].map((path) => runCli(['fit', path, ...CBPP, '--json', '-'])));
    expect(JSON.parse(parquet!.stdout)).toEqual(JSON.parse(csv!.stdout));
  });

  test('order of levels as given', async () => {
    const { stdout } = await runCli(['fit', dataFile('cbpp'), ...CBPP, '--levels', 'period=4|3|2|1', '--json', '-']);
    expect((JSON.parse(stdout) as FitJson).fixed.map((row) => row.term)).toEqual(['(Intercept)', 'period3', 'period2', 'period1']);
  });

  test('a reader that stops early is no error', async () => {
    const { code, stderr } = await runCli(['fit', dataFile('cbpp'), ...CBPP], { started: (child) => { child.stdout?.destroy(); } });
    expect([code, stderr]).toEqual([0, '']);
  });
});

test('columns called __proto__, constructor or like markup are ordinary columns', async () => {
  const names = ['__proto__', 'constructor', '<script>alert(1)</script>'];
  const lines = readFileSync(dataFile('cbpp'), 'utf8').trimEnd().split('\n');
  const plain = join(folder, 'plain.csv');
  const odd = join(folder, 'odd.csv');
  const value = (i: number, j: number): number => ((i * (j + 3) * 7) % 11) / 10;
  const write = (file: string, header: readonly string[]): void => {
    writeFileSync(file, lines.map((line, i) => [line, ...header.map((name, j) => (i === 0 ? name : value(i, j)))].join(',')).join('\n'));
  };
  write(plain, ['a', 'b', 'c']);
  write(odd, names);
  const fitWith = async (file: string, terms: readonly string[]): Promise<FitJson> => {
    const { code, stdout, stderr } = await runCli([
      'fit', file, '--formula', `cbind(incidence, size - incidence) ~ ${terms.join(' + ')} + (1 | herd)`, '--family', 'binomial', '--json', '-',
    ]);
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as FitJson;
  };
  const expected = await fitWith(plain, ['a', 'b', 'c']);
  const fit = await fitWith(odd, ['`__proto__`', 'constructor', '`<script>alert(1)</script>`']);
  expect(fit.fixed.map((row) => row.estimate)).toEqual(expected.fixed.map((row) => row.estimate));
  expect(fit.fixed.map((row) => row.term.replaceAll('`', ''))).toEqual(['(Intercept)', ...names]);
});
