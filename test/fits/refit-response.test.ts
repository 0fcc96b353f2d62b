/** What `refit` asks of a new response is the family's to say. */
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { glmm } from '../../src/fit/glmm.js';

const data = {
  y: [0, 3, 1, 4, 2, 5, 1, 7, 0, 2, 3, 6],
  m: [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8],
  x: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
  g: ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b', 'c', 'c', 'c', 'c'],
};

describe.each([
  ['poisson', 'y ~ x + (1 | g)', [[-1, /value 4 of the new response is -1; counts are whole numbers from 0/], [2.5, /is 2.5; counts are whole numbers/], [NaN, /is NaN; responses are finite/]]],
  ['binomial', 'cbind(y, m - y) ~ x + (1 | g)', [[0.5, /is 0.5; counts are whole numbers/], [9, /is 9; successes are no larger than the number of trials \(8\)/]]],
] as const)('%s', (family, formula, wrong) => {
  test('refuses what the family cannot give', async () => {
    const fit = await glmm(formula, data, { family });
    for (const [value, message] of wrong) {
      const response = data.y.map((y, i) => (i === 3 ? value : y));
      await expect(fit.refit(response)).rejects.toThrow(message);
      await expect(fit.refit(response)).rejects.toBeInstanceOf(DataError);
    }
  });
});

test('a gaussian response may be any number', async () => {
  const fit = await glmm('y ~ x + (1 | g)', data, { family: 'gaussian' });
  expect(Number.isFinite((await fit.refit(data.y.map((y) => y - 2.5))).logLik)).toBe(true);
});
