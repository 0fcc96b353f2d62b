/** A raw year and its square, as people write them: the same model as about the middle of the years, and so are its numbers. */
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import type { FixedEffect } from '../../src/fit/types.js';
import { conditioned, turned } from '../../src/fit/parameter-basis.js';
import { termFactor } from '../../src/model/covariance.js';
import { createSimulator } from '../../src/random/simulate.js';
import { UniformStream } from '../../src/random/stream.js';
import { poissonVariate } from '../../src/random/variates.js';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import { toTable } from '../../src/table/from-values.js';

const [GROUPS, YEARS, MIDDLE] = [30, 20, 2010];
const g = Array.from({ length: GROUPS * YEARS }, (_, i) => `g${Math.floor(i / YEARS)}`);
const year = g.map((_, i) => 2000 + (i % YEARS));
const about = year.map((value) => value - MIDDLE);

/** Responses of a curve that opens downwards, drawn once. */
function responses(family: 'poisson' | 'binomial'): Float64Array {
  const { design } = buildModelFrame('y ~ about + I(about^2) + (1 | g)', toTable({ y: g.map((_, i) => i % 2), about, g }), { family, link: family === 'poisson' ? 'log' : 'logit' });
  const out = new Float64Array(design.nobs);
  createSimulator(design, Float64Array.of(0.5, 0.08, -0.006, 0.5)).simulate(0, 1, out, 0);
  return out;
}

const CASES: readonly (readonly [name: string, options: GlmmOptions])[] = [
  ['poisson', { family: 'poisson' }], ['binomial', { family: 'binomial' }], ['quadrature', { family: 'binomial', nAGQ: 5 }],
  ['weighted least squares', { family: 'poisson', standardErrors: 'wls' }], ['joint mode', { family: 'poisson', nAGQ: 0 }], ['dispersion', { family: 'nbinom2' }],
];

describe.each(CASES)('%s', (_name, options) => {
  const y = responses(options.family === 'binomial' ? 'binomial' : 'poisson');
  const data = { y, year, about, g };
  test('estimates, standard errors and refits', async () => {
    const [raw, centred] = await Promise.all([glmm('y ~ year + I(year^2) + (1 | g)', data, options), glmm('y ~ about + I(about^2) + (1 | g)', data, options)]);
    expect(raw.status).toBe(centred.status);
    expect(raw.logLik).toBeCloseTo(centred.logLik, 8);
    expect(raw.warnings).toEqual(centred.warnings);
    // As many evaluations: nothing holds the search back.
    expect(raw.solution.evaluations).toBeLessThan(centred.solution.evaluations + 10);
    // a + b t + c t² about the middle m is (a − bm + cm²) + (b − 2cm) t' + c t².
    const [, slope, square] = centred.coefficients();
    const [, rawSlope, rawSquare] = raw.coefficients();
    const within = 1e-4;
    expect(Math.abs(rawSquare!.estimate - square!.estimate)).toBeLessThan(within * square!.std_error);
    expect(rawSquare!.std_error / square!.std_error).toBeCloseTo(1, 4);
    const [, [, vSlope, vBoth], [, , vSquare]] = centred.vcov as [number[], [number, number, number], [number, number, number]];
    const wanted = Math.sqrt(vSlope - 4 * MIDDLE * vBoth + 4 * MIDDLE ** 2 * vSquare);
    expect(Math.abs(rawSlope!.estimate - (slope!.estimate - 2 * MIDDLE * square!.estimate))).toBeLessThan(within * wanted);
    expect(rawSlope!.std_error / wanted).toBeCloseTo(1, 4);
    const [again, same] = await Promise.all([raw, centred].map((fit) => fit.bootstrap({ nsim: 20, seed: 1, workers: 1 })));
    expect(again!.counts).toEqual(same!.counts);
    const [low, other] = [again!, same!].map((study) => study.intervals({ kinds: ['percentile'], level: 0.9 })[2]!.conf_low);
    expect(Math.abs(low! - other!)).toBeLessThan(1e-3 * square!.std_error);
  });
});

