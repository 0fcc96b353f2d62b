/** Every study on the device gives what it gives in float64, to the precision of its statistics. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, createEngine } from '../../src/fit/engine.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { crossValidate } from '../../src/studies/cross-validation.js';
import { doubleBootstrap } from '../../src/studies/double-bootstrap.js';
import { influence } from '../../src/studies/influence.js';
import { manyResponses } from '../../src/studies/many-responses.js';
import { permutationTest } from '../../src/studies/permutation.js';
import { power } from '../../src/studies/power.js';
import { simulatedLrt } from '../../src/studies/simulated-lrt.js';
import { referenceTable } from '../helpers/reference.js';
import { describeGpu } from './adapter.js';

const table = referenceTable('cbpp', { period: { levels: ['1', '2', '3', '4'], ordered: false, contrasts: null } });
const FORMULA = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const FAMILY = { family: 'binomial' } as const;

describeGpu('studies on the device', () => {
  let fit: GlmmFit;
  let smaller: GlmmFit;
  let engines: { readonly cpu: Engine; readonly webgpu: Engine };
  beforeAll(async () => {
    [fit, smaller] = await Promise.all([glmm(FORMULA, table, FAMILY), glmm(FORMULA.replace('period', '1'), table, FAMILY)]);
    engines = { cpu: await createEngine({ backend: 'cpu', workers: 1 }), webgpu: await createEngine({ backend: 'webgpu' }) };
  }, 120_000);
  afterAll(async () => { for (const engine of Object.values(engines)) await engine.dispose(); });

  /** A study on both; the device's share is told by its report. */
  async function both<Result>(study: (options: { readonly engine: Engine }) => Promise<Result>, backend: (result: Result) => string): Promise<readonly [Result, Result]> {
    const [cpu, webgpu] = [await study({ engine: engines.cpu }), await study({ engine: engines.webgpu })];
    expect([backend(cpu), backend(webgpu)]).toEqual(['cpu', 'webgpu']);
    return [cpu, webgpu];
  }
  const close = (a: ArrayLike<number>, b: ArrayLike<number>, within: number): void => {
    expect(a.length).toBe(b.length);
    for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!), String(i)).toBeLessThan(within);
  };

  test('simulated likelihood-ratio test', async () => {
    const [cpu, device] = await both((options) => simulatedLrt(smaller, fit, { nsim: 40, seed: 3, ...options }), ({ backend }) => backend.backend);
    close(device.replicates, cpu.replicates, 2e-3);
    expect(device.rows[0]!.p_value).toBe(cpu.rows[0]!.p_value);
  }, 300_000);

  test('permutations', async () => {
    const [cpu, device] = await both((options) => permutationTest(fit, { columns: ['period2', 'period3', 'period4'], nsim: 30, seed: 3, ...options }), ({ backend }) => backend.backend);
    close(device.replicates, cpu.replicates, 2e-3);
  }, 300_000);

  test('double bootstrap', async () => {
    const [cpu, device] = await both((options) => doubleBootstrap(fit, { nsim: 20, inner: 10, seed: 3, ...options }), ({ outer }) => outer.backend.backend);
    // A rank moves by a tenth where an estimate is on the edge.
    device.ranks.forEach((ranks, p) => { close(ranks, cpu.ranks[p]!, 0.11); });
  }, 300_000);

  test('power', async () => {
    const [cpu, device] = await both(
      (options) => power({ formula: FORMULA, data: table, ...FAMILY }, { tested: 'period2', tests: ['z', 'lrt'], nsim: 40, seed: 3, ...options }), ({ backend }) => backend.backend);
    device.rows.forEach((row, i) => {
      expect(row.rejected).toBe(cpu.rows[i]!.rejected);
      expect(row.bias).toBeCloseTo(cpu.rows[i]!.bias, 4);
    });
  }, 300_000);

  test('influence', async () => {
    const [cpu, device] = await both((options) => influence(fit, { by: 'herd', ...options }), ({ fit: own }) => own.backend.backend);
    device.rows.forEach((row, i) => { close(row.dfbetas, cpu.rows[i]!.dfbetas, 1e-3); });
  }, 300_000);

  test('cross-validation', async () => {
    const [cpu, device] = await Promise.all([engines.cpu, engines.webgpu].map((engine) => crossValidate(fit, { folds: 5, by: 'herd', seed: 1, engine })));
    expect(device!.log_score).toBeCloseTo(cpu!.log_score, 2);
  }, 300_000);

  test('many responses', async () => {
    const [cpu, device] = await both(
      (options) => manyResponses('cbind(y, size - y) ~ period + (1 | herd)', table, { ...FAMILY, responses: ['incidence'], ...options }), ({ fit: own }) => own.backend.backend);
    device.rows.forEach((row, i) => { expect(Math.abs(row.estimate - cpu.rows[i]!.estimate) / row.std_error).toBeLessThan(1e-3); });
  }, 300_000);
});
