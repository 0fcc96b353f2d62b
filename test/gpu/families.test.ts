/**
 * Every family twice: shaders/lib/family_*.wgsl against src/families, the same rows through both. A family of the registry without a shader
 * fails here.
 *
 * Errors are measured against what float32 can hold: |f| + |η f'| (rounding inside exp or a square costs relative accuracy in
 * proportion to η), plus the expected weight, because scores and weights vanish where their parts do not.
 */
import { expect, test } from 'vitest';
import { ALL_PARTS, derivativeRows } from '../../src/families/family.js';
import { distributionOf } from '../../src/gpu/distribution.js';
import { getFamily, linksOf } from '../../src/families/registry.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { describeGpu } from './adapter.js';
import { even, orders } from './grids.js';
import { runProbe } from './probe.js';

/** Largest error allowed, in the units above. Measured: 4e-7 for values, scores and weights, 1.6e-6 for derivatives of weights. */
const TOLERANCE = 2e-6;
const WEIGHT = Math.fround(0.7);
/** Probabilities below this are rounded to nothing on the way; they weigh nothing beside the 1 of the prior. */
const NEGLIGIBLE = 1e-26;
const RESULTS = ['inside', 'value', 'd1', 'w', 'dw', 'we', 'dwe'] as const;

interface Twins {
  readonly family: FamilyName;
  readonly link: LinkName;
}

const twins: Twins[] = (['binomial', 'poisson'] as const).flatMap((family) => linksOf(family).map((link) => ({ family, link })));

/** η over the whole domain of a link: the middle, both tails, the neighbourhood of 0 and of the ends of the domain. */
function etas({ family, link }: Twins): Float32Array {
  const small = orders(1e-8, 1, 300);
  if (family === 'poisson' && link !== 'log') return Float32Array.from(orders(1e-3, 3e4, 1200));
  if (family === 'binomial' && link === 'log') return Float32Array.from(orders(1e-6, 80, 1200).map((x) => -x));
  const upper = { logit: 80, probit: 30, cloglog: 4.3, cauchit: 80, log: 20 }[link as 'logit'];
  const lower = link === 'probit' ? -30 : -80;
  return Float32Array.from([...even(-8, Math.min(8, upper), 1200), ...even(lower, upper, 600), ...small, ...small.map((x) => -x)]);
}

async function evaluate({ family, link }: Twins, rows: number[]): Promise<Float32Array> {
  const count = rows.length / 5;
  return new Float32Array(await runProbe('family', { imports: distributionOf(family, link, false)!.imports, integers: { AUX: 1, RESULTS: RESULTS.length } }, Float32Array.from(rows), RESULTS.length * count));
}

/** The seven results of the float64 twin and the units of their errors. */
function exactly({ family, link }: Twins, eta: number, y: number, m: number): { exact: number[]; units: number[] } {
  const twin = getFamily(family, link);
  const rows = derivativeRows(1);
  const sum = twin.evaluate(Float64Array.of(eta), Float64Array.of(y), Float64Array.of(m), Float64Array.of(WEIGHT), 0, 1, ALL_PARTS, rows, []);
  // Poisson shaders measure the log-density from the saturated model.
  const value = sum - (family === 'poisson' && y > 0 ? WEIGHT * (y * Math.log(y) - y) : 0);
  const [d1, w, dw] = [rows.d1[0]!, rows.w[0]!, rows.dw[0]!];
  const [we, dwe] = twin.canonical ? [w, dw] : [rows.we[0]!, rows.dwe[0]!];
  // The complementary log-log depends on η through e^η.
  const size = link === 'cloglog' ? Math.max(Math.abs(eta), Math.exp(eta)) : Math.abs(eta);
  return {
    exact: [1, value, d1, w, dw, we, dwe],
    units: [
      1,
      // The twin rounds log(1 + tiny): a sum needs absolute accuracy only.
      Math.abs(value) + size * Math.abs(d1) + 0.1 * we + 1e-8 * m,
      Math.abs(d1) + size * Math.abs(w) + we,
      Math.abs(w) + size * Math.abs(dw) + we,
      Math.abs(dw) + (1 + size) * (Math.abs(w) + we),
      we + size * Math.abs(dwe),
      Math.abs(dwe) + (1 + size) * we,
    ],
  };
}

describeGpu('families in float32', () => {
  test.each(twins)('$family $link', async (pair) => {
    const counts = pair.family === 'binomial' ? [[0, 1], [1, 1], [3, 10], [0, 40], [1000, 2000]] : [[0, 1], [1, 1], [7, 1], [1000, 1]];
    const eta = etas(pair);
    const worst = RESULTS.map(() => ({ error: 0, where: '' }));
    for (const [y, m] of counts as [number, number][]) {
      const got = await evaluate(pair, [...eta].flatMap((e) => [e, y, m, WEIGHT, 0]));
      eta.forEach((e, i) => {
        const { exact, units } = exactly(pair, e, y, m);
        exact.forEach((x, r) => {
          const error = Math.abs(got[RESULTS.length * i + r]! - x) / Math.max(units[r]!, NEGLIGIBLE);
          if (!(error <= worst[r]!.error)) worst[r] = { error, where: `eta ${e}, y ${y} of ${m}` };
        });
      });
    }
    console.info(`${pair.family} ${pair.link}: ${RESULTS.map((name, r) => `${name} ${worst[r]!.error.toExponential(1)}`).slice(1).join(', ')}`);
    expect(RESULTS.flatMap((name, r) => (worst[r]!.error < TOLERANCE ? [] : [{ name, ...worst[r] }]))).toEqual([]);
  });

  test.each([
    { family: 'binomial', link: 'log', outside: [0, 1e-20, 3], inside: [-1e-6, -50] },
    { family: 'poisson', link: 'identity', outside: [0, -1e-20, -3], inside: [1e-6, 5000] },
    { family: 'poisson', link: 'sqrt', outside: [0, -1e-20, -3], inside: [1e-3, 70] },
    // Means beyond e^80 are refused rather than rounded to infinity.
    { family: 'poisson', link: 'log', outside: [81, 500], inside: [79, -500] },
    { family: 'binomial', link: 'cloglog', outside: [81, 500], inside: [79, -500] },
  ] as const)('$family $link says where its domain ends', async ({ family, link, outside, inside }) => {
    const got = await evaluate({ family, link }, [...outside, ...inside].flatMap((eta) => [eta, 1, 1, 1, 0]));
    const flags = Array.from({ length: outside.length + inside.length }, (_, i) => got[RESULTS.length * i]!);
    expect(flags).toEqual([...outside.map(() => 0), ...inside.map(() => 1)]);
  });

  test.each(twins)('$family $link stays finite at any argument of its domain', async (pair) => {
    const far = [1e-37, 1e-20, 1, 50, 500, 1e4, 1e9].flatMap((x) => [x, -x]);
    const got = await evaluate(pair, far.flatMap((eta) => [eta, 1, 1, 1, 0, eta, 0, 1, 1, 0]));
    far.flatMap((eta) => [eta, eta]).forEach((eta, i) => {
      const [inside, value, ...derivatives] = got.subarray(RESULTS.length * i, RESULTS.length * (i + 1));
      if (inside === 0) return;
      expect(value, `value at ${eta}`).not.toBeNaN();
      // Within what a fit can reach everything is finite; farther out a value may overflow, which the sums report.
      if (Math.abs(eta) <= 1e4 && Math.abs(eta) >= 1e-3) for (const d of derivatives) expect(Number.isFinite(d), `derivative at ${eta}`).toBe(true);
    });
  });
});
