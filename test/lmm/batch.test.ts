/** Batches of linear mixed models: lmer's refits of simulated responses, own rows, simulation and bootstrap. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitBatch } from '../../src/fit/fit-batch.js';
import { glmm } from '../../src/fit/glmm.js';
import { STATUS } from '../../src/model/status.js';
import { linearReferences } from '../helpers/linear-reference.js';
import { referenceFrame, referenceTable } from '../helpers/reference.js';

interface Replicates {
  fixefNames: string[];
  fits: { logLik: number; fixef: number[]; theta: number[]; sigma: number; seRX: number[]; boundary: number[] }[];
}

const read = (name: string): string => readFileSync(new URL(`../fixtures/replicates/${name}`, import.meta.url), 'utf8');

/** Columns r1 … rB of a fixture, model-major. */
function responses(id: string): Float64Array {
  const rows = read(`${id}.csv`).trim().split('\n').slice(1).map((line) => line.split(',').map(Number));
  const nModels = rows[0]!.length;
  return Float64Array.from({ length: nModels * rows.length }, (_, at) => rows[at % rows.length]![Math.floor(at / rows.length)]!);
}

describe.each(['penicillin--crossed-ML', 'sleepstudy--slope-ML-reps-base'])('%s', (id) => {
  const base = linearReferences.find((fit) => fit.id === id)!;
  const reference = JSON.parse(read(`${id}.json`)) as Replicates;
  const { design } = referenceFrame(base);
  const nModels = reference.fits.length;
  const p = reference.fixefNames.length;

  test.each(['generating parameters', 'a cold start'])('every refit from %s', async (from) => {
    const start = Float64Array.from([...base.fixef.estimate, ...base.theta.estimate.map((value) => value * base.sigma), base.sigma]);
    const fits = await fitBatch(
      design, { nModels, response: responses(id), ...(from === 'a cold start' ? {} : { start }) },
      { backend: 'cpu', workers: 1, REML: false, standardErrors: 'hessian' },
    );
    expect(fits.names.at(-1)).toBe('sigma');
    reference.fits.forEach((theirs, b) => {
      const column = (j: number): number => fits.params[j]![b]!;
      expect(fits.status[b]).toBe(theirs.boundary.length > 0 ? STATUS.boundary : STATUS.converged);
      expect(Math.abs(fits.logLik[b]! / theirs.logLik - 1)).toBeLessThan(1e-9);
      theirs.fixef.forEach((estimate, j) => {
        expect(Math.abs(column(j) - estimate)).toBeLessThan(1e-4 * theirs.seRX[j]!);
        expect(Math.abs(fits.standardErrors![j]![b]! / theirs.seRX[j]! - 1)).toBeLessThan(1e-5);
      });
      theirs.theta.forEach((theta, t) => {
        // lme4 leaves boundary fits a little inside; the likelihood is flat there.
        const se = fits.standardErrors![p + t]![b]!;
        expect(Math.abs(column(p + t) - theta * theirs.sigma)).toBeLessThan(1e-4 * (Number.isFinite(se) ? se : theirs.sigma));
      });
      expect(Math.abs(column(p + theirs.theta.length) / theirs.sigma - 1)).toBeLessThan(1e-6);
    });
  });
});

test('the replicates include boundary fits', () => {
  const reference = JSON.parse(read('sleepstudy--slope-ML-reps-base.json')) as Replicates;
  expect(reference.fits.filter((fit) => fit.boundary.length > 0).length).toBeGreaterThan(0);
});

const sleepstudy = linearReferences.find((fit) => fit.id === 'sleepstudy--slope-REML')!;
const fitSleepstudy = (options: { REML?: boolean; weights?: string } = {}) =>
  glmm(sleepstudy.formula, referenceTable('sleepstudy', sleepstudy.factors), { family: 'gaussian', ...options });