test.each(['poisson', 'binomial', 'gaussian'] as const)('%s: profiles', async (family) => {
  const drawn = responses(family === 'gaussian' ? 'poisson' : family);
  const data = { y: family === 'gaussian' ? drawn.map((count, i) => Math.log(count + 1) + 0.1 * Math.sin(i)) : drawn, year, about, g };
  const [raw, centred] = await Promise.all(['year', 'about'].map(async (name) => {
    const fit = await glmm(`y ~ ${name} + I(${name}^2) + (1 | g)`, data, { family, ...(family === 'gaussian' ? { REML: false } : {}) });
    return { fit, rows: await fit.confint({ method: 'profile' }) };
  }));
  // The square and what follows it are the same parameters in both.
  raw!.rows.slice(2).forEach((row, j) => {
    const wanted = centred!.rows[j + 2]!;
    const width = wanted.conf_high - wanted.conf_low;
    expect(Math.abs(row.conf_low - wanted.conf_low), row.parameter).toBeLessThan(1e-5 * width);
    expect(Math.abs(row.conf_high - wanted.conf_high), row.parameter).toBeLessThan(1e-5 * width);
  });
  // The slope at year 0 is the slope of the same curve about another middle: so far away its profile is that of the square, as are their standard errors.
  const [, slope, square] = raw!.rows;
  const [, { std_error: slopeError }, { std_error: squareError }] = raw!.fit.coefficients() as [unknown, { std_error: number }, { std_error: number }];
  expect(((slope!.conf_high - slope!.conf_low) / (square!.conf_high - square!.conf_low)) / (slopeError / squareError)).toBeCloseTo(1, 2);
});

describe('zero inflation and dispersion over raw years', () => {
  const uniforms = new UniformStream();
  uniforms.reset(5, 0, 0);
  const y = about.map((t, i) => {
    const excess = uniforms.next() < 1 / (1 + Math.exp(1 - 0.1 * t));
    const gamma = -0.5 * Math.log(uniforms.next() * uniforms.next());
    const count = poissonVariate(Math.exp(1 + 0.05 * t + Math.sin(Math.floor(i / YEARS))) * gamma, uniforms.next(), uniforms);
    return excess ? 0 : count;
  });
  const cases: readonly (readonly [part: 'zi' | 'dispersion', options: (t: string) => GlmmOptions])[] = [
    ['zi', (t) => ({ family: 'poisson', ziformula: `~ ${t}` })],
    ['zi', (t) => ({ family: 'nbinom2', ziformula: `~ ${t} + I(${t}^2)` })],
    ['dispersion', (t) => ({ family: 'nbinom2', dispformula: `~ ${t}` })],
    ['dispersion', (t) => ({ family: 'nbinom1', dispformula: `~ ${t} + I(${t}^2)` })],
    ['zi', (t) => ({ family: 'truncated_poisson', ziformula: `~ ${t}` })],
    ['zi', (t) => ({ family: 'poisson', ziformula: `~ ${t} + I(${t}^2)`, nAGQ: 0 })],
  ];
  test.each(cases.map(([part, options]) => [JSON.stringify(options('year')), part, options] as const))('%s', async (_name, part, options) => {
    const [raw, centred] = await Promise.all(['year', 'about'].map(async (t) => {
      const fit = await glmm(`y ~ ${t} + (1 | g)`, { y, year, about, g }, options(t));
      const last = (part === 'zi' ? fit.zi : fit.disp)!.at(-1)!;
      return { fit, last, limits: options(t).nAGQ === 0 ? [] : await fit.confint({ method: 'profile', parameters: [`${part}.${last.term}`] }) };
    }));
    expect([raw!.fit.status, centred!.fit.status]).toEqual(['converged', 'converged']);
    expect(raw!.fit.warnings).toEqual(centred!.fit.warnings);
    expect(raw!.fit.logLik).toBeCloseTo(centred!.fit.logLik, 8);
    expect(raw!.fit.solution.evaluations).toBeLessThan(centred!.fit.solution.evaluations + 10);
    // The coefficient of the highest power is the same parameter in both.
    const { estimate, std_error: error } = centred!.last;
    expect(Math.abs(raw!.last.estimate - estimate)).toBeLessThan(1e-4 * (options('t').nAGQ === 0 ? Math.abs(estimate) : error));
    if (options('t').nAGQ === 0) return;
    expect(raw!.last.std_error / error).toBeCloseTo(1, 4);
    for (const end of ['conf_low', 'conf_high'] as const) expect(Math.abs(raw!.limits[0]![end] - centred!.limits[0]![end])).toBeLessThan(1e-4 * error);
    const [again, same] = await Promise.all([raw, centred].map((one) => one!.fit.bootstrap({ nsim: 20, seed: 1, workers: 1 })));
    expect(again!.counts).toEqual(same!.counts);
  });
});

