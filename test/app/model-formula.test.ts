/** The set-up form and the formula say the same. */
import { describe, expect, test } from 'vitest';
import { type ModelForm, formOf, formulaOf } from '../../src/app/model-formula.js';

const columns = new Set(['y', 'n', 'x', 'z', 'g', 'h', 'a b', '1st']);
const random = { group: 'g', intercept: true, slopes: [], correlated: true };
const form: ModelForm = { response: 'y', trials: '', intercept: true, fixed: ['x'], interactions: [], others: [], random: [random] };

describe('form and formula', () => {
  test.each([
    ['y ~ x + (1 | g)', form],
    ['y ~ 1 + (1 | g)', { ...form, fixed: [] }],
    ['y ~ 0 + x + (1 | g)', { ...form, intercept: false }],
    ['cbind(y, n - y) ~ x + z + x:z + (1 | g)', { ...form, trials: 'n', fixed: ['x', 'z'], interactions: [['x', 'z']] }],
    ['y ~ x + (1 + x | g) + (0 + z | h)', { ...form, random: [{ ...random, slopes: ['x'] }, { ...random, group: 'h', intercept: false, slopes: ['z'] }] }],
    ['y ~ x + (1 + x + z || g)', { ...form, random: [{ ...random, slopes: ['x', 'z'], correlated: false }] }],
    ['`1st` ~ `a b` + (1 | g)', { ...form, response: '1st', fixed: ['a b'] }],
    ['y ~ x', { ...form, random: [] }],
    ['y ~ x + log(z) + x:z:n + offset(n) + (1 | g)', { ...form, others: ['log(z)', 'x:z:n', 'offset(n)'] }],
  ] as const)('%s', (formula, shown) => {
    expect(formulaOf(shown)).toBe(formula);
    expect(formOf(formula, columns)).toEqual(shown);
  });

  test('other ways to write the same are understood', () => {
    expect(formOf('y ~ x*z + (x|g) - 1', columns)).toEqual({ ...form, intercept: false, fixed: ['x', 'z'], interactions: [['x', 'z']], random: [{ ...random, slopes: ['x'] }] });
  });

  test.each(['log(y) ~ x + (1 | g)', 'y ~ x + (1 | g/h)', 'y ~ x + cs(0 + x | g)', 'y ~ x - z + (1 | g)', 'y ~ (1 + log(x) | g)', 'y ~ w + (1 | g)', 'y ~', 'cbind(y, n) ~ x + (1 | g)'])(
    '%s is more than the form can show', (formula) => {
      expect(formOf(formula, columns)).toBeNull();
    });
});
