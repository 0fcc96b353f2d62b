import { expect, test } from 'vitest';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { ModelFrame } from '../../src/formula/model-frame.js';
import { fitBatch } from '../../src/fit/fit-batch.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { nestingOf } from '../../src/studies/nesting.js';
import { referenceTable } from '../helpers/reference.js';

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const sleepstudy = referenceTable('sleepstudy', {});
const cbpp = referenceTable('cbpp', { period: { ...factor, levels: ['1', '2', '3', '4'] } });
const frame = (formula: string, table = cbpp, family: FamilyName = 'binomial', link: LinkName = 'logit'): ModelFrame => buildModelFrame(formula, table, { family, link });
const Y = 'cbind(incidence, size - incidence)';

test.each([
  [`${Y} ~ 1 + (1 | herd)`, `${Y} ~ period + (1 | herd)`, { df: 3, variances: 0 }],
  // The same space, coded in another way, and one effect more.
  [`${Y} ~ I(period == "2") + (1 | herd)`, `${Y} ~ 0 + period + (1 | herd)`, { df: 2, variances: 0 }],
  [`${Y} ~ period + (1 | herd)`, `${Y} ~ period + (size | herd)`, { df: 2, variances: 1 }],
  // Sizes a long way from zero and their squares are nearly collinear, and nested about any origin.
  [`${Y} ~ I(size + 2000) + I((size + 2000)^2) + (1 | herd)`, `${Y} ~ I(size + 2000) + I((size + 2000)^2) + period + (1 | herd)`, { df: 3, variances: 0 }],
  [`${Y} ~ size + (1 | herd)`, `${Y} ~ I(size + 2000) + I((size + 2000)^2) + (1 | herd)`, { df: 1, variances: 0 }],
  [`${Y} ~ period + (size || herd)`, `${Y} ~ period + (size | herd)`, { df: 1, variances: 0 }],
  [`${Y} ~ period + (0 + size | herd)`, `${Y} ~ period + (size | herd)`, { df: 2, variances: 1 }],
])('%s in %s: the embedded parameters have the same likelihood', async (smaller, larger, expected) => {
  const [small, large] = [frame(smaller), frame(larger)];
  const nesting = nestingOf(small.design, large.design);
  expect(nesting).toMatchObject(expected);
  const params = (await fitBatch(small.design, { nModels: 1, response: small.response }, { backend: 'cpu', workers: 1 })).params.map((column) => column[0]!);
  const at = async ({ design, response }: ModelFrame, start: Float64Array): Promise<number> => {
    const held = new Uint8Array(start.length).fill(1);
    return (await fitBatch(design, { nModels: 1, response, start, held }, { backend: 'cpu', workers: 1 })).logLik[0]!;
  };
  const embedded = nesting.embed(Float64Array.from(params))!;
  expect(await at(large, embedded)).toBeCloseTo(await at(small, Float64Array.from(params)), 8);
});

test.each([
  [`${Y} ~ period + (1 | herd)`, `${Y} ~ size * herd + (size | herd)`, /fixed effect 'period2' is no combination/],
  [`${Y} ~ 1 + (1 | herd)`, `${Y} ~ period + (0 + size | herd)`, /no random effects \(\(Intercept\) \| herd\)/],
  [`${Y} ~ period + (1 | herd)`, `${Y} ~ period + (1 | herd)`, /no more parameters/],
  [`${Y} ~ period + (size | herd)`, `${Y} ~ period * size + (size || herd)`, /are correlated in the smaller model and not in the larger/],
])('%s is not nested in %s', (smaller, larger, message) => {
  expect(() => nestingOf(frame(smaller).design, frame(larger).design)).toThrow(message);
});

test('other data or another family', () => {
  const gaussian = frame('RT ~ Days + (1 | Subject)', sleepstudy, 'gaussian', 'identity').design;
  expect(() => nestingOf(frame(`${Y} ~ 1 + (1 | herd)`).design, gaussian)).toThrow(/differ in family or link/);
  const fewer = buildModelFrame('RT ~ 1 + (1 | Subject)', sleepstudy, { family: 'gaussian', link: 'identity', subset: 'Days > 1' }).design;
  expect(() => nestingOf(fewer, gaussian)).toThrow(/different rows/);
});
