/**
 * Refits of simulated responses against lme4's, each converged far beyond its defaults (test/fixtures/replicates): the same start for all
 * models, the estimates of the original fit, as a bootstrap has it.
 *
 * Tolerances: log-likelihood 1e-6 relative, estimates 1e-4 of lme4's standard errors (the project's promise). A standard deviation has no
 * standard error in the fixture; that of the fixed effects' smallest is of its order. lme4 leaves boundary fits at θ of about 1e-7.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { familyOf } from '../../src/families/registry.js';
import { fitBatch } from '../../src/fit/fit-batch.js';
import type { Design } from '../../src/model/design.js';
import { STATUS } from '../../src/model/status.js';
import { referenceFits, referenceFrame } from '../helpers/reference.js';

interface Replicates {
  fixefNames: string[];
  fits: { logLik: number; fixef: number[]; theta: number[]; seRX: number[]; boundary: unknown[] }[];
}

const read = (name: string): string => readFileSync(new URL(`../fixtures/replicates/${name}`, import.meta.url), 'utf8');

/** Columns r1 … rB of a fixture, model-major. */
function responses(id: string): Float64Array {
  const rows = read(`${id}.csv`).trim().split('\n').slice(1).map((line) => line.split(',').map(Number));
  const nModels = rows[0]!.length;
  return Float64Array.from({ length: nModels * rows.length }, (_, at) => rows[at % rows.length]![Math.floor(at / rows.length)]!);
}

/** lme4 reports quadrature fits relative to the saturated model. */
function saturated(design: Design, y: Float64Array): number {
  const family = familyOf(design);
  let sum = 0;
  y.forEach((successes, i) => {
    const m = design.trials === null ? 1 : design.trials[i]!;
    const part = (count: number): number => (count > 0 ? count * Math.log(count / m) : 0);
    sum += family.constant(successes, m, 1) + part(successes) + part(m - successes);
  });
  return sum;
}

describe.each([
  'cbpp--laplace-lme4', 'cbpp--agq9-lme4', 'contraception--ri-laplace-lme4', 'epil--ri-laplace-lme4', 'mfr1--effects-laplace-lme4',
  'mfr2--effects-laplace-lme4',
])('%s', (id) => {
  const base = referenceFits.find((fit) => fit.id === id)!;
  const reference = JSON.parse(read(`${id}.json`)) as Replicates;
  const { design } = referenceFrame(base);
  const response = responses(id);
  const nModels = reference.fits.length;

  test.each(['generating parameters', 'a cold start'])('every refit from %s', async (from) => {
    const start = Float64Array.from([...base.fixef.estimate, ...base.theta!.estimate]);
    const fits = await fitBatch(
      design, { nModels, response, ...(from === 'a cold start' ? {} : { start }) }, { backend: 'cpu', workers: 1, nAGQ: base.nAGQ, standardErrors: 'hessian' },
    );
    expect(fits.names.slice(0, -1)).toEqual(reference.fixefNames);
    const p = reference.fixefNames.length;
    reference.fits.forEach((theirs, b) => {
      const boundary = theirs.boundary.length > 0;
      expect(fits.status[b]).toBe(boundary ? STATUS.boundary : STATUS.converged);
      const logLik = theirs.logLik + (base.nAGQ > 1 ? saturated(design, response.subarray(b * design.nobs, (b + 1) * design.nobs)) : 0);
      expect(Math.abs(fits.logLik[b]! / logLik - 1)).toBeLessThan(1e-6);
      theirs.fixef.forEach((estimate, j) => {
        expect(Math.abs(fits.params[j]![b]! - estimate)).toBeLessThan(1e-4 * theirs.seRX[j]!);
      });
      const se = boundary ? Math.min(...theirs.seRX) : fits.standardErrors![p]![b]!;
      expect(Math.abs(fits.params[p]![b]! - theirs.theta[0]!)).toBeLessThan(1e-4 * se);
      expect(Number.isNaN(fits.standardErrors![p]![b]!)).toBe(boundary);
    });
  });
});

test('the replicates include boundary fits', () => {
  const reference = JSON.parse(read('mfr1--effects-laplace-lme4.json')) as Replicates;
  expect(reference.fits.filter((fit) => fit.boundary.length > 0).length).toBe(6);
});
