/** Random formulas against R's model.matrix and qr: answers made by scripts/reference/formula-random.R. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import { readCsv } from '../../src/table/csv.js';

const fixtures = new URL('../fixtures/formula/', import.meta.url);
const cases = JSON.parse(readFileSync(new URL('random.json', fixtures), 'utf8')) as { text: string; names: string[]; kept: number[]; sums: number[] }[];

describe('random formulas have the columns R gives them', () => {
  const table = readCsv(readFileSync(new URL('data/contraception.csv', fixtures)), { types: { livch: 'ordered' } });
  test.each(cases)('$text', ({ text, names, kept, sums }) => {
    const { design, fixedTerms } = buildModelFrame(`y ~ ${text} + (1 | district)`, table, { family: 'binomial', link: 'logit' });
    expect(fixedTerms.recipe.names).toEqual(names);
    expect(fixedTerms.kept).toEqual(kept);
    const p = kept.length;
    for (let j = 0; j < p; j++) {
      let sum = 0;
      let size = 0;
      for (let i = 0; i < design.nobs; i++) {
        sum += design.x[i * p + j]! * Math.sin(i + 1);
        size += Math.abs(design.x[i * p + j]!);
      }
      // R's sums are written with 12 digits.
      expect(Math.abs(sum - sums[j]!)).toBeLessThan(1e-11 * Math.max(1, size, Math.abs(sum)));
    }
  });
});
