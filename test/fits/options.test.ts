/** Options of the library as programs without types give them: a misspelling is an error that names what was meant. */
import { describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors.js';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';

const data = { y: [0, 1, 1, 0, 1, 0, 1, 0], x: [1, 2, 3, 1, 2, 3, 2, 1], g: ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'] };
const FORMULA = 'y ~ x + (1 | g)';
type Loose = (formula: unknown, data: unknown, options?: unknown) => Promise<Awaited<ReturnType<typeof glmm>>>;
const loose = glmm as unknown as Loose;
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => null, (error: unknown) => error);

describe('glmm', () => {
  test.each<[string, unknown, RegExp]>([
    ['no options', undefined, /glmm needs its options as an object, not undefined/],
    ['no family', {}, /no family given; use binomial/],
    ['a name in the wrong case', { family: 'binomial', nagq: 5 }, /no option 'nagq' \(did you mean 'nAGQ'\?\)/],
    ['a name that is like none', { family: 'binomial', verbose: true }, /no option 'verbose'; the options are family, link/],
    ['information', { family: 'binomial', information: 'observe' }, /information must be observed or expected, not 'observe' \(did you mean 'observed'\?\)/],
    ['standardErrors', { family: 'binomial', standardErrors: 'sandwich' }, /standardErrors must be hessian or wls, not 'sandwich'/],
    ['an entry of control', { family: 'binomial', control: { tolerence: 1e-8 } }, /control has no option 'tolerence' \(did you mean 'tolerance'\?\)/],
    ['a tolerance that is no number', { family: 'binomial', control: { tolerance: NaN } }, /control\.tolerance must be a positive number, not NaN/],
    ['half an evaluation', { family: 'binomial', control: { maxEvaluations: 2.5 } }, /control\.maxEvaluations must be an integer, not 2\.5/],
    ['an entry of start', { family: 'binomial', start: { fixeff: [1, 2] } }, /start has no option 'fixeff' \(did you mean 'fixef'\?\)/],
    ['start by name', { family: 'binomial', start: { fixef: { x: 1 } } }, /start\.fixef needs an array of numbers, not an object/],
    ['a name that is none', { family: 'binomial', dataName: 7 }, /dataName as text, not a number/],
    ['nodes as text', { family: 'binomial', nAGQ: '5' }, /nAGQ = 5 is not an integer/],
  ])('%s', async (_, options, message) => {
    const error = await failure(loose(FORMULA, data, options));
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).message).toMatch(message);
  });

  test('a formula that is no text', async () => {
    expect(await failure(loose(undefined, data, { family: 'binomial' }))).toMatchObject({ name: 'OptionError', message: /the formula must be text/ });
  });
});

test('fitBatch names unknown options, simulate a missing seed', async () => {
  const fit = await glmm(FORMULA, data, { family: 'binomial' });
  const batch = { nModels: 1, response: fit.response };
  await expect(fitBatch(fit.design, batch, { worker: 2 } as object)).rejects.toThrow(/fitBatch has no option 'worker' \(did you mean 'workers'\?\)/);
  await expect(fit.bootstrap({ nsim: 2, seed: 1, thread: 2 } as never)).rejects.toThrow(OptionError);
  const replicates = await fit.bootstrap({ nsim: 2, seed: 1, backend: 'cpu' });
  expect(() => replicates.intervals({ kind: ['basic'] } as never)).toThrow(/intervals has no option 'kind' \(did you mean 'kinds'\?\)/);
  expect(() => fit.simulate({} as never)).toThrow(/seed must be an integer/);
});
