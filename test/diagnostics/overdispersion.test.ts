/** The Pearson test of overdispersion against performance (scripts/reference/overdispersion.R). */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { residualTests } from '../../src/diagnostics/residual-tests.js';
import { simulatedResiduals } from '../../src/diagnostics/simulated-residuals.js';
import { glmm } from '../../src/fit/glmm.js';
import type { FamilyName } from '../../src/model/design.js';
import { type SmallSet, smallSet } from '../helpers/small-sets.js';

interface Reference {
  readonly id: string;
  readonly data: SmallSet;
  readonly formula: string;
  readonly family: FamilyName;
  readonly ratio: number;
  readonly p: number;
}

const references = JSON.parse(readFileSync(new URL('../fixtures/diagnostics/overdispersion.json', import.meta.url), 'utf8')) as Reference[];

test.each(references)('$id', async ({ data, formula, family, ratio, p }) => {
  const fit = await glmm(formula, smallSet(data), { family });
  const { statistic, p_value } = residualTests(fit, simulatedResiduals(fit, { nsim: 20 })).find((one) => one.test === 'pearson_dispersion')!;
  expect(statistic).toBeCloseTo(ratio, 4);
  expect(Math.abs(p_value - p)).toBeLessThan(1e-3 * p + 1e-300);
});
