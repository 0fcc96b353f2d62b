/** Text from the shell into values. */
import { describe, expect, test } from 'vitest';
import { FormulaError } from '../../src/errors.js';
import { createProgram } from '../../src/cli/program.js';
import { markPlace, messageOf } from '../../src/cli/failures.js';
import { parseLevels, parsePairs, parseStart } from '../../src/cli/option-values.js';

describe('column=value lists', () => {
  test('pairs', () => {
    expect(parsePairs('--types', 'period=factor,dose=ordered')).toEqual({ period: 'factor', dose: 'ordered' });
    expect(parsePairs('--types', ' a b = factor , c=sum ')).toEqual({ 'a b': 'factor', c: 'sum' });
  });
  test('names may hold commas and equals signs', () => {
    expect(parsePairs('--types', 'a,b=factor')).toEqual({ 'a,b': 'factor' });
  });
  test('__proto__ is an ordinary name', () => {
    const pairs = parsePairs('--types', '__proto__=factor,constructor=ordered');
    expect(Object.entries(pairs)).toEqual([['__proto__', 'factor'], ['constructor', 'ordered']]);
    expect(Object.getPrototypeOf(pairs)).toBe(Object.prototype);
  });
  test.each(['', 'period', 'period=', '=factor', 'a=b,,'])('%j is refused with the option\'s name', (text) => {
    expect(() => parsePairs('--types', text)).toThrow(/^--types is written column=value/);
  });
});

describe('levels and starts', () => {
  test('levels keep spaces and equals signs', () => {
    expect(parseLevels('--levels', 'dose=low|very high|a=b')).toEqual(['dose', ['low', 'very high', 'a=b']]);
  });
  test('start', () => {
    expect(parseStart('--start', '0.6')).toEqual({ theta: [0.6] });
    expect(parseStart('--start', 'theta=0.6,0,1;fixef=-1,2e-3')).toEqual({ theta: [0.6, 0, 1], fixef: [-1, 0.002] });
    expect(() => parseStart('--start', 'theta=1;theta=2')).toThrow(/twice/);
    expect(() => parseStart('--start', 'beta=1')).toThrow(/theta, fixef, not 'beta'/);
  });
});

describe('values that make no sense are refused with the name of the option', () => {
  test.each<[string, string, RegExp]>([
    ['--tolerance', 'x', /^--tolerance needs a number, not 'x'$/],
    ['--tolerance', '0', /^--tolerance needs a number above zero, not '0'$/],
    ['--tolerance', '-1e-8', /^--tolerance needs a number above zero/],
    ['--max-evaluations', '-1', /^--max-evaluations needs an integer of at least 1/],
    ['--max-evaluations', '1.5', /^--max-evaluations needs an integer/],
    ['--nagq', '2.5', /^--nagq needs an integer/],
    ['--dispersion', '0', /^--dispersion needs a number above zero/],
    ['--start', 'theta=', /^--start needs a number, not ''/],
    ['--se', 'wald', /^--se is hessian, wls, not 'wald'/],
  ])('%s %s', async (option, value, message) => {
    await expect(createProgram().parseAsync(['fit', 'data.csv', option, value], { from: 'user' })).rejects.toThrow(message);
  });
});

describe('messages', () => {
  test('a place in a formula', () => {
    expect(markPlace('y ~ x + * z', 8)).toBe('y ~ x + «*» z');
    expect(markPlace('y ~ (x', 6)).toBe('y ~ (x«»');
    const long = `${'a'.repeat(1000)}*${'b'.repeat(1000)}`;
    expect(markPlace(long, 1000)).toBe(`…${'a'.repeat(30)}«*»${'b'.repeat(30)}…`);
  });
  test('always one short line', () => {
    expect(messageOf(new FormulaError('unexpected\nend\u0007', 'y ~\n', 4))).toBe('unexpected end\\u{7}: y ~ «»');
    expect(messageOf(new Error('x'.repeat(1e6))).length).toBeLessThan(700);
    expect(messageOf('thrown text')).toMatch(/^internal error: thrown text/);
  });
});