describe('slopes over raw years that vary between groups', () => {
  const drawn = (() => {
    const { design } = buildModelFrame('y ~ about + (about | g)', toTable({ y: g.map((_, i) => i % 3), about, g }), { family: 'poisson', link: 'log' });
    const out = new Float64Array(design.nobs);
    createSimulator(design, Float64Array.of(1, 0.05, 0.5, 0.02, 0.06)).simulate(2, 1, out, 0);
    return out;
  })();
  const h = g.map((_, i) => `h${(i * 7) % 11}`);
  const data = { counts: drawn, some: drawn.map((y) => (y > 3 ? 1 : 0)), size: drawn.map((y, i) => Math.log(y + 1) + 0.3 * Math.sin(i)), year, about, g, h };
  const cases: readonly (readonly [formula: (t: string) => string, options: GlmmOptions])[] = [
    [(t) => `counts ~ ${t} + (${t} | g)`, { family: 'poisson' }],
    [(t) => `some ~ ${t} + (${t} | g)`, { family: 'binomial' }],
    [(t) => `counts ~ ${t} + (${t} + I(${t}^2) | g) + (1 | h)`, { family: 'poisson' }],
    [(t) => `counts ~ ${t} + (${t} | g)`, { family: 'poisson', nAGQ: 0 }],
    [(t) => `counts ~ ${t} + (${t} | g)`, { family: 'nbinom2', ziformula: '~ 1' }],
    [(t) => `counts ~ ${t} + (${t} | g)`, { family: 'poisson', fitMethod: 'REMPL' }],
    [(t) => `size ~ ${t} + (${t} | g)`, { family: 'gaussian' }],
    [(t) => `size ~ ${t} + (${t} | g) + (1 | h)`, { family: 'gaussian', REML: false }],
  ];
  test.each(cases.map(([formula, options]) => [formula('year'), options, formula] as const))('%s %j', async (_name, options, formula) => {
    const [raw, centred] = await Promise.all(['year', 'about'].map((t) => glmm(formula(t), data, options)));
    expect([raw!.status, raw!.warnings]).toEqual([centred!.status, centred!.warnings]);
    expect(raw!.logLik).toBeCloseTo(centred!.logLik, 6);
    expect(raw!.solution.evaluations).toBeLessThan(2 * centred!.solution.evaluations + 10);
    const [slope, wanted] = [raw!, centred!].map((fit) => fit.coefficients()[1]!) as [FixedEffect, FixedEffect];
    expect(Math.abs(slope.estimate - wanted.estimate)).toBeLessThan(2e-3 * wanted.std_error);
    expect(slope.std_error / wanted.std_error).toBeCloseTo(1, 3);
    const means = [raw!, centred!].map((fit) => fit.fitted);
    expect(Math.max(...Array.from(means[0]!, (value, i) => Math.abs(value - means[1]![i]!) / (1 + Math.abs(value))))).toBeLessThan(1e-3);
    for (const response of centred!.simulate({ nsim: 4, seed: 5 })) {
      const [again, same] = await Promise.all([raw!, centred!].map((fit) => fit.refit(response)));
      expect(again!.status).toBe(same!.status);
      expect(again!.logLik).toBeCloseTo(same!.logLik, 6);
      expect(again!.solution.evaluations).toBeLessThan(2 * same!.solution.evaluations + 10);
    }
    if (options.fitMethod !== undefined) return;
    const { converged, boundary } = (await raw!.bootstrap({ nsim: 20, seed: 1, workers: 1 })).counts;
    expect(converged + boundary).toBe(20);
  });

  test('the factor of Λ in the coordinates is that of the orthogonal columns: the covariance of the linear predictor is the same', () => {
    const { design } = buildModelFrame('y ~ 1 + (year + I(year^2) | g)', toTable({ y: drawn, year, g }), { family: 'poisson', link: 'log' });
    const { basis, design: inner } = conditioned(design)!;
    const params = Float64Array.of(0, 0.3, -0.2, 0.1, 0.5, 0.4, 0.2);
    const turnedBack = turned.step(basis, params, 7);
    expect(turned.stepBack(basis, turnedBack, 7).every((value, j) => Math.abs(value - params[j]!) < 1e-6)).toBe(true);
    const effects = ({ random: [term] }: typeof design, theta: Float64Array): number[][] => {
      const factor = termFactor(term!, theta.subarray(1));
      return Array.from({ length: 5 }, (_, i) => [0, 1, 2].map((c) => [0, 1, 2].reduce((sum, row) => sum + term!.z[3 * i + row]! * factor[3 * row + c]!, 0)));
    };
    const wanted = effects(inner, params);
    effects(design, turnedBack).forEach((row, i) => { row.forEach((value, c) => { expect(value).toBeCloseTo(wanted[i]![c]!, 5); }); });
  });
});

