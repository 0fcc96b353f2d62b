import { describe, expect, test } from 'vitest';
import { philoxBlocks } from '../../src/random/philox.js';

const words = (text: string): number[] => text.trim().split(/\s+/).map((word) => Number.parseInt(word, 16));

describe('Philox 4x32-10', () => {
  // Known-answer vectors published with Random123 (kat_vectors): counter, key, output.
  test.each([
    ['00000000 00000000 00000000 00000000', '00000000 00000000', '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    ['ffffffff ffffffff ffffffff ffffffff', 'ffffffff ffffffff', '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    ['243f6a88 85a308d3 13198a2e 03707344', 'a4093822 299f31d0', 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ])('counter %s, key %s', (counter, key, expected) => {
    const [block, c1, c2, c3] = words(counter);
    const [k0, k1] = words(key);
    const out = new Uint32Array(4);
    philoxBlocks(out, 1, k0!, k1!, block!, c1!, c2!, c3!);
    expect([...out]).toEqual(words(expected));
  });

  test('the rounding of the high words is right for every pattern of bits: agrees with exact integers', () => {
    const exact = (counter: number[], key: number[]): number[] => {
      const mask = 0xffffffffn;
      let [x0, x1, x2, x3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
      let [k0, k1] = key.map(BigInt) as [bigint, bigint];
      for (let round = 0; round < 10; round++) {
        const a = 0xd2511f53n * x0;
        const b = 0xcd9e8d57n * x2;
        [x0, x1, x2, x3] = [(b >> 32n) ^ x1 ^ k0, b & mask, (a >> 32n) ^ x3 ^ k1, a & mask];
        k0 = (k0 + 0x9e3779b9n) & mask;
        k1 = (k1 + 0xbb67ae85n) & mask;
      }
      return [x0, x1, x2, x3].map(Number);
    };
    const out = new Uint32Array(4 * 333);
    philoxBlocks(out, 333, 0x80000000, 0x7fffffff, 0xfffffff0, 1, 0xffffffff, 0x80000001);
    for (let j = 0; j < 333; j++) {
      expect([...out.subarray(4 * j, 4 * j + 4)]).toEqual(
        exact([(0xfffffff0 + j) % 2 ** 32, 1, 0xffffffff, 0x80000001], [0x80000000, 0x7fffffff]),
      );
    }
  });

  test('an odd number of blocks writes no more than asked for', () => {
    const out = new Uint32Array(16).fill(7);
    philoxBlocks(out, 3, 1, 2, 3, 4, 5, 6);
    expect([...out.subarray(12)]).toEqual([7, 7, 7, 7]);
  });
});
