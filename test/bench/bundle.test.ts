/** The offline bundle, unpacked elsewhere and run without anything of this machine: no PATH, no NODE_PATH, no checkout above it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeGpu } from '../gpu/adapter.js';

describe.skipIf(process.platform === 'win32')('offline bundle', () => {
  let folder: string;
  let unpacked: string;
  let archive: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'glmmgpu-bundle-'));
    execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/bundle-offline.mjs', import.meta.url)), '--out', folder]);
    archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tar.gz'))!);
    execFileSync('tar', ['-xzf', archive, '-C', folder]);
    unpacked = join(folder, readdirSync(folder).find((name) => !name.endsWith('.tar.gz'))!);
  }, 120_000);
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  const run = (program: string, args: string[], env: Record<string, string> = {}) =>
    spawnSync(join(unpacked, 'bin', program), args, { cwd: unpacked, encoding: 'utf8', env: { PATH: '', NODE_PATH: '', ...env } });

  test('is below 60 MB', () => {
    expect(statSync(archive).size).toBeLessThan(60e6);
  });

  test('fits cbpp', () => {
    const { status, stdout, stderr } = run('glmmgpu', [
      'fit', 'data/cbpp.csv', '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor',
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toContain('herd   (Intercept) 0.4125   0.6423');
  });

  test('runs a bench', () => {
    const { status, stdout } = run('glmmgpu-bench', ['speed', '--quick', '--cases', 'cbpp'], { GLMMGPU_RESULTS: folder });
    expect(status).toBe(0);
    expect(stdout).toContain('cbpp, Laplace');
  });

  describeGpu('on a machine with a driver', () => {
    test('finds a WebGPU adapter with its own Dawn', () => {
      const variables = ['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'].flatMap((name) => process.env[name] === undefined ? [] : [[name, process.env[name]]]);
      const { status, stdout } = run('glmmgpu', ['devices'], Object.fromEntries(variables) as Record<string, string>);
      expect(status).toBe(0);
      expect(stdout).not.toMatch(/adapter\s+none/);
    });
  });
});
