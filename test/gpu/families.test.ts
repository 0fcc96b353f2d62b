/**
 * Every distribution twice: shaders/lib against src/families, the same rows through both. A family of the registry without a shader fails here.
 *
 * Errors are measured against what float32 can hold: |f| + |η f'| (rounding inside exp or a square costs relative accuracy in
 * proportion to η), plus the expected weight, because scores and weights vanish where their parts do not. Distributions made of several
 * parts may err absolutely, too, by the tolerance times a tenth: beside the 1 of the prior in every curvature that is nothing.
 */
import { expect, test } from 'vitest';
import { ALL_PARTS, auxiliaryCount, derivativeRows } from '../../src/families/family.js';
import { distributionOf, probabilityLinkOf } from '../../src/gpu/distribution.js';
import type { LinkName } from '../../src/model/design.js';
import { deviceRows } from '../../src/objective/device-rows.js';
import { describeGpu } from './adapter.js';
import { type DeviceDistribution, deviceDistributions, twinOf } from './distributions.js';
import { even, orders } from './grids.js';
import { runProbe } from './probe.js';

const WEIGHT = Math.fround(0.7);
/** Probabilities below this are rounded to nothing on the way; they weigh nothing beside the 1 of the prior. */
const NEGLIGIBLE = 1e-26;
/** Stands for infinity in thresholds, as in shaders/lib/thresholds.wgsl. */
const FAR = Math.fround(1e30);
const RESULTS = ['inside', 'value', 'd1', 'w', 'dw', 'we', 'dwe'] as const;
const POWER_LINKS: readonly LinkName[] = ['identity', 'sqrt', 'inverse', '1/mu^2'];
const BY_AUXILIARY = ['value', 'score', 'w', 'we'] as const;

interface Row {
  readonly eta: number;
  readonly y: number;
  readonly m: number;
  readonly auxiliary: readonly number[];
}

/** Largest error allowed, in the units above. Most are below 1e-6. */
function tolerance({ family, link }: DeviceDistribution): number {
  // Neighbouring thresholds: the probability of the category is a small difference, unless the link is the logit.
  if (family === 'cumulative' && link !== 'logit') return 2e-5;
  return family === 'betabinomial' || family.startsWith('truncated') ? 4e-6 : 2e-6;
}

/** η over the domain of a link: the middle, both tails, the neighbourhood of 0 and of the ends of the domain. */
function etas({ family, link }: DeviceDistribution, points: number): number[] {
  if (POWER_LINKS.includes(link) && !(family === 'gaussian' && link === 'identity')) {
    // Relative to the responses means are not as far away as counts allow.
    return family === 'poisson' ? orders(1e-3, 3e4, points) : orders(1e-2, 30, points);
  }
  if (family === 'gaussian') return even(-9, 6, points);
  if (family === 'Gamma' || family === 'inverse.gaussian') return even(-6, 6, points);
  if (link === 'log') {
    if (['binomial', 'beta', 'betabinomial'].includes(family)) return orders(1e-6, family === 'binomial' ? 80 : 12, points).map((x) => -x);
    return family === 'poisson' ? [...even(-80, 20, points), ...even(-8, 8, points)] : even(-12, 14, points);
  }
  // Beta families and categories weigh the tails with digits that float32 does not have.
  const simple = family === 'binomial';
  const [lower, upper] = {
    logit: simple ? [-80, 80] : [-10, 10], probit: simple ? [-30, 30] : [-5, 5], cloglog: simple ? [-80, 4.3] : [-10, 2], loglog: [-2, 10],
    cauchit: simple ? [-80, 80] : [-9, 9],
  }[probabilityLinkOf(family, link) as 'logit'] as [number, number];
  const small = orders(1e-8, 1, points / 4);
  return [...even(Math.max(-8, lower), Math.min(8, upper), points), ...even(lower, upper, points / 2), ...small, ...small.map((x) => -x)];
}

