/** Arguments for tests of functions. */

/** `count` evenly spaced numbers. */
export const even = (from: number, to: number, count = 4000): number[] =>
  Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));

/** `count` positive numbers evenly spaced in their logarithm. */
export const orders = (from: number, to: number, count = 4000): number[] =>
  even(Math.log(from), Math.log(to), count).map((x) => Math.min(to, Math.max(from, Math.exp(x))));