describe('own rows of the models', () => {
  test('weights, offset, x and z of a model are those of a design with them', async () => {
    const weighted = await fitSleepstudy({ weights: 'w' });
    const { design, response } = weighted.frame;
    const n = design.nobs;
    const shift = Float64Array.from({ length: 2 * n }, (_, i) => (i < n ? 0 : 5 + (i % 3)));
    const twice = (values: Float64Array): Float64Array => Float64Array.from([...values, ...values]);
    const fits = await fitBatch(
      { ...design, weights: null, x: design.x.map((value) => value + 1), random: design.random.map((term) => ({ ...term, z: term.z.map(() => 7) })) },
      {
        nModels: 2, response: twice(response).map((y, i) => y + shift[i]!), weights: twice(design.weights!), offset: shift,
        x: twice(design.x), z: twice(design.random[0]!.z),
      },
      { workers: 1 },
    );
    for (const b of [0, 1]) {
      expect(fits.logLik[b]!).toBeCloseTo(weighted.logLik, 8);
      weighted.params.forEach((value, j) => { expect(Math.abs(fits.params[j]![b]! - value)).toBeLessThan(1e-4 * Math.abs(value)); });
    }
  });

  test('rows of weight 0 are as if they were not there', async () => {
    const { design, response } = (await fitSleepstudy()).frame;
    const weights = Float64Array.from({ length: design.nobs }, (_, i) => (i % 4 === 1 ? 0 : 1));
    const kept = Int32Array.from({ length: design.nobs }, (_, i) => i).filter((i) => weights[i]! > 0);
    const take = (values: Float64Array, width: number): Float64Array =>
      Float64Array.from({ length: kept.length * width }, (_, at) => values[kept[Math.floor(at / width)]! * width + (at % width)]!);
    const whole = await fitBatch(design, { nModels: 1, response, weights }, { workers: 1 });
    const part = await fitBatch({
      ...design, nobs: kept.length, x: take(design.x, 2),
      random: design.random.map((term) => ({ ...term, z: take(term.z, 2), index: Int32Array.from(kept, (i) => term.index[i]!) })),
    }, { nModels: 1, response: take(response, 1) }, { workers: 1 });
    expect(whole.logLik[0]!).toBeCloseTo(part.logLik[0]!, 9);
    expect(whole.params[5]![0]!).toBeCloseTo(part.params[5]![0]!, 4);
  });
});

describe('simulation and bootstrap', () => {
  test('simulated responses have the means and variances of the model', async () => {
    const fit = await fitSleepstudy({ weights: 'w' });
    const draws = fit.simulate({ nsim: 4000, seed: 7 });
    const { design } = fit;
    const [sd0, sd1] = fit.VarCorr[0]!.sd as [number, number];
    const rho = fit.VarCorr[0]!.correlation[0]![1]!;
    for (const i of [0, 9, 100]) {
      const day = design.x[2 * i + 1]!;
      const expected = fit.params[0]! + fit.params[1]! * day;
      const variance = sd0 ** 2 + 2 * rho * sd0 * sd1 * day + (sd1 * day) ** 2 + fit.sigma ** 2 / design.weights![i]!;
      const mean = draws.reduce((sum, y) => sum + y[i]!, 0) / draws.length;
      const spread = draws.reduce((sum, y) => sum + (y[i]! - mean) ** 2, 0) / draws.length;
      expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / draws.length));
      expect(Math.abs(spread / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / draws.length));
    }
    expect(fit.simulate({ nsim: 1, seed: 7, first: 3 })[0]).toEqual(draws[3]);
  });

  test('standard errors of a batch are the spread of the bootstrap', async () => {
    const fit = await fitSleepstudy();
    const boot = await fit.bootstrap({ nsim: 2000, seed: 3, workers: 1 });
    expect(boot.parameters).toEqual(['(Intercept)', 'Days', 'sd_(Intercept)|Subject', 'sd_Days|Subject', 'cor_Days.(Intercept)|Subject', 'sigma']);
    expect(boot.counts.converged + boot.counts.boundary).toBe(2000);
    const rows = boot.intervals({ kinds: ['normal'] });
    const se = (name: string): number => rows.find((row) => row.parameter === name)!.std_error;
    expect(Math.abs(se('Days') / Math.sqrt(fit.vcov[1]![1]!) - 1)).toBeLessThan(0.06);
    // σ̂² (n − 36)/σ² is nearly chi-squared on the 144 residual degrees of freedom within subjects.
    expect(Math.abs(se('sigma') / (fit.sigma / Math.sqrt(2 * 144)) - 1)).toBeLessThan(0.08);
    const asymptotic = await fitBatch(fit.design, { nModels: 1, response: fit.response }, { workers: 1, standardErrors: 'hessian' });
    expect(Math.abs(asymptotic.standardErrors![5]![0]! / se('sigma') - 1)).toBeLessThan(0.08);
    expect(Math.abs(asymptotic.standardErrors![2]![0]! / se('sd_(Intercept)|Subject') - 1)).toBeLessThan(0.15);
  });

  test('results do not depend on chunks and threads', async () => {
    const fit = await fitSleepstudy();
    const batch = { nModels: 60, response: { kind: 'simulate', params: fit.params, seed: 5, first: 0 } } as const;
    const one = await fitBatch(fit.design, batch, { workers: 1 });
    const small = await fitBatch(fit.design, batch, { workers: 1, chunk: 7 });
    expect(small.params).toEqual(one.params);
    expect(one.backend.reason).toContain('exactly');
  });

  test('refit of a simulated response is its cold fit', async () => {
    const fit = await fitSleepstudy({ REML: false });
    const y = fit.simulate({ seed: 11 })[0]!;
    const again = await fit.refit(y);
    const cold = await fitBatch(fit.design, { nModels: 1, response: y }, { workers: 1, REML: false });
    expect(again.toJSON().method).toBe('ml');
    expect(again.logLik).toBeCloseTo(cold.logLik[0]!, 8);
  });
});
