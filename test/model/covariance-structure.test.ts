/** The factor of each structure against the covariance it is meant to be, and its derivatives against differences. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CovarianceStructure, commonCorrelation, structuredFactor, thetaEntries, uncorrelatedAngle } from '../../src/model/covariance-structure.js';
import { termFactor } from '../../src/model/covariance.js';
import { definedCovariance } from '../helpers/dense-likelihood.js';

const STRUCTURES = ['isotropic', 'cs', 'homcs', 'ar1', 'hetar1'] as const satisfies readonly CovarianceStructure[];

const point = (structure: (typeof STRUCTURES)[number], q: number) =>
  fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: thetaEntries(structure, q).length, maxLength: thetaEntries(structure, q).length });

describe.each(STRUCTURES)('%s', (structure) => {
  const names = (q: number): string[] => Array.from({ length: q }, (_, j) => `c${j}`);

  test('ΛΛ\' is the covariance of the definition, at any parameters', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 6 }).chain((q) => fc.tuple(fc.constant(q), point(structure, q))), ([q, theta]) => {
      const factor = termFactor({ names: names(q), covariance: structure }, theta);
      definedCovariance({ names: names(q), covariance: structure }, theta).forEach((row, i) => { row.forEach((wanted, j) => {
        let sum = 0;
        for (let c = 0; c < q; c++) sum += factor[i * q + c]! * factor[j * q + c]!;
        expect(Math.abs(sum - wanted)).toBeLessThan(1e-11 * (1 + Math.max(...theta.map(Math.abs)) ** 4));
      }); });
    }));
  });

  test('the Jacobian agrees with differences', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 5 }).chain((q) => fc.tuple(fc.constant(q), point(structure, q))), ([q, theta]) => {
      const length = structure === 'isotropic' ? q : (q * (q + 1)) / 2;
      const at = (values: readonly number[]): Float64Array => {
        const out = new Float64Array(length);
        structuredFactor(structure, q, values, out, null);
        return out;
      };
      const jacobian = new Float64Array(length * theta.length);
      structuredFactor(structure, q, theta, new Float64Array(length), jacobian);
      const step = 1e-5;
      theta.forEach((_, t) => {
        const shifted = (by: number): Float64Array => at(theta.map((value, s) => (s === t ? value + by : value)));
        const [low, high] = [shifted(-step), shifted(step)];
        for (let e = 0; e < length; e++) expect(Math.abs((high[e]! - low[e]!) / (2 * step) - jacobian[e * theta.length + t]!)).toBeLessThan(1e-6);
      });
    }));
  });
});

test('angles: the ends of the correlation are turning points, zero is where it is said to be', () => {
  for (const [structure, low] of [['homcs', -1 / 3], ['cs', -1 / 3], ['ar1', -1], ['hetar1', -1]] as const) {
    expect(commonCorrelation(structure, 4, 0)).toBeCloseTo(low, 15);
    expect(commonCorrelation(structure, 4, Math.PI / 2)).toBeCloseTo(1, 15);
    expect(commonCorrelation(structure, 4, uncorrelatedAngle(structure, 4))).toBeCloseTo(0, 15);
  }
});
