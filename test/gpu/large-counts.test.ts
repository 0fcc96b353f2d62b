/** Rows and groups of much information on the device: totals of 2,000 trials and counts of hundreds, where a last digit of float32 is more than noise. */
import { expect, test } from 'vitest';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { fillNormals } from '../../src/random/stream.js';
import { toTable } from '../../src/table/from-values.js';
import { describeGpu } from './adapter.js';
import { compareReplicates } from './compare-replicates.js';

const [GROUPS, ROWS] = [24, 8];
const normals = new Float64Array(GROUPS * ROWS + 2 * GROUPS);
fillNormals(normals, normals.length, 5, 0, 0);
const level = Array.from({ length: GROUPS * ROWS }, (_, i) => Math.floor(i / ROWS));
const g = level.map((k) => `g${k}`);
const h = level.map((_, i) => `h${(i * 5) % 7}`);
const x = level.map((_, i) => normals[i]!);
const eta = level.map((k, i) => 0.4 * x[i]! + 0.8 * normals[GROUPS * ROWS + k]! + 0.3 * normals[GROUPS * ROWS + GROUPS + k]! * x[i]!);
const trials = level.map((_, i) => [1, 40, 2000, 2000][i % 4]!);
const s = eta.map((value, i) => Math.round(trials[i]! / (1 + Math.exp(0.5 - value))));
const f = s.map((value, i) => trials[i]! - value);
const y = eta.map((value) => Math.round(300 * Math.exp(value)));

describeGpu('large counts on the device', () => {
  test.each<[FamilyName, LinkName, string, number]>([
    ['binomial', 'logit', '(1 | g)', 1], ['binomial', 'probit', '(1 | g)', 1], ['binomial', 'cloglog', '(x | g)', 1], ['binomial', 'probit', '(1 | g)', 0],
    ['binomial', 'probit', '(1 | g)', 7], ['binomial', 'logit', '(1 | g) + (1 | h)', 1], ['binomial', 'logit', '(1 | g) + (1 | h)', 0], ['poisson', 'log', '(x | g)', 1], ['poisson', 'log', '(x || g)', 0],
  ])('%s %s %s, nAGQ %i', async (family, link, random, nAGQ) => {
    const frame = buildModelFrame(`${family === 'poisson' ? 'y' : 'cbind(s, f)'} ~ x + ${random}`, toTable({ s, f, y, x, g, h }), { family, link });
    const { standardErrors, logLik } = await compareReplicates(frame, nAGQ, 40, false);
    console.info(`${family} ${link} ${random} nAGQ ${nAGQ}: ${standardErrors.toExponential(1)} SE, ${logLik.toExponential(1)} logLik`);
    expect(standardErrors).toBeLessThan(1e-4);
    expect(logLik).toBeLessThan(1e-3);
  }, 300_000);
});
