/** The gradient of the profiled likelihood against finite differences, on random designs of every structure. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Design } from '../../src/model/design.js';
import { parameterLayout } from '../../src/model/design.js';
import { createManyFactorsKernel } from '../../src/lmm/many-factors.js';
import { scaledRows } from '../../src/lmm/scaled-rows.js';
import { createLmmSystem } from '../../src/lmm/system.js';
import { type RandomDesign, crossedDesign, generator, randomDesign } from '../helpers/designs.js';

const gaussian = { family: 'gaussian', link: 'identity' } as const;

const STRUCTURES: Readonly<Record<string, (seed: number) => RandomDesign>> = {
  'one factor, intercept': (seed) => randomDesign({ ...gaussian, terms: [1], seed }),
  'one factor, slope': (seed) => randomDesign({ ...gaussian, terms: [2], seed }),
  'one factor, three terms': (seed) => randomDesign({ ...gaussian, terms: [2, 1, 1], seed }),
  'one factor, diagonal': (seed) => randomDesign({ ...gaussian, terms: [3], covariance: 'diagonal', seed }),
  'two crossed factors': (seed) => crossedDesign({ ...gaussian, seed }, [[1], [1]]),
  'three crossed factors with slopes': (seed) => crossedDesign({ ...gaussian, seed }, [[2], [1], [2]]),
  'nested factors with a slope': (seed) => crossedDesign({ ...gaussian, seed }, [[1], [2]], true),
};

/** A response with some of everything in it. */
function response(design: Design, seed: number): Float64Array {
  const random = generator(seed + 17);
  return Float64Array.from({ length: design.nobs }, (_, i) => 3 + 2 * random() + design.random.reduce((sum, term) => sum + Math.sin(7 * term.index[i]!), 0));
}

const point = (count: number, seed: number): Float64Array => {
  const random = generator(seed + 31);
  return Float64Array.from({ length: count }, () => 1.6 * random() - 0.4);
};

for (const [name, make] of Object.entries(STRUCTURES)) {
  test.each([true, false])(`${name}, REML %s`, (reml) => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const { design } = make(seed);
      const { nTheta } = parameterLayout(design);
      const { kernel } = createLmmSystem(design, reml);
      const sums = kernel.createSums();
      kernel.take(response(design, seed), 0, design.offset, sums);
      const theta = point(nTheta, seed);
      const gradient = new Float64Array(nTheta);
      kernel.evaluate(sums, theta, gradient);
      const step = 1e-4;
      theta.forEach((centre, t) => {
        const at = (shift: number): number => {
          const moved = theta.slice();
          moved[t] = centre + shift;
          return kernel.evaluate(sums, moved, null);
        };
        const slope = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step);
        expect(Math.abs(slope - gradient[t]!)).toBeLessThan(1e-7 * (1 + Math.abs(slope)));
      });
    }), { numRuns: 8 });
  });
}

test.each([true, false])('the general kernel agrees with the one of a single factor, REML %s', (reml) => {
  for (const terms of [[1], [2], [2, 1]]) {
    const { design } = randomDesign({ ...gaussian, terms });
    const { nTheta } = parameterLayout(design);
    const y = response(design, 5);
    const theta = point(nTheta, 3);
    const kernels = [createLmmSystem(design, reml).kernel, createManyFactorsKernel(design, scaledRows(design, design.weights, design.x), reml)];
    const [own, general] = kernels.map((kernel) => {
      const sums = kernel.createSums();
      kernel.take(y, 0, design.offset, sums);
      const gradient = new Float64Array(nTheta);
      return { value: kernel.evaluate(sums, theta, gradient), gradient, modes: kernel.modes(sums) };
    });
    expect(Math.abs(own!.value - general!.value)).toBeLessThan(1e-10);
    own!.gradient.forEach((value, t) => { expect(Math.abs(value - general!.gradient[t]!)).toBeLessThan(1e-9); });
    own!.modes.forEach((value, e) => { expect(Math.abs(value - general!.modes[e]!)).toBeLessThan(1e-10); });
  }
});

test('the profiled likelihood is the density of the multivariate normal', () => {
  // log N(y; Xβ, σ²(I/w + ZΛΛ'Z')) by dense elimination, at the β and σ the profile reports.
  const { design } = crossedDesign({ ...gaussian, seed: 3 }, [[2], [1]]);
  const { kernel, rows } = createLmmSystem(design, false);
  const y = response(design, 3);
  const sums = kernel.createSums();
  kernel.take(y, 0, design.offset, sums);
  const theta = Float64Array.of(0.8, -0.3, 0.5, 1.1);
  const logLik = kernel.evaluate(sums, theta, null);
  const { sigma, beta } = kernel.profile;
  const n = design.nobs;
  const effects = (term: number, i: number): number[] => {
    const { z } = design.random[term]!;
    return term === 0 ? [theta[0]! * z[2 * i]! + theta[1]! * z[2 * i + 1]!, theta[2]! * z[2 * i + 1]!] : [theta[3]! * z[i]!];
  };
  const v = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => {
    let sum = i === j ? 1 / design.weights![i]! : 0;
    for (const t of [0, 1]) {
      if (design.random[t]!.index[i] !== design.random[t]!.index[j]) continue;
      const b = effects(t, j);
      sum += effects(t, i).reduce((total, value, c) => total + value * b[c]!, 0);
    }
    return sum * sigma * sigma;
  }));
  // y − offset − Xβ with Xβ = W^−½ Q (start + β).
  const rest = Array.from({ length: n }, (_, i) => {
    let mean = 0;
    for (let j = 0; j < rows.nFixed; j++) mean += rows.q[i * rows.nFixed + j]! * (sums.start[j]! + beta[j]!);
    return y[i]! - design.offset![i]! - mean / rows.root[i]!;
  });
  let logDeterminant = 0;
  let quadratic = 0;
  for (let k = 0; k < n; k++) {
    logDeterminant += Math.log(v[k]![k]!);
    quadratic += rest[k]! ** 2 / v[k]![k]!;
    for (let i = k + 1; i < n; i++) {
      const factor = v[i]![k]! / v[k]![k]!;
      for (let j = k; j < n; j++) v[i]![j]! -= factor * v[k]![j]!;
      rest[i]! -= factor * rest[k]!;
    }
  }
  expect(Math.abs(logLik + 0.5 * (n * Math.log(2 * Math.PI) + logDeterminant + quadratic))).toBeLessThan(1e-8);
});