function responses({ family, zi }: DeviceDistribution): readonly (readonly [number, number])[] {
  const counts = ([0, 1, 2, 7, 12, 1000, 1e6] as const).map((y) => [y, 1] as const);
  const sizes = ([0.01, 0.3, 1, 2, 40] as const).map((y) => [Math.fround(y), 1] as const);
  switch (family) {
    case 'binomial': case 'betabinomial': return [[0, 1], [1, 1], [3, 10], [0, 40], [40, 40], [1000, 2000]];
    case 'beta': return [1e-5, 0.01, 0.3, 0.5, 0.9, 0.999, 0.9999999].map((y) => [y, 1]);
    case 'cumulative': return [[1, 1]];
    case 'gaussian': case 'inverse.gaussian': return sizes;
    case 'Gamma': return zi ? [[0, 1], ...sizes] : sizes;
    case 'truncated_poisson': case 'truncated_nbinom1': case 'truncated_nbinom2': return zi ? counts : counts.slice(1);
    default: return counts;
  }
}

/** From tiny to near the limit that the family has. */
const DISPERSIONS: Readonly<Record<string, readonly number[]>> = {
  gaussian: [-4.6, 0, 3], Gamma: [-4.6, -1, 0, 3, 9.2], 'inverse.gaussian': [-4.6, -1, 0, 3], nbinom1: [-14, -7, -2, 0, 2, 5],
  nbinom2: [-7, -2, 0, 2, 7, 13.8, 25], beta: [-3, 0, 2, 6, 12], betabinomial: [-4, 0, 2, 6, 14],
};
const THRESHOLDS = [[-FAR, -1.5], [-FAR, 0.2], [-FAR, 3], [-1, 0.5], [0.3, 0.4], [-4, -3], [2, 5], [-2, FAR], [1.5, FAR]];

function auxiliaries({ family, zi }: DeviceDistribution): readonly (readonly number[])[] {
  if (family === 'cumulative') return THRESHOLDS;
  const dispersions = DISPERSIONS[family.replace('truncated_', '')]?.map((a) => [a]) ?? [[]];
  return zi ? dispersions.flatMap((own) => [-6, 0, 4].map((z) => [...own, z])) : dispersions;
}

/** Results of the shader, one list per row. */
async function evaluate(distribution: DeviceDistribution, rows: readonly Row[]): Promise<Float32Array[]> {
  const { family, link, zi } = distribution;
  const count = auxiliaryCount(twinOf(distribution));
  const { imports, flags } = distributionOf(family, link, zi)!;
  const { response } = deviceRows(family);
  const input = rows.flatMap(({ eta, y, m, auxiliary }) => [eta, response === null ? y : response(y), m, WEIGHT, ...(count === 0 ? [0] : auxiliary)]);
  const width = RESULTS.length + BY_AUXILIARY.length * count;
  const out = new Float32Array(await runProbe('family', {
    imports, flags: new Set([...flags, ...(count > 0 ? ['AUXILIARY'] : [])]), integers: { AUX: Math.max(1, count), RESULTS: width },
  }, Float32Array.from(input), width * rows.length));
  return rows.map((_, i) => out.subarray(width * i, width * (i + 1)));
}

