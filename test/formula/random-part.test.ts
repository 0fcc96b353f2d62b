/** Covariance structures as they are written, the times of autoregressive terms, and random parts that no data can tell apart. */
import { describe, expect, test } from 'vitest';
import { DataError, FormulaError, OptionError } from '../../src/errors.js';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { FrameOptions } from '../../src/formula/model-frame.js';
import { toTable } from '../../src/table/from-values.js';

const level = (names: readonly string[], i: number): string => names[i % names.length]!;
/** 24 rows: g crossed with f and t; `a` has two levels of g each; `copy` is g by other names. */
const rows = Array.from({ length: 24 }, (_, i) => {
  const group = Math.floor(i / 6);
  return {
    y: (i * 7) % 5, g: `g${group}`, copy: `c${3 - group}`, a: `a${Math.floor(group / 2)}`, f: level(['p', 'q', 'r'], i), x: (i % 5) - 2, between: group < 2 ? 0 : 1,
    t: i % 3, weeks: [1, 2, 5][i % 3]!, odd: [0, 1, 2.5][i % 3]!, tenths: [0.1, 0.2, 0.3][i % 3]!, treatment: group % 2 === 0 ? 'old' : 'new',
  };
});
const table = toTable(rows);
const build = (formula: string, options: Partial<FrameOptions> = {}) => buildModelFrame(formula, table, { family: 'poisson', link: 'log', ...options });
const terms = (formula: string, options: Partial<FrameOptions> = {}) => build(formula, options).design.random.map(({ group, covariance, names }) => [group, covariance, names.join(' ')]);

test('structures as functions around a term', () => {
  expect(terms('y ~ x + us(1 + x | g) + diag(0 + f | a)')).toEqual([['g', 'unstructured', '(Intercept) x'], ['a', 'diagonal', 'fp fq fr']]);
  expect(terms('y ~ (homdiag(0 + f | g)) + x')).toEqual([['g', 'isotropic', 'fp fq fr']]);
  expect(terms('y ~ cs(1 + x | g)')).toEqual([['g', 'cs', '(Intercept) x']]);
  expect(terms('y ~ homcs(0 + f | a/g)')).toEqual([['g:a', 'homcs', 'fp fq fr'], ['a', 'homcs', 'fp fq fr']]);
  expect(build('y ~ x+cs( 0+f|g )').formula).toBe('y ~ x + cs(0 + f | g)');
});

describe('covariancePattern', () => {
  test('one name, one per term, MATLAB\'s names', () => {
    expect(terms('y ~ x + (1 + x | g)', { covariancePattern: 'Diagonal' })).toEqual([['g', 'diagonal', '(Intercept) x']]);
    expect(terms('y ~ (0 + f | g) + (1 | a)', { covariancePattern: ['CompSymm', 'FullCholesky'] }).map(([, covariance]) => covariance)).toEqual(['homcs', 'unstructured']);
    expect(terms('y ~ (0 + f | a/g)', { covariancePattern: ['Isotropic'] }).map(([, covariance]) => covariance)).toEqual(['isotropic', 'isotropic']);
    expect(terms('y ~ (0 + t | g)', { covariancePattern: 'ar1' })).toEqual([['g', 'ar1', 't0 t1 t2']]);
  });

  test.each<[string, string | string[], RegExp]>([
    ['y ~ (1 + x | g)', 'Diagnoal', /unknown covariance pattern 'Diagnoal'.*did you mean 'Diagonal'/],
    ['y ~ (1 + x | g) + (1 | a)', ['us'], /1 names for 2 random terms; give one, or one per term/],
    ['y ~ cs(0 + f | g)', 'us', /character 5 a covariance structure and so does covariancePattern/],
    ['y ~ (1 + x || g)', 'us', /leave one of them out/],
  ])('%s with %j', (formula, covariancePattern, message) => {
    expect(() => build(formula, { covariancePattern })).toThrow(OptionError);
    expect(() => build(formula, { covariancePattern })).toThrow(message);
  });
});

