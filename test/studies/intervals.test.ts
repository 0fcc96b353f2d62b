import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { intervalRows } from '../../src/studies/intervals.js';

interface Case {
  exact: boolean;
  level: number;
  estimate: number;
  replicates: number[];
  bias: number;
  std_error: number;
  percentile: [number, number];
  basic: [number, number];
  normal: [number, number];
  type6: [number, number];
}

const cases = JSON.parse(readFileSync(new URL('../fixtures/studies/bootstrap-intervals.json', import.meta.url), 'utf8')) as Case[];
const KINDS = ['percentile', 'basic', 'normal'] as const;

describe('interval rows', () => {
  test.each(cases)('agree with R at level $level', (reference) => {
    const rows = intervalRows('x', reference.estimate, Float64Array.from(reference.replicates), KINDS, reference.level);
    // Quantiles of R's type 6 always; those of package boot where its own interpolation plays no part.
    const [percentile] = rows;
    expect(percentile!.conf_low).toBeCloseTo(reference.type6[0], 11);
    expect(percentile!.conf_high).toBeCloseTo(reference.type6[1], 11);
    for (const row of rows) {
      if (!reference.exact && row.kind !== 'normal') continue;
      expect(row.conf_low).toBeCloseTo(reference[row.kind][0], 11);
      expect(row.conf_high).toBeCloseTo(reference[row.kind][1], 11);
      expect(row.bias).toBeCloseTo(reference.bias, 12);
      expect(row.std_error).toBeCloseTo(reference.std_error, 12);
      expect(row.replicates).toBe(reference.replicates.length);
    }
  });

  test('NaN replicates are left out and counted; none at all gives NaN, not an error', () => {
    const [row] = intervalRows('x', 2, Float64Array.of(1, NaN, 3, NaN, 2), ['percentile'], 0.95);
    expect(row).toMatchObject({ replicates: 3, conf_low: 1, conf_high: 3, bias: 0, std_error: 1 });
    for (const empty of intervalRows('x', 2, Float64Array.of(NaN), KINDS, 0.95)) {
      expect(empty.replicates).toBe(0);
      expect([empty.conf_low, empty.conf_high, empty.bias, empty.std_error].every(Number.isNaN)).toBe(true);
    }
  });
});