/** What the float64 twin says of float32 arguments, and the units of their errors; null where that is beyond float64. */
function exactly(distribution: DeviceDistribution): (row: Row) => { readonly exact: number[]; readonly units: number[] } | null {
  const { family, link, zi } = distribution;
  const twin = twinOf(distribution);
  const out = derivativeRows(1, auxiliaryCount(twin));
  const { reference } = deviceRows(family);
  const strict = out.auxiliary.length === 0 && !family.startsWith('truncated');
  // These depend on η through e^η.
  const hasProbability = ['binomial', 'beta', 'betabinomial'].includes(family);
  const form = probabilityLinkOf(family, link);
  const exponential = form === 'cloglog' || form === 'loglog';
  return ({ eta, y, m, auxiliary }) => {
    const values = auxiliary.map((a) => Float64Array.of(Math.abs(a) < FAR ? a : Math.sign(a) * Infinity));
    const sum = twin.evaluate(Float64Array.of(eta), Float64Array.of(y), Float64Array.of(m), Float64Array.of(WEIGHT), 0, 1, ALL_PARTS, out, values);
    const value = sum - reference(y, m, WEIGHT);
    if (!Number.isFinite(value)) return null;
    const [d1, w, dw] = [out.d1[0]!, out.w[0]!, out.dw[0]!];
    const [we, dwe] = twin.canonical ? [w, dw] : [out.we[0]!, out.dwe[0]!];
    // The expected weight without the share of the other zeros.
    const whole = zi ? we * (1 + Math.exp(auxiliary.at(-1)!)) : we;
    // Links that are powers of η, or end at 0: derivatives of the scale are products with 1/η.
    const steep = POWER_LINKS.includes(link) || (link === 'log' && hasProbability) ? 1 / Math.abs(eta) : 0;
    const size = Math.max(Math.abs(eta), exponential ? Math.exp(form === 'cloglog' ? eta : -eta) : 0);
    const absolute = strict ? 0 : 0.1 + Math.abs(d1) + Math.abs(dwe);
    const exact = [1, value, d1, w, dw, we, dwe];
    const units = [
      1,
      // The twin rounds log(1 + tiny): a sum needs absolute accuracy only.
      Math.abs(value) + size * Math.abs(d1) + 0.1 * whole + (strict ? 1e-8 * m : 0.25 * (1 + Math.abs(eta))),
      Math.abs(d1) + size * Math.abs(w) + whole + absolute,
      Math.abs(w) + size * Math.abs(dw) + whole + absolute + (strict ? 0 : steep * Math.abs(d1)),
      Math.abs(dw) + (1 + size + (strict ? 0 : steep)) * (Math.abs(w) + whole) + absolute + (strict ? 0 : steep * steep * Math.abs(d1)),
      we + size * Math.abs(dwe) + 0.1 * absolute,
      Math.abs(dwe) + (1 + size + (strict ? 0 : steep)) * we,
    ];
    for (const row of out.auxiliary) {
      const [byValue, score, byW, byExpected] = [row.value[0]!, row.score[0]!, row.w[0]!, row.we[0]!];
      exact.push(byValue, score, byW, byExpected);
      const parts = Math.abs(byValue) + (1 + size + steep) * Math.abs(score) + whole + absolute + steep * Math.abs(d1);
      // Stand-ins for the expected weight have no derivative that matters.
      units.push(parts + 0.25, parts + size * Math.abs(byW), parts + size * Math.abs(byW), twin.fisherInformation && !zi ? we + Math.abs(byExpected) + 0.1 * absolute : Infinity);
    }
    return { exact, units };
  };
}

