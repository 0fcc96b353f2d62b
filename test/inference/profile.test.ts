/**
 * Profiles against R, and against what they are: constrained maxima. lme4's constrained searches end up to 0.02 standard errors early (and so do its
 * limits); limits by glmmTMB's root search agree to its own tolerance.
 */
import { describe, expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';
import { confint } from '../../src/inference/confint.js';
import { profileLimits } from '../../src/inference/profile-interval.js';
import { profileValues } from '../../src/inference/profile-parameters.js';
import { profile } from '../../src/inference/profile.js';
import { cbpp, cbppTable, contraception, contraceptionTable, epilTable, rValues, sleepstudy, sleepstudyTable } from './fits.js';

interface Limits { row: string; [level: string]: number | string }
interface RProfile { ci95: Limits[]; ci80: Limits[]; ci99: Limits[]; zeta: Record<string, { value: number; zeta: number }[]> }

const reference = rValues<Record<string, RProfile>>('profiles');
const roots = rValues<Record<string, Limits[]>>('profile-roots');

describe.each([['cbpp', cbpp], ['contraception', contraception], ['sleepstudy', sleepstudy]] as const)('%s', (name, fit) => {
  test('limits of lme4 at three levels', async () => {
    const { curves, notes } = await profile(await fit(), { level: 0.999 });
    const theirs = reference[name]!;
    expect(notes).toEqual([]);
    expect(curves.map(({ parameter }) => parameter).sort()).toEqual(theirs.ci95.map(({ row }) => row).sort());
    for (const curve of curves) {
      const width = (row: Limits): number => (row['97.5 %'] as number) - (row['2.5 %'] as number);
      const half = width(theirs.ci95.find(({ row }) => row === curve.parameter)!) / 2;
      for (const [level, rows, columns] of [[0.95, theirs.ci95, ['2.5 %', '97.5 %']], [0.8, theirs.ci80, ['10 %', '90 %']], [0.99, theirs.ci99, ['0.5 %', '99.5 %']]] as const) {
        const row = rows.find((candidate) => candidate.row === curve.parameter)!;
        profileLimits(curve, level).forEach((limit, side) => { expect(Math.abs(limit - (row[columns[side]!] as number)) / half).toBeLessThan(0.02); });
      }
    }
  });

  test('ζ of lme4 along the curves', async () => {
    const { curves } = await profile(await fit(), { level: 0.999 });
    for (const { parameter, value, zeta } of curves) {
      const theirs = reference[name]!.zeta[parameter]!;
      let compared = 0;
      for (const point of theirs) {
        const i = value.findLastIndex((own) => own <= point.value);
        if (i < 0 || i + 1 >= value.length) continue;
        const linear = zeta[i]! + ((point.value - value[i]!) / (value[i + 1]! - value[i]!)) * (zeta[i + 1]! - zeta[i]!);
        // Half is the chord of a curve, half lme4's early stops.
        expect(Math.abs(linear - point.zeta)).toBeLessThan(0.07);
        compared++;
      }
      expect(compared).toBeGreaterThan(5);
    }
  });
});

test.each([['cbpp', cbpp], ['contraception', contraception]] as const)('%s: limits by the root search of glmmTMB', async (name, fit) => {
  const rows = await confint(await fit(), { method: 'profile' });
  for (const theirs of roots[name]!) {
    const own = rows.find(({ parameter }) => parameter === theirs.row)!;
    const half = (own.conf_high - own.conf_low) / 2;
    expect(Math.abs(own.conf_low - (theirs['2.5 %'] as number)) / half).toBeLessThan(4e-3);
    expect(Math.abs(own.conf_high - (theirs['97.5 %'] as number)) / half).toBeLessThan(4e-3);
  }
});

test('at a limit the constrained maximum is ½ z² below the maximum', async () => {
  const fit = await cbpp();
  const rows = await confint(fit, { level: 0.99 });
  const z = 2.5758293035489;
  const { design } = fit;
  for (const [j, row] of rows.entries()) {
    for (const limit of [row.conf_low, row.conf_high]) {
      const start = fit.params.slice();
      start[j] = limit;
      const held = new Uint8Array(start.length);
      held[j] = 1;
      const fits = await fitBatch(design, { nModels: 1, response: fit.response, start, held }, { backend: 'cpu', workers: 1 });
      expect(fit.logLik - fits.logLik[0]!).toBeCloseTo((z * z) / 2, 4);
    }
  }
});

test('a variance estimated as zero: the interval starts there', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ y: [3, 1, 2, 4, 0, 5, 2, 3][i % 8]!, g: `g${Math.floor(i / 8)}` }));
  const fit = await glmm('y ~ 1 + (1 | g)', rows, { family: 'poisson' });
  expect(fit.status).toBe('boundary');
  const own = await confint(fit);
  const sd = own.find(({ parameter }) => parameter === 'sd_(Intercept)|g')!;
  expect(sd.estimate).toBe(0);
  expect(sd.conf_low).toBe(0);
  expect(sd.conf_high).toBeGreaterThan(0.05);
});

