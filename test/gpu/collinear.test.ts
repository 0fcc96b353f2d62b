/** Raw years and their squares on the device: float32 takes the columns in orthogonal coordinates. */
import { expect, test } from 'vitest';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { UniformStream } from '../../src/random/stream.js';
import { poissonVariate } from '../../src/random/variates.js';
import { toTable } from '../../src/table/from-values.js';
import { describeGpu } from './adapter.js';
import { compareReplicates } from './compare-replicates.js';

const [GROUPS, YEARS] = [20, 15];
const g = Array.from({ length: GROUPS * YEARS }, (_, i) => `g${Math.floor(i / YEARS)}`);
const year = g.map((_, i) => 2000 + (i % YEARS));
const h = g.map((_, i) => `h${(i * 7) % 11}`);
const uniforms = new UniformStream();
uniforms.reset(3, 0, 0);
/** Overdispersed counts on a curve, some of them zero for another reason. */
const y = year.map((value, i) => {
  const t = value - 2007;
  const excess = uniforms.next() < 1 / (1 + Math.exp(1.5 - 0.2 * t));
  const gamma = -0.5 * Math.log(uniforms.next() * uniforms.next());
  const count = poissonVariate(Math.exp(1.5 + 0.05 * t - 0.01 * t * t + 0.7 * Math.sin(Math.floor(i / YEARS))) * gamma, uniforms.next(), uniforms);
  return excess ? 0 : count;
});

const rating = y.map((count) => 1 + Math.min(3, Math.floor(count / 2)));
const LINKS: Partial<Record<FamilyName, LinkName>> = { cumulative: 'logit' };

describeGpu('nearly collinear columns on the device', () => {
  test.each<[FamilyName, string, Record<string, string>]>([
    ['cumulative', '(1 | g)', {}],
    ['poisson', '(1 | g)', {}], ['nbinom2', '(1 | g)', { dispformula: '~ year' }], ['poisson', '(1 | g)', { ziformula: '~ year + I(year^2)' }],
    ['poisson', '(year | g)', {}], ['poisson', '(year | g) + (1 | h)', {}], ['poisson', 'cs(1 + year | g)', {}],
  ])('%s %s %j', async (family, random, formulas) => {
    const frame = buildModelFrame(`${family === 'cumulative' ? 'rating' : 'y'} ~ year + I(year^2) + ${random}`, toTable({ y, rating, year, g, h }), { family, link: LINKS[family] ?? 'log', ...formulas });
    const { standardErrors, logLik } = await compareReplicates(frame, 1, 50, false);
    console.info(`${family} ${random} ${JSON.stringify(formulas)}: ${standardErrors.toExponential(1)} SE, ${logLik.toExponential(1)} logLik`);
    expect(standardErrors).toBeLessThan(1e-4);
    expect(logLik).toBeLessThan(1e-3);
  }, 300_000);
});