describe('times of an autoregressive term', () => {
  test('numbers, gaps filled by times that no row has', () => {
    expect(terms('y ~ ar1(0 + t | g)')).toEqual([['g', 'ar1', 't0 t1 t2']]);
    expect(terms('y ~ hetar1(0 + weeks | g)')).toEqual([['g', 'hetar1', 'weeks1 weeks2 weeks3 weeks4 weeks5']]);
    expect(terms('y ~ ar1(0 + tenths | g)')).toEqual([['g', 'ar1', 'tenths0.1 tenths0.2 tenths0.3']]);
    const { z, names } = build('y ~ ar1(0 + weeks | g)').design.random[0]!;
    expect(Array.from(z.subarray(0, 3 * names.length))).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test('an ordered factor in its order', () => {
    const ordered = toTable(rows, { types: { f: 'ordered' }, levels: { f: ['r', 'p', 'q'] } });
    expect(buildModelFrame('y ~ ar1(0 + f | g)', ordered, { family: 'poisson', link: 'log' }).design.random[0]!.names).toEqual(['fr', 'fp', 'fq']);
  });

  test.each<[string, new (...args: never[]) => Error, RegExp]>([
    ['y ~ ar1(0 + f | g)', DataError, /'f' has no order in time \(level 'p' is no number\): ar1 needs numbers or an ordered factor/],
    ['y ~ ar1(0 + odd | g)', DataError, /times of 'odd' are not equally spaced \(0, 1 and 2\.5 fit no common step\)/],
    ['y ~ ar1(1 + t | g)', FormulaError, /needs one time and no intercept; write ar1\(0 \+ time \| g\)/],
    ['y ~ ar1(0 + t + x | g)', FormulaError, /needs one time and no intercept/],
  ])('%s', (formula, kind, message) => {
    expect(() => build(formula)).toThrow(kind);
    expect(() => build(formula)).toThrow(message);
  });

  test('an ordered factor with a level that no row has', () => {
    const gap = toTable(rows, { types: { f: 'ordered' }, levels: { f: ['p', 'between', 'q', 'r'] } });
    expect(() => buildModelFrame('y ~ ar1(0 + f | g)', gap, { family: 'poisson', link: 'log' })).toThrow(/'f' has levels that no row uses/);
  });
});

describe('random parts that cannot be', () => {
  test.each<[string, RegExp]>([
    ['y ~ (1 | g) + (1 | copy)', /'g' and 'copy' divide the rows alike, so that their effects '\(Intercept\)' cannot be told apart; drop one/],
    ['y ~ (1 + x | g) + (0 + x | copy)', /effects 'x' cannot be told apart/],
    ['y ~ (1 | g/a)', /'a:g' and 'g' divide the rows alike.*'g' is nested in 'a'; write \(1 \| a\/g\)/],
    ['y ~ (1 | g) + (1 | g)', /occurs in two terms/],
    ['y ~ (1 | a:g) + (1 | g:a)', /occurs in two terms/],
    ['y ~ cs(1 | g)', /the cs term at character 5 has one effect only .*write \(1 \| g\)/],
    ['y ~ homcs(0 + x | g)', /write \(0 \+ x \| g\)/],
    ['y ~ cs(0 + f || g)', /cs\(\) at character 5 says the structure already; write \| in place of \|\|/],
    ['y ~ cs(x)', /cs\(\) at character 5 takes one random term; write cs\(0 \+ f \| g\)/],
    ['y ~ x - diag(1 + x | g)', /is subtracted; random terms can only be added/],
    ['y ~ toep(0 + f | g) + (1 | a)', /unknown function 'toep'/],
  ])('%s', (formula, message) => {
    expect(() => build(formula)).toThrow(message);
  });

  test('factors that divide the rows alike with different effects are told apart', () => {
    expect(terms('y ~ (1 | g) + (0 + x | copy)')).toHaveLength(2);
    expect(terms('y ~ (1 | a/g)')).toHaveLength(2);
  });

  test('effects that the covariance of another term holds are said', () => {
    for (const formula of ['y ~ (1 | g) + (0 + f | g)', 'y ~ homcs(0 + f | copy) + (1 | g)', 'y ~ (1 + f || g)']) {
      expect(build(formula).notes[0]).toMatch(/^the random effect '\(Intercept\)' of 'g' is a combination of 'fp', 'fq', 'fr' of '(g|copy)', whose covariance holds it already/);
    }
    for (const inner of ['diag(0 + f | g)', 'ar1(0 + t | g)', '(0 + x | g)', 'homcs(0 + t + x | g)', '(0 + f | a)']) expect(build(`y ~ (1 | g) + ${inner}`).notes).toEqual([]);
  });

  test('effects that are constant within every level are said', () => {
    expect(build('y ~ (1 + between | g)').notes).toEqual(["'between' is constant within every level of 'g', so that the data hardly tell its effect from '(Intercept)'; use (1 | g) or diag()"]);
    expect(build('y ~ us(0 + treatment | g)').notes[0]).toMatch(/'treatmentold' is constant within every level of 'g'/);
    for (const formula of ['y ~ (1 + x | g)', 'y ~ diag(0 + treatment | g)', 'y ~ (1 | g)']) expect(build(formula).notes).toEqual([]);
  });
});
