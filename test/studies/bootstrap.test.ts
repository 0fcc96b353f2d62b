import { describe, expect, test } from 'vitest';
import { OptionError } from '../../src/errors.js';
import { DEFAULT_CONTROL } from '../../src/fit/options.js';
import { fitSingle } from '../../src/fit/single-fit.js';
import type { Bootstrap, Progress } from '../../src/fit/types.js';
import { covarianceColumns } from '../../src/model/covariance-columns.js';
import type { Design } from '../../src/model/design.js';
import { STATUS } from '../../src/model/status.js';
import { type BootstrapOptions, type BootstrapSource, bootstrap } from '../../src/studies/bootstrap.js';
import { referenceFits, referenceFrame } from '../helpers/reference.js';

async function fitted(id: string): Promise<BootstrapSource & { covariance: Float64Array }> {
  const frame = referenceFrame(referenceFits.find((fit) => fit.id === id)!);
  const settings = { integration: { nAGQ: 1, information: 'observed' as const }, control: DEFAULT_CONTROL, standardErrors: 'hessian' as const };
  const { params, metric, covariance } = await fitSingle(frame.design, frame.response, settings, {});
  return { frame, settings, params, metric, covariance };
}
const cbpp = fitted('cbpp--laplace-lme4');
const run = async (options: Partial<BootstrapOptions> = {}): Promise<Bootstrap> =>
  bootstrap(await cbpp, { nsim: 400, seed: 3, backend: 'cpu', workers: 1, ...options });

describe('bootstrap of cbpp', () => {
  test('columns, names, estimates and counts', async () => {
    const source = await cbpp;
    const result = await run();
    expect(result.parameters).toEqual(['(Intercept)', 'period2', 'period3', 'period4', 'sd_(Intercept)|herd']);
    expect(result.replicates.map((column) => column.length)).toEqual([400, 400, 400, 400, 400]);
    expect([...result.estimates]).toEqual([...source.params]);
    expect(result.replicates[4]).toEqual(result.fit.params[4]);
    const { converged, boundary, ...failures } = result.counts;
    expect(converged + boundary).toBe(400);
    expect(boundary).toBeGreaterThan(0);
    expect(Object.values(failures).every((count) => count === 0)).toBe(true);
    expect(result.refitsPerSecond).toBeCloseTo(400 / result.seconds, 6);
    expect(result.backend.backend).toBe('cpu');
  });

  test('replicate i depends on (seed, i) alone: a longer run begins with a shorter one, on more threads too', async () => {
    const [short, long] = [await run({ nsim: 50 }), await run({ nsim: 4000, workers: 2 })];
    short.replicates.forEach((column, j) => { expect(long.replicates[j]!.subarray(0, 50)).toEqual(column); });
    expect((await run({ nsim: 50, seed: 4 })).replicates[0]).not.toEqual(short.replicates[0]);
  });

  test('the spread of the estimates is that of the information matrix, nearly', async () => {
    const { covariance } = await cbpp;
    for (const [j, row] of (await run({ nsim: 2000 })).intervals({ kinds: ['normal'] }).entries()) {
      // 30 %: small-sample spread against an asymptotic formula, and 1.6 % Monte Carlo error.
      expect(Math.abs(row.std_error / Math.sqrt(covariance[j * 6]!) - 1)).toBeLessThan(0.3);
      expect(row.conf_low).toBeLessThan(row.estimate - row.bias);
    }
  });

  test('warm starts: about nine evaluations a refit', async () => {
    const { evaluations } = (await run()).fit;
    expect(evaluations.reduce((sum, count) => sum + count, 0) / 400).toBeLessThan(12);
  });

  test('progress is of refits', async () => {
    const reports: Progress[] = [];
    await run({ onProgress: (progress) => { reports.push(progress); } });
    expect(reports[0]).toMatchObject({ stage: 'refits', done: 0, total: 400 });
    expect(reports.at(-1)).toMatchObject({ stage: 'refits', done: 400 });
  });

  test('standard errors of every replicate on request', async () => {
    const { fit } = await run({ standardErrors: 'hessian' });
    expect(fit.standardErrors!.length).toBe(5);
    fit.status.forEach((status, b) => {
      expect(fit.standardErrors![0]![b]).toBeGreaterThan(0);
      expect(Number.isNaN(fit.standardErrors![4]![b])).toBe(status === STATUS.boundary);
    });
  });

  test('interval rows by parameter, then kind; flagged replicates are left out unless asked for', async () => {
    const result = await run();
    expect(result.intervals().map(({ parameter, kind }) => `${parameter} ${kind}`).slice(0, 4)).toEqual([
      '(Intercept) percentile', '(Intercept) basic', '(Intercept) normal', 'period2 percentile',
    ]);
    // One replicate declared separated.
    result.fit.status[7] = STATUS.separated;
    expect(result.intervals({ kinds: ['basic'] }).map(({ replicates }) => replicates)).toEqual([399, 399, 399, 399, 399]);
    expect(result.intervals({ kinds: ['basic'], flagged: true })[0]!.replicates).toBe(400);
  });

  test.each([[{ nsim: 0 }, /nsim/], [{ nsim: 1.5 }, /nsim/], [{ seed: -1 }, /seed/], [{ seed: NaN }, /seed/]] as const)('%o is refused', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
    await expect(run(options)).rejects.toThrow(OptionError);
  });

  test('impossible levels and kinds are refused', async () => {
    const result = await run({ nsim: 10 });
    for (const level of [95, 0.4, 1, NaN]) expect(() => result.intervals({ level })).toThrow(/level must be from 0.5 to 0.9999/);
    expect(() => result.intervals({ kinds: ['bcabc' as 'basic'] })).toThrow(/kinds must be percentile, .* or shortest, not 'bcabc'/);
    expect(() => result.intervals({ kinds: 'basic' as never })).toThrow(/kinds needs a list, not a string/);
    expect(() => result.intervals({ statistics: { odds: 'exp(period2)' as never } })).toThrow(/statistic 'odds' must be a function, not a string; expressionStatistics/);
    expect(result.intervals({ level: 0.5 })[0]!.level).toBe(0.5);
  });
});

