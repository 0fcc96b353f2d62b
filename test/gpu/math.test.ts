/** Functions of shaders/lib/math.wgsl against float64 over their whole domains; the bounds are those that its comments state. */
import erfcx from '@stdlib/math-base-special-erfcx';
import { expect, test } from 'vitest';
import { describeGpu } from './adapter.js';
import { even, orders } from './grids.js';
import { runProbe } from './probe.js';

/** Distance between neighbouring float32 numbers at x. */
function ulp(x: number): number {
  return 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(x)))) - 23);
}

/** φ(t)/Φ(−t) − t; beyond 20 its asymptotic series, because the difference cancels in float64 too. */
function hazardGap(t: number): number {
  const i = 1 / (t * t);
  return t > 20 ? (1 - i * (2 - i * (10 - i * (74 - i * 706)))) / t : Math.sqrt(2 / Math.PI) / erfcx(t * Math.SQRT1_2) - t;
}

const minus = (values: number[]): number[] => values.map((x) => -x);

interface Case {
  readonly name: string;
  /** The number by which the probe knows the function. */
  readonly index: number;
  readonly exact: (x: number) => number;
  readonly at: number[];
  /** ULP. */
  readonly bound: number;
}

const functions: Case[] = [
  { name: 'exp_accurate', index: 0, exact: Math.exp, at: [...even(-87, 88, 20000), ...orders(1e-9, 1), ...minus(orders(1e-9, 1))], bound: 1 },
  {
    name: 'expm1_accurate', index: 1, exact: Math.expm1, bound: 3,
    at: [...even(-20, 88), ...even(-1, 1, 20000), ...orders(1e-30, 1), ...minus(orders(1e-30, 1))],
  },
  { name: 'log1p_unit', index: 2, exact: Math.log1p, at: [...even(0, 1, 20000), ...orders(1e-30, 1)], bound: 2.7 },
  {
    name: 'log_accurate', index: 3, exact: Math.log, bound: 2.7,
    at: [...orders(1.2e-38, 3e38, 20000), ...even(0.5, 2, 20000), ...orders(1e-6, 1).map((x) => 1 + x)],
  },
  { name: 'log1m_half', index: 4, exact: (p) => Math.log1p(-p), at: [...even(0, 0.5, 20000), ...orders(1e-30, 0.5)], bound: 2.7 },
  {
    name: 'log1mexp', index: 6, exact: (x) => (x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x))), bound: 4,
    at: [...even(-80, -0.01, 20000), ...even(-1, -0.5, 20000), ...minus(orders(1e-30, 1))],
  },
  { name: 'hazard_gap', index: 7, exact: hazardGap, at: [...even(0, 20, 20000), ...orders(1e-6, 1e6)], bound: 3.3 },
  { name: 'atan_positive', index: 8, exact: Math.atan, at: [...even(0, 5, 20000), ...orders(1e-9, 1e9)], bound: 2.7 },
];

async function run(index: number, pairs: Float32Array): Promise<Float32Array> {
  return new Float32Array(await runProbe('math', { integers: { FUNCTION: index } }, pairs, pairs.length / 2));
}

describeGpu('functions in float32', () => {
  test.each(functions)('$name: at most $bound ULP', async ({ name, index, exact, at, bound }) => {
    const pairs = Float32Array.from({ length: 2 * at.length }, (_, i) => (i % 2 === 0 ? at[i / 2]! : 0));
    const got = await run(index, pairs);
    let worst = 0;
    let where = NaN;
    got.forEach((value, i) => {
      const x = pairs[2 * i]!;
      const error = Math.abs(value - exact(x)) / ulp(exact(x));
      // Written so that a result that is not a number counts as the worst.
      if (!(error <= worst)) [worst, where] = [error, x];
    });
    console.info(`${name}: ${worst.toFixed(2)} ULP at ${where}`);
    expect(worst).toBeLessThan(bound);
  });

  test('exp_accurate at both ends: 0 below, capped above, never infinite', async () => {
    const got = await run(0, Float32Array.of(-88, 0, -1e30, 0, 89, 0, 1e30, 0));
    expect([got[0], got[1]]).toEqual([0, 0]);
    expect(got[2]).toBe(got[3]);
    expect(got[2]! / Math.exp(88)).toBeCloseTo(1, 6);
  });

  test('log_ratio_excess: relative error below 2e-6 and the conditioning of the ratio', async () => {
    const pairs: number[] = [];
    for (const b of [1, 2, 7, 1000, 65536]) {
      for (const ratio of [...orders(1e-9, 1e6, 500), ...orders(1e-6, 0.5, 500).flatMap((d) => [1 + d, 1 - d])]) pairs.push(b * ratio, b);
    }
    const at = Float32Array.from(pairs);
    let worst = 0;
    (await run(5, at)).forEach((value, i) => {
      const a = at[2 * i]!;
      const b = at[2 * i + 1]!;
      const x = (a - b) / b;
      // Near 0 log1p(x) − x cancels in float64 as well.
      const exact = Math.abs(x) < 1e-3 ? x * x * (-1 / 2 + x * (1 / 3 - x * (1 / 4 - x * (1 / 5 - x / 6)))) : Math.log(a / b) - x;
      const error = Math.abs(value - exact) / Math.abs(exact);
      if (!(error <= worst)) worst = error;
    });
    console.info(`log_ratio_excess: ${worst.toExponential(1)} relative`);
    expect(worst).toBeLessThan(2e-6);
  });

  test('is_bad finds infinities and NaNs by their bits, and nothing else', async () => {
    const got = await run(99, Float32Array.of(Infinity, 0, -Infinity, 0, NaN, 0, 3.4e38, 0, -3.4e38, 0, 0, 0, -0, 0, 1e-38, 0));
    expect([...got]).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
  });
});
