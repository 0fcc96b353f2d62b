/** Every family, link and wrapper: derivatives against central differences, and probabilities that add up to one. */
import { describe, expect, test } from 'vitest';
import { ALL_PARTS, type Family, auxiliaryCount, derivativeRows } from '../../src/families/family.js';
import { FAMILY_NAMES, familyOf, getFamily, linksOf, takesZeroInflation } from '../../src/families/registry.js';
import type { AuxiliaryPredictor, FamilyName, LinkName } from '../../src/model/design.js';

interface Case {
  readonly family: FamilyName;
  readonly link: LinkName;
  readonly zi: boolean;
}

const role = (name: AuxiliaryPredictor['role']): AuxiliaryPredictor => ({ role: name, names: ['a'], x: Float64Array.of(1), offset: null });
const cases: Case[] = FAMILY_NAMES.flatMap((family) => linksOf(family).flatMap((link) =>
  (takesZeroInflation(family) ? [false, true] : [false]).map((zi) => ({ family, link, zi }))));

function make({ family, link, zi }: Case): Family {
  const base = getFamily(family, link);
  return zi ? familyOf({ family, link, auxiliary: [...base.auxiliary.map(role), role('zi')] }) : base;
}

/** All that `evaluate` says of one row. */
function at(family: Family, eta: number, y: number, m: number, weight: number, aux: readonly number[]) {
  const rows = derivativeRows(1, auxiliaryCount(family), family.auxiliary.includes('zi'));
  const value = family.evaluate(Float64Array.of(eta), Float64Array.of(y), Float64Array.of(m), Float64Array.of(weight), 0, 1, ALL_PARTS, rows, aux.map((a) => Float64Array.of(a)));
  const { d1, w, dw, we, dwe, auxiliary, excess } = rows;
  return {
    value, d1: d1[0]!, w: w[0]!, dw: dw[0]!, we: we[0]!, dwe: dwe[0]!,
    aux: auxiliary.map((row) => ({ value: row.value[0]!, score: row.score[0]!, w: row.w[0]!, we: row.we[0]! })),
    excess: excess === null ? null : {
      w: excess.w[0]!, we: excess.we[0]!, dw: excess.dw[0]!, cross: excess.cross[0]!, crossSlope: excess.crossSlope[0]!,
      aux: excess.auxiliary.map((row) => ({ score: row.score[0]!, w: row.w[0]!, cross: row.cross[0]! })),
    },
  };
}

