/** Random formulas over random tables: an answer that holds together, or a GlmmError, and never a hang. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GlmmError } from '../../src/errors.js';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { FrameOptions, ModelFrame } from '../../src/formula/model-frame.js';
import { type CellValue, type ColumnInput, fromColumns } from '../../src/table/from-values.js';

const NAMES = ['y', 'x', 'z', 'f', 'h', 'g', 'l'];

const table = fc.integer({ min: 1, max: 40 }).chain((n) => {
  const rows = (cell: fc.Arbitrary<CellValue>): fc.Arbitrary<ColumnInput> => fc.array(cell, { minLength: n, maxLength: n });
  const number = fc.oneof({ weight: 60, arbitrary: fc.integer({ min: -3, max: 9 }) }, { weight: 1, arbitrary: fc.double() }, { weight: 5, arbitrary: fc.constant(null) });
  return fc.record({
    y: rows(fc.oneof(fc.constantFrom(0, 1), fc.constantFrom<CellValue>(0, 1, 1, 0, null))),
    x: rows(number),
    // Eighths: points closer than rounding make poly() a matter of luck.
    z: rows(fc.integer({ min: 4, max: 32 }).map((k) => k / 8)),
    f: rows(fc.constantFrom('a', 'b', 'c', null)),
    h: rows(fc.constantFrom('u', 'v')),
    g: rows(fc.integer({ min: 1, max: 4 })),
    l: rows(fc.constantFrom(true, false)),
  }, { noNullPrototype: true });
});

const name = fc.constantFrom(...NAMES);

const term: fc.Arbitrary<string> = fc.letrec<{ term: string }>((tie) => ({
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 12, arbitrary: name },
    fc.constantFrom('0', '1', '.', 'I(x > 1)', 'factor(g)', 'scale(z)', 'poly(z, 2)', 'log(z)', 'sqrt(x)', 'offset(z)', 'ordered(f)', 'cbind(x, z)', 'nonsense(x)', '"a"', '7', 'poly(x, 3)', 'as.numeric(f)', 'relevel(f, ref = "b")', 'I(1 / x)'),
    fc.tuple(tie('term'), fc.constantFrom('+', '-', '*', ':', '/', '%in%', '^', '|', '>'), tie('term')).map(([a, op, b]) => `${a} ${op} ${b}`),
    fc.tuple(tie('term'), fc.integer({ min: 0, max: 3 })).map(([a, k]) => `(${a})^${k}`),
    tie('term').map((a) => `(${a})`),
    tie('term').map((a) => `-${a}`),
    fc.tuple(tie('term'), fc.constantFrom('|', '||'), tie('term')).map(([a, bar, b]) => `(${a} ${bar} ${b})`),
  ),
})).term;

const random = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('(1 | g)', '(x | g)', '(z || g)', '(0 + f | g)', '(1 | h/g)', '(l | f:g)', '(scale(z) || h)', '(f * z || g)', '(poly(z, 2) | g)') },
  fc.tuple(term, term).map(([a, b]) => `(${a} | ${b})`),
);

const response = fc.oneof({ weight: 8, arbitrary: fc.constant('y') }, fc.constantFrom('h', 'l', 'f', 'cbind(y, g)', 'I(x > 1)', 'g', 'x'), name);

const options: fc.Arbitrary<Partial<FrameOptions>> = fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, fc.record({
  weights: fc.constantFrom('g', 'x', 'z', 'f'),
  offset: fc.constantFrom('z', 'log(z)', 'x', 'f', 'q'),
  subset: fc.constantFrom('x > 0', 'f == "a" | l', '!is.na(x)', 'f %in% c("a", "b")', 'z', 'x >', 'h'),
  contrasts: fc.constantFrom({ f: 'sum' as const }, { h: 'helmert' as const }, { f: 'dummy' as const, h: 'poly' as const }),
}, { requiredKeys: [] }));

function consistent(frame: ModelFrame): void {
  const { design, response: y } = frame;
  const n = design.nobs;
  const p = design.fixedNames.length;
  expect(n).toBeGreaterThan(0);
  expect(frame.rows).toHaveLength(n);
  expect(y).toHaveLength(n);
  expect(design.x).toHaveLength(n * p);
  expect(new Set(design.fixedNames).size).toBe(p);
  expect(p).toBeLessThanOrEqual(n);
  expect(design.x.every(Number.isFinite)).toBe(true);
  expect(design.offset === null || design.offset.every(Number.isFinite)).toBe(true);
  for (const { z, names, index, levels } of design.random) {
    expect(z).toHaveLength(n * names.length);
    expect(z.every(Number.isFinite)).toBe(true);
    expect(new Set(index).size).toBe(levels.length);
    expect(Math.max(...index)).toBe(levels.length - 1);
  }
}

describe('random formulas over random tables', () => {
  test('give a frame that holds together or a GlmmError', () => {
    const answered = { frames: 0, errors: 0 };
    fc.assert(fc.property(table, response, fc.array(term, { maxLength: 3 }), fc.array(random, { minLength: 1, maxLength: 2 }), options, fc.constantFrom('binomial', 'poisson'),
      (columns, left, fixed, bars, extra, family) => {
        const formula = `${left} ~ ${[...fixed, ...bars].join(' + ')}`;
        try {
          const frame = buildModelFrame(formula, fromColumns(columns), { family, link: family === 'binomial' ? 'logit' : 'log', ...extra });
          consistent(frame);
          answered.frames++;
        } catch (error) {
          if (!(error instanceof GlmmError)) throw error;
          expect(error.message).not.toContain('\n');
          answered.errors++;
        }
      }), { numRuns: 1500 });
    // Both outcomes must be common, or the property says little.
    expect(answered.frames).toBeGreaterThan(100);
    expect(answered.errors).toBeGreaterThan(100);
  });

  test('the order of rows changes nothing but the order of rows', () => {
    fc.assert(fc.property(table, fc.constantFrom('f * z', 'f:h + x', '0 + l + poly(z, 2)', 'scale(x) + h / f'), (columns, fixed) => {
      const formula = `y ~ ${fixed} + (z | g)`;
      const build = (data: Record<string, ColumnInput>) => buildModelFrame(formula, fromColumns(data), { family: 'binomial', link: 'logit' });
      let forward: ModelFrame;
      try {
        forward = build(columns);
      } catch (error) {
        expect(error).toBeInstanceOf(GlmmError);
        return;
      }
      const backward = build(Object.fromEntries(Object.entries(columns).map(([key, values]) => [key, [...(values as CellValue[])].reverse()])));
      const p = forward.design.fixedNames.length;
      expect(backward.design.fixedNames).toEqual(forward.design.fixedNames);
      const last = backward.design.nobs - 1;
      forward.design.x.forEach((value, at) => {
        const mirrored = backward.design.x[(last - Math.floor(at / p)) * p + (at % p)]!;
        expect(Math.abs(value - mirrored)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(value)));
      });
    }), { numRuns: 150 });
  });
});

test('a hundred thousand rows take time in proportion, not squared', () => {
  const n = 100_000;
  const columns = {
    y: Float64Array.from({ length: n }, (_, i) => i % 2), x: Float64Array.from({ length: n }, (_, i) => Math.sin(i)),
    f: Array.from({ length: n }, (_, i) => 'abcd'[i % 4]!), g: Float64Array.from({ length: n }, (_, i) => i % 5000),
  };
  const start = performance.now();
  const frame = buildModelFrame('y ~ x * f + scale(x) + (x | g)', fromColumns(columns), { family: 'binomial', link: 'logit' });
  expect(frame.design.nobs).toBe(n);
  // 0.15 s measured on a quiet machine; a look at every row for every other takes minutes.
  expect(performance.now() - start).toBeLessThan(10_000);
});
