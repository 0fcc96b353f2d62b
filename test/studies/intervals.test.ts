import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { generator } from '../helpers/designs.js';
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
      const [low, high] = reference[row.kind as (typeof KINDS)[number]];
      expect(row.conf_low).toBeCloseTo(low, 11);
      expect(row.conf_high).toBeCloseTo(high, 11);
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

interface Further { level: number; estimate: number; se: number; replicates: number[]; errors: number[]; jackknife: number[]; ranks: [number, number]; studentised: [number, number] }
const further = JSON.parse(readFileSync(new URL('../fixtures/studies/bca-intervals.json', import.meta.url), 'utf8')) as Further;

describe('intervals that need more than the replicates', () => {
  const replicates = Float64Array.from(further.replicates);
  const rows = intervalRows('x', further.estimate, replicates, ['bca', 'studentised', 'shortest'], further.level, {
    jackknife: Float64Array.from(further.jackknife), errors: { estimate: further.se, replicates: Float64Array.from(further.errors) },
  });

  test('BCa takes the order statistics that boot takes', () => {
    const sorted = replicates.slice().sort();
    const at = (rank: number): number => sorted[Math.floor(rank) - 1]! + (rank % 1) * (sorted[Math.floor(rank)]! - sorted[Math.floor(rank) - 1]!);
    // boot rounds the numbers of the order statistics to two decimals.
    for (const [limit, rank] of [[rows[0]!.conf_low, further.ranks[0]], [rows[0]!.conf_high, further.ranks[1]]] as const) {
      expect(limit).toBeGreaterThanOrEqual(at(rank - 0.01));
      expect(limit).toBeLessThanOrEqual(at(rank + 0.01));
    }
  });

  test('studentised limits are those of boot', () => {
    expect(rows[1]!.conf_low).toBeCloseTo(further.studentised[0], 10);
    expect(rows[1]!.conf_high).toBeCloseTo(further.studentised[1], 10);
  });

  test('no interval of as many replicates is shorter than the shortest', () => {
    const { conf_low, conf_high } = rows[2]!;
    const inside = (low: number, high: number): number => further.replicates.filter((value) => value >= low && value <= high).length;
    expect(inside(conf_low, conf_high)).toBe(Math.ceil(0.9 * 999));
    for (const low of further.replicates) expect(inside(low, low + (conf_high - conf_low) * (1 - 1e-9))).toBeLessThan(Math.ceil(0.9 * 999));
  });

  test('without what they need the limits are NaN', () => {
    const bare = intervalRows('x', further.estimate, replicates, ['bca', 'studentised'], 0.9);
    expect(bare.every((row) => Number.isNaN(row.conf_low) && Number.isNaN(row.conf_high))).toBe(true);
  });
});

test('Monte-Carlo errors are the spread of the limits from run to run', () => {
  const random = generator(5);
  const runs = Array.from({ length: 60 }, () => {
    const normal = Float64Array.from({ length: 2000 }, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
    return intervalRows('x', 0, normal, KINDS, 0.9);
  });
  KINDS.forEach((_, k) => {
    const limits = runs.map((rows) => rows[k]!.conf_high);
    const mean = limits.reduce((sum, value) => sum + value, 0) / limits.length;
    const spread = Math.sqrt(limits.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (limits.length - 1));
    const stated = runs.reduce((sum, rows) => sum + rows[k]!.mc_error_high, 0) / runs.length;
    // 60 runs tell their spread to 9 %; the jackknife of a quantile is a little rough.
    expect(stated / spread).toBeGreaterThan(0.65);
    expect(stated / spread).toBeLessThan(1.5);
  });
});
