import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormulaError } from '../../src/errors.js';
import { deparse } from '../../src/formula/deparse.js';
import { MAX_FORMULA_DEPTH, MAX_FORMULA_LENGTH, parseExpression, parseFormula } from '../../src/formula/parse.js';
import { splitFormula } from '../../src/formula/split-formula.js';

function failure(run: () => unknown): FormulaError {
  try {
    run();
  } catch (error) {
    if (error instanceof FormulaError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('expressions are written as R writes them', () => {
  test.each([
    ['x+1', 'x + 1'], ['x /2', 'x/2'], ['a : b', 'a:b'], ['x ** 2', 'x^2'], ['-x^2', '-x^2'], ['2^-1', '2^-1'], ['a*b+c', 'a * b + c'], ['!a&b', '!a & b'],
    ['x%in%c("a",\'b\')', 'x %in% c("a", "b")'], ['poly(x,2,raw=TRUE)', 'poly(x, 2, raw = TRUE)'], ['`my var`+`ok`', '`my var` + ok'], ['1e5', '1e+05'], ['.5', '0.5'],
    ['(x|g)', '(x | g)'], ['a.b_c + .x', 'a.b_c + .x'], ['0x10', '16'], ['3L', '3'], ['`a\\`b`', '`a\\`b`'], ['a%%2==0', 'a%%2 == 0'], ['größe + 年', 'größe + 年'],
  ])('%s', (text, wanted) => {
    expect(deparse(parseExpression(text, 'the formula'))).toBe(wanted);
  });

  test('operators bind as in R', () => {
    const shape = (text: string) => {
      const walk = (node: ReturnType<typeof parseExpression>): string => {
        switch (node.kind) {
          case 'binary': return `(${walk(node.left)}${node.operator}${walk(node.right)})`;
          case 'sum': return `(${node.items.map((item) => item.sign + walk(item.value)).join('')})`;
          case 'negate': return `(-${walk(node.operand)})`;
          case 'not': return `(!${walk(node.operand)})`;
          default: return deparse(node);
        }
      };
      return walk(parseExpression(text, 'the formula'));
    };
    expect(shape('a+b*c:d^e')).toBe('(+a+(b*(c:(d^e))))');
    expect(shape('a/b%in%c')).toBe('(a/(b%in%c))');
    expect(shape('-a:b')).toBe('((-a):b)');
    expect(shape('-a^b^c')).toBe('(-(a^(b^c)))');
    expect(shape('a-b+c')).toBe('(+a-b+c)');
    expect(shape('a | b & !c == d')).toBe('(a|(b&(!(c==d))))');
    expect(shape('a/b/c')).toBe('((a/b)/c)');
  });
});

describe('random terms are written out as lme4 does', () => {
  test.each([
    ['y ~ x + (1|a/b/c)', ['1 | c:(b:a)', '1 | b:a', '1 | a']],
    ['y ~ x + (x||g/h)', ['x || h:g', 'x || g']],
    ['y ~ (1|a) + ((x|b) + z)', ['1 | a', 'x | b']],
    ['y ~ x + ((1|a:b))', ['1 | a:b']],
    ['y ~ + (1|a)', ['1 | a']],
  ])('%s', (text, wanted) => {
    const { bars } = splitFormula(parseFormula(text));
    expect(bars.map((bar) => `${deparse(bar.effects)} ${bar.uncorrelated ? '||' : '|'} ${deparse(bar.group)}`)).toEqual(wanted);
  });
});

describe('what cannot be read is refused in one line with its place', () => {
  test.each<[string, number, RegExp]>([
    ['', 0, /empty/],
    ['   ', 0, /empty/],
    ['y', 1, /no '~'/],
    ['y ~', 3, /too early/],
    ['~ x + (1|g)', 0, /no response/],
    ['y ~ x', 5, /no random-effects term/],
    ['y ~ x + + * z', 10, /unexpected '\*'/],
    ['y ~ x z', 6, /unexpected 'z'/],
    ['y ~ x + 1 | g', 4, /needs parentheses; write \(x \+ 1 \| g\)/],
    ['y ~ x * (1 | g)', 9, /can only be added/],
    ['y ~ x - (1 | g)', 8, /subtracted/],
    ['y ~ (1 | g | h)', 4, /second '\|'/],
    ['y ~ (1 | a + b)', 9, /no grouping factor/],
    ['y ~ (1 | 3)', 9, /no grouping factor/],
    ['y ~ (1 | g', 4, /not closed/],
    ['y ~ log(x + (1 | g)', 7, /not closed/],
    ['y ~ x) + (1 | g)', 5, /parentheses/],
    ['y ~ x $ z', 6, /unexpected '\$'/],
    ['y ~ x %foo% z', 6, /unexpected '%foo%'/],
    ['y ~ "x', 4, /not closed/],
    ['y ~ `` + x', 4, /empty name/],
    ['y ~ x ~ z', 6, /one '~'/],
    ['y ~ 😀', 4, /unexpected '😀'/],
    ['y ~ 1 < 2 < 3', 10, /unexpected '<'/],
  ])('%s', (text, position, message) => {
    const error = failure(() => splitFormula(parseFormula(text)));
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error.position).toBe(position);
    expect(error.formula).toBe(text);
  });
});

describe('deep and long formulas end fast with an error', () => {
  const deep = 10_000;
  test.each<[string, string]>([
    ['parentheses', `y ~ ${'('.repeat(deep)}x${')'.repeat(deep)} + (1 | g)`],
    ['calls', `y ~ ${'log('.repeat(deep)}x${')'.repeat(deep)} + (1 | g)`],
    ['signs', `y ~ ${'-'.repeat(deep)}x + (1 | g)`],
    ['negations', `y ~ ${'!'.repeat(deep)}x + (1 | g)`],
    ['powers', `y ~ ${'x^'.repeat(deep)}2 + (1 | g)`],
    ['products', `y ~ ${'x:'.repeat(deep)}x + (1 | g)`],
    ['open parentheses', '('.repeat(90_000)],
    ['a megabyte', `y ~ ${'x + '.repeat(250_000)}(1 | g)`],
    ['a megabyte of noise', '~('.repeat(500_000)],
  ])('%s', (_, text) => {
    const start = performance.now();
    const error = failure(() => parseFormula(text));
    expect(error.message).toMatch(/nested more than 200 levels|the most is 100000/);
    // Milliseconds in practice; the bound is for a busy machine.
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  test('what lies within the limits is read', () => {
    const nested = MAX_FORMULA_DEPTH - 2;
    expect(parseFormula(`y ~ ${'('.repeat(nested)}x${')'.repeat(nested)}`).predictors.kind).toBe('paren');
    const sum = `y ~ x${'+x'.repeat((MAX_FORMULA_LENGTH - 5) / 2)}`;
    expect(sum.length).toBeLessThanOrEqual(MAX_FORMULA_LENGTH);
    expect(parseFormula(sum).predictors).toMatchObject({ kind: 'sum' });
  });
});

test('any text is read or refused with a FormulaError', () => {
  const piece = fc.oneof(
    fc.constantFrom('y', 'x', 'g', '~', '+', '-', '*', '/', ':', '^', '%in%', '(', ')', '|', '||', ' ', '0', '1', '.', 'log(', ',', '=', '"a"', '`b c`', '&', '!', '<', '==', '\n', '__proto__'),
    fc.string({ unit: 'grapheme', maxLength: 3 }),
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
    const text = pieces.join('');
    try {
      const formula = parseFormula(text);
      const again = parseFormula(`${deparse(formula.response)} ~ ${deparse(formula.predictors)}`);
      expect(deparse(again.predictors)).toBe(deparse(formula.predictors));
    } catch (error) {
      expect(error).toBeInstanceOf(FormulaError);
      expect((error as FormulaError).position).toBeLessThanOrEqual(text.length);
      expect((error as FormulaError).message).not.toContain('\n');
    }
  }), { numRuns: 1000 });
});