describeGpu('distributions in float32', () => {
  test.each(deviceDistributions)('$family $link, zi $zi', async (distribution) => {
    const names = [...RESULTS, ...twinOf(distribution).auxiliary.flatMap((role) => (role === 'thresholds' ? ['lower', 'upper'] : [role])).flatMap((role) => BY_AUXILIARY.map((name) => `${name} by ${role}`))];
    const points = auxiliaries(distribution).length > 1 ? 120 : 800;
    const rows = responses(distribution).flatMap(([y, m]) => auxiliaries(distribution).flatMap((auxiliary) =>
      etas(distribution, points).map((eta) => ({ eta: Math.fround(eta), y, m, auxiliary: auxiliary.map(Math.fround) }))));
    const got = await evaluate(distribution, rows);
    const twin = exactly(distribution);
    const worst = names.map(() => ({ error: 0, where: '' }));
    rows.forEach((row, i) => {
      const known = twin(row);
      if (known === null) return;
      known.exact.forEach((x, r) => {
        const error = Math.abs(got[i]![r]! - x) / Math.max(known.units[r]!, NEGLIGIBLE);
        if (!(error <= worst[r]!.error)) worst[r] = { error, where: `eta ${row.eta}, y ${row.y} of ${row.m}, ${row.auxiliary.join(' ')}: ${got[i]![r]!} for ${x}` };
      });
    });
    console.info(`${distribution.family} ${distribution.link}${distribution.zi ? ' zi' : ''}: ${names.map((name, r) => `${name} ${worst[r]!.error.toExponential(1)}`).slice(1).join(', ')}`);
    expect(names.flatMap((name, r) => (worst[r]!.error < tolerance(distribution) ? [] : [{ name, ...worst[r] }]))).toEqual([]);
  });

  test.each([
    { family: 'binomial', link: 'log', outside: [0, 1e-20, 3], inside: [-1e-6, -50] },
    { family: 'poisson', link: 'identity', outside: [0, -1e-20, -3], inside: [1e-6, 5000] },
    { family: 'poisson', link: 'sqrt', outside: [0, -1e-20, -3], inside: [1e-3, 70] },
    { family: 'nbinom2', link: 'sqrt', outside: [0, -1e-20, -3], inside: [1e-3, 70] },
    { family: 'Gamma', link: 'inverse', outside: [0, -1e-20, -3], inside: [1e-3, 70] },
    { family: 'inverse.gaussian', link: '1/mu^2', outside: [0, -1e-20, -3], inside: [1e-3, 70] },
    { family: 'gaussian', link: 'inverse', outside: [0], inside: [-3, 1e-3, 70] },
    // Means beyond e^80 are refused rather than rounded to infinity.
    { family: 'poisson', link: 'log', outside: [81, 500], inside: [79, -500] },
    { family: 'nbinom1', link: 'log', outside: [81, 500], inside: [79, -500] },
    { family: 'gaussian', link: 'log', outside: [41, 500], inside: [39, -500] },
    { family: 'binomial', link: 'cloglog', outside: [81, 500], inside: [79, -500] },
    // Neither are means beside a beta distribution's ends.
    { family: 'beta', link: 'cloglog', outside: [4.5, -80], inside: [4, -60] },
  ] as const)('$family $link says where its domain ends', async ({ family, link, outside, inside }) => {
    const y = family === 'beta' ? 0.3 : 1;
    const got = await evaluate({ family, link, zi: false }, [...outside, ...inside].map((eta) => ({ eta, y, m: 1, auxiliary: [0] })));
    expect(got.map(([flag]) => flag)).toEqual([...outside.map(() => 0), ...inside.map(() => 1)]);
  });

  test('thresholds out of order have no likelihood', async () => {
    for (const { family, link, zi } of deviceDistributions) {
      if (family !== 'cumulative') continue;
      const got = await evaluate({ family, link, zi }, [[0.5, 0.4], [0.5, 0.5], [0.4, 0.5]].map((auxiliary) => ({ eta: 0.1, y: 2, m: 1, auxiliary })));
      expect(got.map(([flag]) => flag)).toEqual([0, 0, 1]);
    }
  });

  test.each(deviceDistributions)('$family $link, zi $zi, stays finite at any argument of its domain', async (distribution) => {
    const far = [1e-37, 1e-20, 1, 50, 500, 1e4, 1e9].flatMap((x) => [x, -x]);
    const ys = responses(distribution).slice(0, 2);
    const rows = far.flatMap((eta) => ys.flatMap(([y, m]) => auxiliaries(distribution).map((auxiliary) => ({ eta, y, m, auxiliary }))));
    const got = await evaluate(distribution, rows);
    rows.forEach(({ eta, auxiliary }, i) => {
      const [inside, value, ...derivatives] = got[i]!;
      if (inside === 0) return;
      const where = `at ${eta}, ${auxiliary.join(' ')}`;
      expect(value, `value ${where}`).not.toBeNaN();
      // Within what a fit can reach everything is finite; farther out a value may overflow, which the sums report.
      if (Math.abs(eta) <= 1e4 && Math.abs(eta) >= 1e-3) for (const d of derivatives) expect(Number.isFinite(d), `derivative ${where}`).toBe(true);
    });
  });
});