describe('ordered responses over raw years, whose intercepts are thresholds', () => {
  const uniforms = new UniformStream();
  uniforms.reset(8, 0, 0);
  const rating = about.map((t, i) => {
    const latent = 0.15 * t + 0.02 * t * t + 0.6 * Math.sin(Math.floor(i / YEARS)) + Math.log(1 / uniforms.next() - 1);
    return latent < -0.5 ? 1 : latent < 0.7 ? 2 : latent < 2.5 ? 3 : 4;
  });
  const data = { rating, year, about, g };
  const cases: readonly (readonly [formula: (t: string) => string, options: GlmmOptions])[] = [
    [(t) => `rating ~ ${t} + (1 | g)`, { family: 'cumulative' }],
    [(t) => `rating ~ ${t} + I(${t}^2) + (1 | g)`, { family: 'cumulative', link: 'probit' }],
    [(t) => `rating ~ ${t} + I(${t}^2) + (1 | g)`, { family: 'cumulative', threshold: 'equidistant' }],
    [(t) => `rating ~ ${t} + I(${t}^2) + (1 | g)`, { family: 'cumulative', threshold: 'symmetric', nAGQ: 5 }],
    [(t) => `rating ~ ${t} + (${t} | g)`, { family: 'cumulative' }],
  ];
  test.each(cases.map(([formula, options]) => [formula('year'), options, formula] as const))('%s %j', async (_name, options, formula) => {
    const [raw, centred] = await Promise.all(['year', 'about'].map((t) => glmm(formula(t), data, options)));
    expect([raw!.status, raw!.warnings]).toEqual([centred!.status, centred!.warnings]);
    expect(raw!.logLik).toBeCloseTo(centred!.logLik, 7);
    expect(raw!.solution.evaluations).toBeLessThan(2 * centred!.solution.evaluations + 10);
    const [last, wanted] = [raw!, centred!].map((fit) => fit.coefficients().at(-1)!) as [FixedEffect, FixedEffect];
    expect(Math.abs(last.estimate - wanted.estimate)).toBeLessThan(1e-3 * wanted.std_error);
    expect(last.std_error / wanted.std_error).toBeCloseTo(1, 4);
    const [limits, about0] = await Promise.all([raw!, centred!].map(async (fit) => (await fit.confint({ method: 'profile', parameters: [fit.coefficients().at(-1)!.term] }))[0]!));
    for (const end of ['conf_low', 'conf_high'] as const) expect(Math.abs(limits![end] - about0![end])).toBeLessThan(1e-3 * wanted.std_error);
    const { converged, boundary } = (await raw!.bootstrap({ nsim: 20, seed: 1, workers: 1 })).counts;
    expect(converged + boundary).toBe(20);
  });

  test('weighted least squares, whose errors are those at given thresholds', async () => {
    const [raw, centred] = await Promise.all(['year', 'about'].map((t) => glmm(`rating ~ ${t} + (1 | g)`, data, { family: 'cumulative', standardErrors: 'wls' })));
    expect(raw!.logLik).toBeCloseTo(centred!.logLik, 7);
    expect(raw!.coefficients()[0]!.std_error).toBeLessThan(centred!.coefficients()[0]!.std_error);
  });

  // What nAGQ = 0 maximises depends on the origin: β is at its joint mode with the random effects at given thresholds.
  test('the joint mode converges', async () => {
    const fit = await glmm('rating ~ year + (1 | g)', data, { family: 'cumulative', nAGQ: 0 });
    expect(fit.converged).toBe(true);
  });
});

test('the basis: RT = 1, lengths of steps are those of the linear predictor, quadratic forms go there and back', () => {
  const { design } = buildModelFrame('y ~ year + I(year^2) + (1 | g)', toTable({ y: g.map((_, i) => i % 2), year, g }), { family: 'poisson', link: 'log' });
  const { basis } = conditioned(design)!;
  expect(conditioned(buildModelFrame('y ~ about + I(about^2) + (about | g)', toTable({ y: g.map((_, i) => i % 2), about, g }), { family: 'poisson', link: 'log' }).design)).toBeNull();
  const phi = Float64Array.of(0.3, -0.2, 0.45, 0.1);
  const psi = turned.step(basis, phi, 4);
  expect(psi[3]).toBe(phi[3]);
  const moved = year.map((t) => psi[0]! + psi[1]! * t + psi[2]! * t * t);
  const length = Math.sqrt(moved.reduce((sum, value) => sum + value * value, 0) / moved.length);
  expect(length).toBeCloseTo(Math.hypot(phi[0]!, phi[1]!, phi[2]!), 6);
  // A gradient by ψ is that by φ seen through the chain rule.
  const byPsi = Float64Array.of(1, -2, 3, 4);
  expect(turned.gradientBack(basis, turned.gradient(basis, byPsi, 4), 4).every((value, j) => Math.abs(value - byPsi[j]!) < 1e-6)).toBe(true);
  const form = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0.1));
  const back = turned.covariance(basis, turned.covarianceBack(basis, form, 4), 4);
  back.forEach((value, at) => { expect(value).toBeCloseTo(form[at]!, 2); });
});
