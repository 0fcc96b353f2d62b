/** Functions of shaders/lib/gamma.wgsl against numbers with 40 digits (scripts/reference/gamma-functions.py). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeGpu } from './adapter.js';
import { runProbe } from './probe.js';

interface Row {
  readonly at: readonly number[];
  readonly exact: readonly number[];
}

const tables = JSON.parse(readFileSync(new URL('../fixtures/gamma-functions.json', import.meta.url), 'utf8')) as Record<string, Row[]>;

/** Largest error of each result in the units that `units` gives for a row. */
async function errors(index: number, name: string, units: (row: Row, result: number) => number): Promise<number[]> {
  const rows = tables[name]!;
  const input = Float32Array.from(rows.flatMap(({ at }) => [at[0]!, at[1] ?? 0]));
  const got = new Float32Array(await runProbe('gamma', { integers: { FUNCTION: index } }, input, 4 * rows.length));
  const worst = rows[0]!.exact.map((_, result) => Math.max(...rows.map((row, i) => Math.abs(got[4 * i + result]! - row.exact[result]!) / units(row, result))));
  console.info(`${name}: ${worst.map((error) => error.toExponential(1)).join(', ')}`);
  return worst;
}

describeGpu('functions of the gamma family in float32', () => {
  test('Binet\'s function and its derivatives', async () => {
    const worst = await errors(0, 'binet', ({ exact }, result) => Math.abs(exact[result]!));
    for (const error of worst) expect(error).toBeLessThan(3e-6);
  });

  test('the excess of a rising factorial', async () => {
    // Absolute where it is large (tiny x), relative where it vanishes (large x).
    const worst = await errors(1, 'rising_excess', ({ exact }, result) => Math.abs(exact[result]!));
    for (const error of worst) expect(error).toBeLessThan(3e-6);
  });

  test('derivatives of a rising factorial', async () => {
    // Second and third vanish for large x while their parts do not: their errors count against the first.
    const worst = await errors(2, 'rising', ({ exact }) => exact[0]!);
    for (const error of worst) expect(error).toBeLessThan(3e-6);
  });
});