/** Five-point derivative. */
function slope(f: (x: number) => number, x: number, h: number): number {
  return (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
}

function etas({ family, link }: Case): number[] {
  if (['identity', 'sqrt', 'inverse', '1/mu^2'].includes(link) && !(family === 'gaussian' && link === 'identity')) return [0.4, 1.3, 3.1];
  if (link === 'log' && ['binomial', 'beta', 'betabinomial'].includes(family)) return [-3.2, -1.1, -0.3];
  return [-2.2, -0.4, 0.7, 1.9];
}

function responses({ family, zi }: Case): [number, number][] {
  switch (family) {
    case 'binomial': case 'betabinomial': return [[0, 5], [2, 5], [7, 7], [1, 1]];
    case 'beta': return [[0.03, 1], [0.4, 1], [0.97, 1]];
    case 'gaussian': return [[-1.2, 1], [2.5, 1]];
    case 'Gamma': case 'inverse.gaussian': return [...(zi ? [[0, 1] as [number, number]] : []), [0.2, 1], [3.3, 1]];
    case 'cumulative': return [[1, 1], [2, 1], [3, 1]];
    case 'truncated_poisson': case 'truncated_nbinom1': case 'truncated_nbinom2': return [...(zi ? [[0, 1] as [number, number]] : []), [1, 1], [4, 1], [90, 1]];
    default: return [[0, 1], [1, 1], [6, 1], [90, 1]];
  }
}

/** Auxiliary values of a row in the order of the family. */
function auxiliaries(pair: Case, y: number): number[][] {
  if (pair.family === 'cumulative') return [[[-Infinity, -0.6], [-0.6, 0.9], [0.9, Infinity]][y - 1]!];
  const count = auxiliaryCount(make(pair));
  return [-1.1, 0.8, 3].map((a, k) => Array.from({ length: count }, (_, i) => (i === count - 1 && pair.zi ? [-0.7, 1.2, 0.1][k]! : a)));
}

describe.each(cases)('$family $link zi $zi', (pair) => {
  const family = make(pair);
  test('derivatives', () => {
    const worst: Record<string, number> = {};
    const compare = (name: string, got: number, want: number, size: number): void => {
      const error = Math.abs(got - want) / Math.max(1e-3, Math.abs(want), size);
      if (!(error <= (worst[name] ?? -1))) worst[name] = error;
    };
    for (const eta of etas(pair)) {
      for (const [y, m] of responses(pair)) {
        for (const aux of auxiliaries(pair, y)) {
          const here = at(family, eta, y, m, 1.3, aux);
          const along = (pick: (point: ReturnType<typeof at>) => number): number => slope((x) => pick(at(family, x, y, m, 1.3, aux)), eta, 2e-3);
          const size = Math.abs(here.d1) + Math.abs(here.w) + Math.abs(here.dw);
          compare('d1', along((p) => p.value), here.d1, size);
          compare('w', -along((p) => p.d1), here.w, size);
          compare('dw', along((p) => p.w), here.dw, size);
          if (family.fisherInformation && !family.canonical) compare('dwe', along((p) => p.we), here.dwe, Math.abs(here.we));
          else expect(family.canonical || here.we >= 0).toBe(true);
          here.aux.forEach((row, k) => {
            if (!Number.isFinite(aux[k]!)) {
              expect(Object.values(row).every((value) => value === 0 || Object.is(value, -0))).toBe(true);
              return;
            }
            const moved = (pick: (point: ReturnType<typeof at>) => number): number =>
              slope((a) => pick(at(family, eta, y, m, 1.3, aux.map((own, i) => (i === k ? a : own)))), aux[k]!, 2e-3);
            const spread = size + Math.abs(row.value);
            compare(`value by ${k}`, moved((p) => p.value), row.value, spread);
            compare(`d1 by ${k}`, moved((p) => p.d1), row.score, spread);
            compare(`w by ${k}`, moved((p) => p.w), row.w, spread);
            if (family.fisherInformation) compare(`we by ${k}`, moved((p) => p.we), row.we, Math.abs(here.we));
          });
          if (here.excess === null) continue;
          const second = here.aux.length - 1;
          const moved = (k: number, pick: (point: ReturnType<typeof at>) => number): number =>
            slope((a) => pick(at(family, eta, y, m, 1.3, aux.map((own, i) => (i === k ? a : own)))), aux[k]!, 2e-3);
          const spread = size + Math.abs(here.aux[second]!.value);
          compare('ζζ', -moved(second, (p) => p.aux[second]!.value), here.excess.w, spread);
          compare('ζζζ', moved(second, (p) => p.excess!.w), here.excess.dw, spread);
          compare('ηζ', -moved(second, (p) => p.d1), here.excess.cross, spread);
          compare('ηζζ', moved(second, (p) => p.excess!.cross), here.excess.crossSlope, spread);
          expect(here.excess.we).toBeGreaterThan(0);
          here.excess.aux.forEach((row, k) => {
            const wide = spread + Math.abs(here.aux[k]!.value);
            compare(`ζ by ${k}`, moved(k, (p) => p.aux[second]!.value), row.score, wide);
            compare(`ζζ by ${k}`, moved(k, (p) => p.excess!.w), row.w, wide);
            compare(`ηζ by ${k}`, moved(k, (p) => p.excess!.cross), row.cross, wide);
          });
        }
      }
    }
    for (const [name, error] of Object.entries(worst)) expect(error, name).toBeLessThan(5e-7);
  });

  test('expected information is the mean of the observed one', () => {
    if (!family.fisherInformation || family.canonical || ['gaussian', 'Gamma', 'inverse.gaussian', 'beta'].includes(pair.family)) return;
    for (const eta of etas(pair)) {
      for (const aux of auxiliaries(pair, 1)) {
        const m = family.hasTrials ? 6 : 1;
        let mean = 0;
        let mass = 0;
        for (let y = 0; y <= (family.hasTrials ? m : 3000); y++) {
          const { value, w } = at(family, eta, y, m, 1, aux);
          const p = Math.exp(value + family.constant(y, m, 1));
          mass += p;
          mean += p * w;
          if (y > 50 && p < 1e-14) break;
        }
        expect(mass).toBeCloseTo(1, 8);
        expect(mean).toBeCloseTo(at(family, eta, 1, m, 1, aux).we, 6);
      }
    }
  });

  test('probabilities add up to one, mean and variance are theirs', () => {
    if (['gaussian', 'Gamma', 'inverse.gaussian', 'beta', 'cumulative'].includes(pair.family)) return;
    for (const eta of etas(pair)) {
      for (const aux of auxiliaries(pair, 1)) {
        const m = family.hasTrials ? 6 : 1;
        let mass = 0;
        let mean = 0;
        let square = 0;
        for (let y = pair.family.startsWith('truncated') && !pair.zi ? 1 : 0; y <= (family.hasTrials ? m : 20_000); y++) {
          const p = Math.exp(at(family, eta, y, m, 1, aux).value + family.constant(y, m, 1));
          const share = y / m;
          mass += p;
          mean += p * share;
          square += p * share * share;
          if (y > 50 && p * y * y < 1e-13) break;
        }
        expect(mass).toBeCloseTo(1, 8);
        expect(mean / family.responseMean(eta, aux)).toBeCloseTo(1, 7);
        expect((square - mean * mean) / family.responseVariance(eta, aux, m)).toBeCloseTo(1, 6);
      }
    }
  });
});
