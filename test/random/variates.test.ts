import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { binomialLogMass, poissonLogMass } from '../../src/random/log-mass.js';
import { positiveGammaVariate } from '../../src/random/scale-variates.js';
import { UniformStream } from '../../src/random/stream.js';
import { binomialVariate, poissonVariate } from '../../src/random/variates.js';

interface Case {
  family: 'binomial' | 'poisson';
  size?: number;
  p?: number;
  mean?: number;
  from: number;
  mass: number[];
  logMass: number[];
}

const cases = JSON.parse(readFileSync(new URL('../fixtures/random/count-masses.json', import.meta.url), 'utf8')) as Case[];
const name = (c: Case): string => (c.family === 'binomial' ? `Binomial(${c.size}, ${c.p})` : `Poisson(${c.mean})`);

/** Draws as the simulator does: first uniform and further ones from separate streams. */
function sampler(seed: number): (c: Pick<Case, 'family' | 'size' | 'p' | 'mean'>) => number {
  const first = new UniformStream();
  const further = new UniformStream();
  first.reset(seed, 0, 1);
  further.reset(seed, 0, 2);
  return (c) =>
    c.family === 'binomial' ? binomialVariate(c.size!, c.p!, first.next(), further) : poissonVariate(c.mean!, first.next(), further);
}

describe('log masses agree with R', () => {
  test.each(cases.map((c) => [name(c), c.from, c] as const))('%s from %s', (_, __, c) => {
    c.logMass.forEach((expected, i) => {
      const k = c.from + i;
      const got = c.family === 'binomial' ? binomialLogMass(k, c.size!, c.p!) : poissonLogMass(k, c.mean!);
      expect(Math.abs(got - expected)).toBeLessThan(5e-13 * (1 + Math.abs(expected)));
    });
  });
});

describe('samplers follow the exact mass (chi-square against R)', () => {
  const draws = 400_000;
  test.each(cases.filter((c) => c.mass.length > 0).map((c) => [name(c), c] as const))('%s', (_, c) => {
    const draw = sampler(20);
    const counts = new Map<number, number>();
    for (let i = 0; i < draws; i++) {
      const k = draw(c);
      counts.set(k, (counts.get(k) ?? 0) + 1);
    }
    // Cells with at least 10 expected draws; everything else is one cell.
    let chiSquare = 0, cells = 0, restMass = 1, restCount = draws;
    c.mass.forEach((mass, i) => {
      if (mass * draws < 10) return;
      const observed = counts.get(c.from + i) ?? 0;
      chiSquare += (observed - mass * draws) ** 2 / (mass * draws);
      restMass -= mass;
      restCount -= observed;
      cells++;
    });
    if (restMass * draws >= 10) {
      chiSquare += (restCount - restMass * draws) ** 2 / (restMass * draws);
      cells++;
    } else {
      expect(restCount).toBeLessThan(40);
    }
    const degrees = cells - 1;
    // About the 99.999 % point (Wilson & Hilferty).
    const limit = degrees * (1 - 2 / (9 * degrees) + 4.3 * Math.sqrt(2 / (9 * degrees))) ** 3;
    expect(chiSquare).toBeLessThan(limit);
  });

  test.each([
    { family: 'binomial', size: 1e9, p: 0.4 }, { family: 'binomial', size: 1e15, p: 0.999 }, { family: 'poisson', mean: 1e6 },
    { family: 'poisson', mean: 1e15 },
  ] as const)('mean and variance of $family for a huge mean', (c) => {
    const draw = sampler(4);
    const [mean, variance] = c.family === 'binomial' ? [c.size * c.p, c.size * c.p * (1 - c.p)] : [c.mean, c.mean];
    const n = 100_000;
    let sum = 0, square = 0;
    for (let i = 0; i < n; i++) {
      const z = (draw(c) - mean) / Math.sqrt(variance);
      sum += z;
      square += z * z;
    }
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(square / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
  });
});

describe('edges', () => {
  const further = new UniformStream();
  further.reset(1, 0, 2);
  test('no trials, impossible and certain events', () => {
    for (const u of [1e-16, 0.5, 1 - 1e-16]) {
      expect(binomialVariate(0, 0.3, u, further)).toBe(0);
      expect(binomialVariate(12, 0, u, further)).toBe(0);
      expect(binomialVariate(12, 1, u, further)).toBe(12);
      expect(binomialVariate(1e9, 1, u, further)).toBe(1e9);
      expect(binomialVariate(1, 1, u, further)).toBe(1);
      expect(poissonVariate(0, u, further)).toBe(0);
      expect(poissonVariate(1e-300, u, further)).toBe(0);
    }
  });
  test('the largest uniform ends the search in the tail, not at the size', () => {
    expect(binomialVariate(1e12, 1e-12, 1 - 2 ** -53, further)).toBeLessThan(25);
    expect(poissonVariate(9, 1 - 2 ** -53, further)).toBeLessThan(70);
  });
  test('invalid parameters give NaN, not a hang', () => {
    for (const p of [NaN, -0.1, 1.1, Infinity]) expect(binomialVariate(10, p, 0.5, further)).toBeNaN();
    for (const mean of [NaN, -1, Infinity]) expect(poissonVariate(mean, 0.5, further)).toBeNaN();
    for (const mean of [NaN, -1, 0]) expect(positiveGammaVariate(mean, 2, further)).toBeNaN();
    for (const shape of [NaN, -1, 0, Infinity]) expect(positiveGammaVariate(1, shape, further)).toBeNaN();
    expect(Number.isFinite(poissonVariate(1e300, 0.5, further))).toBe(true);
  });
});