test('vector effects: standard deviations and correlations of every replicate', async () => {
  const source = await fitted('contraception--slope-laplace-lme4');
  const result = await bootstrap(source, { nsim: 12, seed: 1, backend: 'cpu', workers: 1 });
  const group = source.frame.design.random[0]!;
  const [a, b] = group.names;
  expect(result.parameters.slice(-3)).toEqual([`sd_${a}|district`, `sd_${b}|district`, `cor_${b}.${a}|district`]);
  const p = source.frame.design.fixedNames.length;
  for (let i = 0; i < 12; i++) {
    const [l00, l10, l11] = [0, 1, 2].map((t) => result.fit.params[p + t]![i]!) as [number, number, number];
    expect(result.replicates[p]![i]).toBeCloseTo(Math.abs(l00), 12);
    expect(result.replicates[p + 1]![i]).toBeCloseTo(Math.hypot(l10, l11), 12);
    expect(result.replicates[p + 2]![i]).toBeCloseTo(l10 / Math.hypot(l10, l11), 12);
  }
});

test('covariance columns: order of three effects, diagonal terms, a zero standard deviation', () => {
  const term = { levels: ['1'], index: new Int32Array(1), z: new Float64Array(3) };
  const design = {
    fixedNames: ['x'],
    random: [
      { ...term, group: 'g', names: ['a', 'b', 'c'], covariance: 'unstructured' },
      { ...term, group: 'h', names: ['a', 'b'], covariance: 'diagonal' },
    ],
  } as unknown as Design;
  const columns = covarianceColumns(design);
  expect(columns.names).toEqual(['sd_a|g', 'sd_b|g', 'sd_c|g', 'cor_b.a|g', 'cor_c.a|g', 'cor_c.b|g', 'sd_a|h', 'sd_b|h']);
  // Λ = [2 . . ; 0 0 . ; 3 0 4]: a and c correlated 3/5, b without variance.
  expect(columns.from(Float64Array.of(9, 2, 0, 3, 0, 0, 4, 0.5, 0.25))).toEqual([2, 0, 5, NaN, 0.6, NaN, 0.5, 0.25]);
});
