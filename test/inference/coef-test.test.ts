import { expect, test } from 'vitest';
import { coefTest } from '../../src/inference/coef-test.js';
import { cbpp } from './fits.js';

test('one row: the square of z, and of t', async () => {
  const fit = await cbpp();
  const [, row] = fit.coefficients();
  const chisq = coefTest(fit, ['period2']);
  expect(chisq).toMatchObject({ distribution: 'chisq', df1: 1, df2: null });
  expect(chisq.statistic).toBeCloseTo(row!.statistic ** 2, 10);
  expect(chisq.p_value).toBeCloseTo(row!.p_value, 12);
  const f = coefTest(fit, [[0, 1, 0, 0]], { df: 'residual' });
  expect(f.df2).toBe(52);
  const t = fit.coefficients(0.95, 52)[1]!;
  expect(f.p_value).toBeCloseTo(t.p_value, 12);
});

test('several rows: the statistic does not depend on how the hypothesis is written', async () => {
  const fit = await cbpp();
  const names = coefTest(fit);
  const differences = coefTest(fit, [[0, 1, -1, 0], [0, 0, 1, -1], [0, 0, 0, 2]]);
  expect(names.df1).toBe(3);
  expect(differences.statistic).toBeCloseTo(names.statistic, 8);
  // Wald χ² by hand: β'V⁻¹β is the sum of squares of L⁻¹β, here by elimination on [V | β].
  const v = fit.vcov.slice(1).map((row) => row.slice(1));
  const b = Array.from(fit.params.slice(1, 4));
  const rows = v.map((row, i) => [...row, b[i]!]);
  for (let i = 0; i < 3; i++) {
    for (let r = 0; r < 3; r++) {
      if (r === i) continue;
      const factor = rows[r]![i]! / rows[i]![i]!;
      for (let c = 0; c < 4; c++) rows[r]![c]! -= factor * rows[i]![c]!;
    }
  }
  const wald = b.reduce((sum, value, i) => sum + (value * rows[i]![3]!) / rows[i]![i]!, 0);
  expect(names.statistic).toBeCloseTo(wald, 8);
});

test('a hypothesis at the estimate itself has statistic zero', async () => {
  const fit = await cbpp();
  const test = coefTest(fit, ['period3'], { value: [fit.params[2]!] });
  expect(test.statistic).toBe(0);
  expect(test.p_value).toBe(1);
});

test('what cannot be tested', async () => {
  const fit = await cbpp();
  expect(() => coefTest(fit, ['period9'])).toThrow("no fixed effect 'period9'");
  expect(() => coefTest(fit, [[1, 0]])).toThrow('has 2 numbers; the model has 4');
  expect(() => coefTest(fit, [[0, 1, 0, 0], [0, 2, 0, 0]])).toThrow('depend on each other');
  expect(() => coefTest(fit, [[0, 0, 0, 0]])).toThrow('all zeros');
  expect(() => coefTest(fit, ['period2'], { value: [1, 2] })).toThrow('value has 2');
});