test('estimates inside, zero inside the interval: the lower limit is zero', async () => {
  const fit = await cbpp();
  const row = (await confint(fit, { level: 0.9999, parameters: ['sd_(Intercept)|herd'] }))[0]!;
  expect(row.conf_low).toBe(0);
  expect(row.conf_high).toBeGreaterThan(1.6);
});

test('profile values are the estimates', async () => {
  const fit = await sleepstudy();
  const ml = await glmm('Reaction ~ Days + (Days | Subject)', sleepstudyTable, { family: 'gaussian', REML: false });
  const { curves } = await profile(fit, { level: 0.8 });
  profileValues(ml.design, ml.params).forEach((value, j) => { expect(curves[j]!.estimate).toBeCloseTo(value, 6); });
});

test('a correlation as a structure and as a free covariance of two columns', async () => {
  const [free, structured] = await Promise.all(['(0 + urban | district)', 'cs(0 + urban | district)'].map(async (term) =>
    confint(await glmm(`use ~ age + ${term}`, contraceptionTable, { family: 'binomial' }))));
  expect(structured!.at(-1)!.parameter).toBe('cor_cs|district');
  free!.forEach((row, j) => {
    expect(structured![j]!.conf_low).toBeCloseTo(row.conf_low, 3);
    expect(structured![j]!.conf_high).toBeCloseTo(row.conf_high, 3);
  });
});

test('separated: the limit that the data give, and none where they give none', async () => {
  const rows = Array.from({ length: 120 }, (_, i) => {
    const g = Math.floor(i / 8);
    const arm = i % 3 === 0 ? 'b' : 'a';
    return { g: `g${g}`, arm, y: arm === 'b' || (i * 13 + g) % 3 === 0 ? 1 : 0 };
  });
  const fit = await glmm('y ~ arm + (1 | g)', rows, { family: 'binomial' });
  expect(fit.status).toBe('separated');
  const { curves, logLik } = await profile(fit, { parameters: ['armb'] });
  const [low, high] = profileLimits(curves[0]!, 0.95);
  expect(high).toBe(Infinity);
  const start = fit.params.slice();
  start[1] = low;
  const held = Uint8Array.from(start, (_, j) => (j === 1 ? 1 : 0));
  const constrained = await fitBatch(fit.design, { nModels: 1, response: fit.response, start, held }, { backend: 'cpu', workers: 1 });
  expect(2 * (logLik - constrained.logLik[0]!)).toBeCloseTo(3.841459, 2);
});

test('dispersion of a negative binomial model', async () => {
  const fit = await glmm('y ~ lbase * trt + lage + V4 + (1 | subject)', epilTable, { family: 'nbinom2' });
  const { curves, logLik, notes } = await profile(fit, { level: 0.95 });
  expect(notes).toEqual([]);
  const curve = curves.at(-1)!;
  expect(curve.parameter).toBe('dispersion.(Intercept)');
  const last = fit.params.length - 1;
  for (const limit of profileLimits(curve, 0.95)) {
    const start = fit.params.slice();
    start[last] = limit;
    const held = Uint8Array.from(start, (_, j) => (j === last ? 1 : 0));
    const constrained = await fitBatch(fit.design, { nModels: 1, response: fit.response, start, held }, { backend: 'cpu', workers: 1 });
    expect(2 * (logLik - constrained.logLik[0]!)).toBeCloseTo(3.841459, 3);
  }
});

test('what cannot be', async () => {
  const fit = await cbpp();
  await expect(profile(fit, { parameters: ['perod2'] })).rejects.toThrow("no parameter 'perod2'");
  await expect(profile(fit, { level: 0.3 })).rejects.toThrow('level');
  await expect(profile(await glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', cbppTable, { family: 'binomial', nAGQ: 0 }))).rejects.toThrow('nAGQ = 0');
  await expect(confint(fit, { parameters: ['period9'] })).rejects.toThrow("no parameter 'period9'");
});
