/** Totals in 64-bit fixed point: exact to 2^-32 per number, whatever the order; what leaves the range is refused, never wrapped. */
import { expect, test } from 'vitest';
import { INVALID_FIXED, fromFixed } from '../../src/gpu/fixed-point.js';
import { generator } from '../helpers/designs.js';
import { describeGpu } from './adapter.js';
import { runProbe } from './probe.js';

const RESOLUTION = 2 ** -32;

async function sums(rows: number[][], join = false): Promise<{ sum: number; fine: boolean }[]> {
  const terms = rows[0]!.length;
  const words = new Uint32Array(await runProbe(
    'fixed_point', { integers: { TERMS: terms }, flags: new Set(join ? ['JOIN'] : []) }, Float32Array.from(rows.flat()), 3 * rows.length,
  ));
  return rows.map((_, i) => ({ sum: fromFixed(words[3 * i]!, words[3 * i + 1]!), fine: words[3 * i + 2] === 1 }));
}

/** `count` rows of 64 numbers of both signs over 14 orders of magnitude. */
function manyNumbers(count: number): number[][] {
  const random = generator(5);
  return Array.from({ length: count }, () => Array.from({ length: 64 }, () => Math.fround((random() - 0.5) * 10 ** (14 * random() - 10))));
}

describeGpu('fixed-point sums', () => {
  test('single numbers are exact to the resolution, negative ones too', async () => {
    const numbers = [0, 1, -1, 0.3, -0.3, 1e-5, -1e-5, -1e-12, 2 ** -32, -(2 ** -32), 123456.789, -123456.789, 9e8, -9e8].map(Math.fround);
    const got = await sums(numbers.map((x) => [x]));
    got.forEach(({ sum, fine }, i) => {
      expect(fine).toBe(true);
      expect(Math.abs(sum - numbers[i]!), `${numbers[i]}`).toBeLessThan(RESOLUTION);
    });
  });

  test('sums of many numbers: as float64, forwards, backwards and in two parts', async () => {
    const rows = manyNumbers(200);
    const forwards = await sums(rows);
    const backwards = await sums(rows.map((row) => row.toReversed()));
    const parts = await sums(rows, true);
    forwards.forEach(({ sum, fine }, i) => {
      expect(fine).toBe(true);
      expect(Math.abs(sum - rows[i]!.reduce((a, b) => a + b, 0))).toBeLessThan(64 * RESOLUTION);
    });
    expect(backwards).toEqual(forwards);
    expect(parts).toEqual(forwards);
  });

  test.each([
    ['too large a number', [1e9, 1]], ['an infinity', [Infinity, 1]], ['a negative infinity', [-Infinity, 1]], ['a NaN', [NaN, 1]],
    ['sums beyond 2^31', [9e8, 9e8, 9e8, 0]], ['sums below -2^31', [-9e8, -9e8, -9e8, 0]],
  ])('%s is refused', async (_, row) => {
    expect((await sums([row]))[0]!.fine).toBe(false);
    if (row.length % 2 === 0) expect((await sums([row], true))[0]!.fine).toBe(false);
  });

  test('the mark of a sum that left the range is not a number', () => {
    expect(fromFixed(...INVALID_FIXED)).toBeNaN();
    expect(fromFixed(0, 0x80000001)).toBe(-(2 ** 31) + 1);
  });
});
