/** Every bench with tiny sizes, so that none of them rots. What they measure here means nothing; what they write has to be there. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeGpu, gpu } from '../gpu/adapter.js';

let results: string;
beforeAll(() => { results = mkdtempSync(join(tmpdir(), 'glmmgpu-bench-')); });
afterAll(() => { rmSync(results, { recursive: true, force: true }); });

function bench(name: string, ...args: string[]): string {
  const file = fileURLToPath(new URL(`../../bench/${name}.mjs`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, '--quick', ...args], {
    encoding: 'utf8', env: { ...process.env, GLMMGPU_RESULTS: results },
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

const result = <T>(name: string): T => JSON.parse(readFileSync(join(results, `${name}.json`), 'utf8')) as T;

test('speed', () => {
  bench('speed', '--cases', 'cbpp,contraception');
  const { refits, byRows, coldFit, flatness } = result<{
    refits: { name: string; millisecondsPerFit: number }[]; byRows: { nobs: number }[]; coldFit: { rows: number; status: string }; flatness: { batches: { models: number }[]; peakMiB: number };
  }>('speed');
  expect(refits.map((row) => row.name)).toEqual(['cbpp', 'contraception']);
  for (const row of refits) expect(row.millisecondsPerFit).toBeGreaterThan(0);
  expect(byRows.map((row) => row.nobs)).toEqual([200, 400]);
  expect(coldFit).toMatchObject({ rows: 1000, status: 'converged' });
  expect(flatness.batches.map((row) => row.models)).toEqual([50, 100]);
  expect(flatness.peakMiB).toBeLessThan(1024);
});

test('peers: what R has is compared, what it has not is named', () => {
  const output = bench('peers', '--cases', '15x20');
  const { rows, skipped } = result<{ rows: { peers: Record<string, { ratio: number; largestDifference: number }> }[]; skipped: Record<string, string> }>('peers');
  for (const name of ['lme4', 'glmmTMB']) {
    if (skipped[name] !== undefined) {
      expect(output).toContain(`${name} is left out: ${skipped[name]}`);
      continue;
    }
    expect(rows[0]!.peers[name]!.ratio).toBeGreaterThan(0);
    // Both fitted the same responses: lme4's stopping rule is the difference.
    expect(rows[0]!.peers[name]!.largestDifference).toBeLessThan(0.05);
  }
});

test('linear mixed models', () => {
  bench('lmm');
  const { crossed } = result<{ crossed: { rows: number; status: string; processorSeconds: number } }>('lmm');
  expect(crossed).toMatchObject({ rows: 5000, status: 'converged' });
  expect(crossed.processorSeconds).toBeGreaterThan(0);
});

test('simulated likelihood-ratio test, and studies in single fits', () => {
  bench('lrt');
  const { lrt, contraception } = result<{
    lrt: { seconds: number; statistic: number; pbkrtest: { statistic: number; ratio: number } | null; skipped: string | null };
    contraception: { studies: { name: string; models: number; factor: number }[] };
  }>('lrt');
  expect(lrt.seconds).toBeGreaterThan(0);
  if (lrt.pbkrtest === null) expect(lrt.skipped).toMatch(/pbkrtest|Rscript/);
  else expect(Math.abs(lrt.pbkrtest.statistic - lrt.statistic)).toBeLessThan(0.01);
  expect(contraception.studies.map((row) => row.models).slice(0, 2)).toEqual([60, 10]);
  for (const row of contraception.studies) expect(row.factor, row.name).toBeGreaterThan(0);
});

test('accuracy', () => {
  bench('accuracy');
  const { float64 } = result<{ float64: { family: string; fits: number; logLik: number; fixed: number }[] }>('accuracy');
  expect(float64.length).toBeGreaterThan(10);
  expect(float64.reduce((sum, row) => sum + row.fits, 0)).toBeGreaterThan(140);
  for (const row of float64) {
    expect(row.logLik).toBeLessThan(1e-6);
    expect(row.fixed).toBeLessThan(1e-4);
  }
});

test('durable: killed and resumed, the same bytes', () => {
  bench('durable');
  const { kills, sameBytes, peakMiB, peakResumedMiB } = result<{ kills: number; sameBytes: boolean; peakMiB: number; peakResumedMiB: number }>('durable');
  expect(sameBytes).toBe(true);
  // Two are meant; a machine that does other things at the wrong moment may come too late for the second.
  expect(kills).toBeGreaterThan(0);
  // The target for a million replicates, which take more than these.
  expect(Math.max(peakMiB, peakResumedMiB)).toBeLessThan(2048);
});

describeGpu('benches of the device', () => {
  test('gpu', () => {
    bench('gpu', '--cases', 'cbpp');
    const { adapter, rows } = result<{
      adapter: { description: string; software: boolean };
      rows: { warm: { rounds: number; fitsPerSecond: number }; error: { largestInStandardErrors: number; largestInLogLik: number; statusesThatDiffer: number } }[];
    }>(gpu.adapter.software ? 'gpu-software' : 'gpu');
    expect(adapter.description).not.toBe('');
    expect(rows[0]!.warm.rounds).toBeGreaterThan(0);
    expect(rows[0]!.error.largestInStandardErrors).toBeLessThan(1e-4);
    expect(rows[0]!.error.largestInLogLik).toBeLessThan(1e-3);
  });

  test('the pass over rows, by hand and by gpu.js', () => {
    bench('rows');
    const { rows } = result<{ rows: { name: string; failed?: string; largestError: number }[] }>('gpujs');
    expect(rows.map((row) => row.name)).toContain('gpu.js webgpu');
    for (const row of rows) {
      expect(row.failed).toBeUndefined();
      // Sums of 20 rows in float32; the deviances are about 25.
      expect(row.largestError).toBeLessThan(1e-4);
    }
  });
});
