/** `glmmgpu bootstrap`: the files of a run, reproducible replicates, cancellation. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FitJson, IntervalRow } from '../../src/fit/types.js';
import { runCli } from './run-cli.js';
import { atFirstPart } from './study-parts.js';

const cbpp = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const MODEL = [cbpp, '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor', '--backend', 'cpu'];
const FILES = ['bootstrap.json', 'fit.json', 'intervals.csv', 'manifest.json', 'replicates.parquet', 'report.html', 'study.json.gz'];

let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'glmmgpu-bootstrap-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

async function replicates(path: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(path);
  return parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) });
}

type RunJson = FitJson & { bootstrap: { nsim: number; seed: number; level: number; counts: Record<string, number>; refitsPerSecond: number; intervals: IntervalRow[] } };

describe('a run', () => {
  test('prints and writes everything, and nothing half', async () => {
    const out = join(folder, 'run');
    const json = join(folder, 'all.json');
    const { code, stdout, stderr } = await runCli(['bootstrap', ...MODEL, '--nsim', '300', '--seed', '7', '--out', out, '--json', json]);
    // No terminal, no progress bar.
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Fixed effects:');
    expect(stdout).toMatch(/Bootstrap intervals, 95 % \(\d+ replicates\):/);
    expect(stdout).toMatch(/Status of 300 refits:\n converged +\d+ /);
    expect(stdout).toMatch(/Device: float64 on .+\n300 refits in .+: [\d,]+ refits per second\n/);
    expect(readdirSync(out).sort()).toEqual(FILES);

    const rows = await replicates(join(out, 'replicates.parquet'));
    expect(rows).toHaveLength(300);
    expect(Object.keys(rows[0]!)).toEqual([
      'replicate', 'status', 'logLik', 'evaluations', 'decrement', '(Intercept)', 'period2', 'period3', 'period4', 'sd_(Intercept)|herd', 'theta_herd.(Intercept)',
    ]);
    const run = JSON.parse(readFileSync(json, 'utf8')) as RunJson;
    expect(run.bootstrap).toMatchObject({ nsim: 300, seed: 7, level: 0.95 });
    expect(Object.values(run.bootstrap.counts).reduce((sum, count) => sum + count, 0)).toBe(300);
    expect(rows.filter((row) => row['status'] === 'converged')).toHaveLength(run.bootstrap.counts['converged']!);
    // Percentile limits, estimated again from the file.
    const kept = rows.filter((row) => row['status'] === 'converged' || row['status'] === 'boundary').map((row) => Number(row['period2'])).sort((a, b) => a - b);
    const interval = run.bootstrap.intervals.find((row) => row.parameter === 'period2' && row.kind === 'percentile')!;
    expect(kept.filter((value) => value < interval.conf_low).length / kept.length).toBeCloseTo(0.025, 1.8);
    expect(kept.filter((value) => value > interval.conf_high).length / kept.length).toBeCloseTo(0.025, 1.8);
    const csv = Papa.parse<Record<string, string>>(readFileSync(join(out, 'intervals.csv'), 'utf8').trimEnd(), { header: true }).data;
    expect(csv.map((row) => Number(row['conf_low']))).toEqual(run.bootstrap.intervals.map((row) => row.conf_low));
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Parametric bootstrap of cbpp.csv');
  });

  test('the same seed gives the same replicates on one thread and on two; an earlier run is replaced only with --force', async () => {
    const out = join(folder, 'again');
    const start = [...MODEL, '--nsim', '120', '--seed', '3', '--out', out];
    expect((await runCli(['bootstrap', ...start, '--workers', '1'])).code).toBe(0);
    const first = await replicates(join(out, 'replicates.parquet'));
    const refused = await runCli(['bootstrap', ...start]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/already holds another run/);
    expect((await runCli(['bootstrap', ...start, '--workers', '2', '--force'])).code).toBe(0);
    expect(await replicates(join(out, 'replicates.parquet'))).toEqual(first);
    expect(readdirSync(out).sort()).toEqual(FILES);
  });

  test('--json - writes one object and nothing else', async () => {
    const { stdout, stderr } = await runCli(['bootstrap', ...MODEL, '--nsim', '50', '--ci', 'basic', '--level', '0.9', '--json', '-']);
    expect(stderr).toBe('');
    const run = JSON.parse(stdout) as RunJson;
    expect(new Set(run.bootstrap.intervals.map((row) => row.kind))).toEqual(new Set(['basic']));
    expect(run.bootstrap.level).toBe(0.9);
  });
});

test.runIf(process.platform !== 'win32')('Ctrl-C stops at once and says what is kept', async () => {
  const out = join(folder, 'cancelled');
  const { code, stderr } = await runCli(['bootstrap', ...MODEL, '--nsim', '2000000', '--out', out], { started: atFirstPart(out, (child) => child.kill('SIGINT')) });
  expect(stderr).toMatch(/^glmmgpu: cancelled; [\d,]+ of 2,000,000 replicates are in '.*cancelled'; go on with --resume\n$/);
  expect(code).toBe(130);
  expect(readdirSync(out).sort()).toEqual(['manifest.json', 'parts', 'study.json.gz']);
  const unkept = await runCli(['bootstrap', ...MODEL, '--nsim', '2000000'], { started: (child) => { child.stdout?.once('data', () => setTimeout(() => child.kill('SIGINT'), 300)); } });
  expect([unkept.code, unkept.stderr]).toEqual([130, 'glmmgpu: cancelled; nothing was written\n']);
});
