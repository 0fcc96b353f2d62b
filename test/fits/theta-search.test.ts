import { expect, test } from 'vitest';
import { thetaGeometry } from '../../src/fit/theta-geometry.js';
import { maximizeOverTheta } from '../../src/fit/theta-search.js';
import { OUTCOME, type Surface } from '../../src/optimize/quasi-newton.js';
import { randomDesign } from '../helpers/designs.js';

const { design } = randomDesign({ family: 'poisson', link: 'log', terms: [1], rows: 40 });
const geometry = thetaGeometry({ ...design, random: design.random.map((term) => ({ ...term, z: term.z.map(() => 1) })) });

/** A parabola with its top at 0.4, and a spike at 0.8 from which no step leads to a value. */
const surface: Surface = {
  nParams: 1,
  valueNoise: 1e-13,
  evaluate({ count, params, value, gradient }) {
    for (let e = 0; e < count; e++) {
      const theta = params[e]!;
      value[e] = theta === 0.8 ? 10 : theta > 0.55 ? NaN : -50 * (theta - 0.4) ** 2;
      gradient[e] = theta === 0.8 ? 1e6 : -100 * (theta - 0.4);
    }
    return Promise.resolve();
  },
};

test.each([[null, OUTCOME.converged, 0.4], [Uint8Array.of(0), OUTCOME.lineSearch, 0.8]])('a search that ends where there is no maximum is begun again near zero, unless parameters are held (%o)', async (held, outcome, theta) => {
  const best = await maximizeOverTheta(surface, {
    count: 1, params: Float64Array.of(0.8), held, metric: Float64Array.of(0.01), coldMetric: false, stepScale: Float64Array.of(1), maxStep: Float64Array.of(5),
    tolerance: 1e-10, maxEvaluations: 400, lastStep: true,
  }, { geometry, nTheta: 1, nAfterTheta: 0, coldStart: false });
  expect(best.outcome[0]).toBe(outcome);
  expect(best.params[0]).toBeCloseTo(theta, 6);
});
