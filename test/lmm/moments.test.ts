/** Starting values from moments: on balanced data they are the REML estimates. */
import { expect, test } from 'vitest';
import { createLmmSystem } from '../../src/lmm/system.js';
import { linearReferences } from '../helpers/linear-reference.js';
import { referenceFrame } from '../helpers/reference.js';

test('penicillin, balanced: lmer\'s REML estimates', () => {
  const reference = linearReferences.find(({ id }) => id === 'penicillin--crossed-REML')!;
  const { design, response } = referenceFrame(reference);
  const { kernel } = createLmmSystem(design, true);
  const sums = kernel.createSums();
  kernel.take(response, 0, null, sums);
  const { deviations, variances } = kernel.moments(sums)!;
  const gradient = new Float64Array(2);
  kernel.evaluate(sums, deviations, gradient);
  // The reference's terms may come in another order.
  expect([...deviations].sort()).toEqual([...reference.theta.estimate].sort().map((theta) => expect.closeTo(theta, 6) as number));
  gradient.forEach((slope, t) => { expect(Math.abs(slope) * Math.sqrt(variances[t]!)).toBeLessThan(1e-6); });
});

test('variances that come out negative and small ones give a start away from zero', () => {
  const reference = linearReferences.find(({ id }) => id === 'penicillin--crossed-REML')!;
  const { design, response } = referenceFrame(reference);
  const { kernel } = createLmmSystem(design, true);
  const sums = kernel.createSums();
  // Alternating signs within each level: levels differ less than by chance.
  kernel.take(response.map((_, i) => (i % 2 === 0 ? 1 : -1) + 1e-3 * Math.sin(i)), 0, null, sums);
  for (const deviation of kernel.moments(sums)!.deviations) expect(deviation).toBeGreaterThan(0.05);
});
