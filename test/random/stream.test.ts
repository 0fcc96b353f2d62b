import { describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors.js';
import { UniformStream, checkSeed, fillNormals, fillUniforms } from '../../src/random/stream.js';

const uniforms = (count: number, seed: number, replicate: number, stream: number): Float64Array => {
  const out = new Float64Array(count);
  fillUniforms(out, count, seed, replicate, stream);
  return out;
};

describe('streams', () => {
  test('one by one and in bulk are the same numbers, whatever came before', () => {
    const stream = new UniformStream();
    stream.reset(9, 4, 1);
    stream.next();
    stream.reset(2 ** 40 + 5, 2 ** 33 + 1, 2);
    stream.next();
    stream.moveTo(3);
    const bulk = uniforms(101, 2 ** 40 + 5, 2 ** 33 + 1, 3);
    expect([...bulk]).toEqual(Array.from({ length: 101 }, () => stream.next()));
    // A shorter request is the beginning of a longer one.
    expect([...uniforms(7, 2 ** 40 + 5, 2 ** 33 + 1, 3)]).toEqual([...bulk.subarray(0, 7)]);
  });

  test('seed, replicate and stream all matter, their high words too', () => {
    const keys = [[1, 0, 0], [2, 0, 0], [1 + 2 ** 32, 0, 0], [1, 1, 0], [1, 2 ** 32, 0], [1, 0, 1]] as const;
    const firsts = keys.map(([seed, replicate, stream]) => uniforms(1, seed, replicate, stream)[0]);
    expect(new Set(firsts).size).toBe(keys.length);
  });

  test('uniforms are centres of 2^52 cells: never 0 or 1, mean 1/2, variance 1/12, no correlation of neighbours', () => {
    const n = 200_000;
    const u = uniforms(n, 1, 0, 1);
    let sum = 0, square = 0, product = 0;
    for (let i = 0; i < n; i++) {
      if (!(u[i]! > 0 && u[i]! < 1)) throw new Error(`uniform ${i} is ${u[i]}`);
      sum += u[i]! - 0.5;
      square += (u[i]! - 0.5) ** 2;
      if (i > 0) product += (u[i]! - 0.5) * (u[i - 1]! - 0.5);
    }
    // Five standard errors.
    expect(Math.abs(sum / n)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(square / n - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / n));
    expect(Math.abs(product / n)).toBeLessThan((5 / 12) / Math.sqrt(n));
    expect((u[0]! * 2 ** 53) % 2).toBe(1);
  });

  test('normals have the moments of N(0, 1) and the tail beyond 3', () => {
    const n = 200_001;
    const z = new Float64Array(n);
    fillNormals(z, n, 3, 5, 0);
    const moment = (power: number): number => z.reduce((sum, value) => sum + value ** power, 0) / n;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / n));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
    const beyond = z.filter((value) => Math.abs(value) > 3).length / n;
    expect(Math.abs(beyond - 0.0026998)).toBeLessThan(5 * Math.sqrt(0.0027 / n));
  });

  test.each([-1, 0.5, NaN, 2 ** 53])('seed %s is refused', (seed) => {
    expect(() => { checkSeed(seed); }).toThrow(OptionError);
  });
});
