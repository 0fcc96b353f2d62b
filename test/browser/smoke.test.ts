/**
 * The library in a page: bundled by Vite, served from localhost, run in headless Chromium. Fit and bootstrap on web workers and on the page's
 * own WebGPU (SwiftShader) give Node's numbers; the page asks no other host for anything and logs no error.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { readCsv } from '../../src/table/csv.js';
import { describeChromium, launchBrowser, serveFolder } from './page-host.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const FORMULA = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const NSIM = 300;

/** What the page does and hands back. */
const PAGE = `
import { glmm, readTable } from ${JSON.stringify(join(root, 'dist/index.js'))};
const table = await readTable(new Uint8Array(await (await fetch('cbpp.csv')).arrayBuffer()), 'csv', { types: { period: 'factor' } });
const fit = await glmm(${JSON.stringify(FORMULA)}, table, { family: 'binomial' });
async function run(options) {
  try {
    const refits = await fit.bootstrap({ nsim: ${NSIM}, seed: 5, ...options });
    return { backend: refits.backend, first: Array.from(refits.replicates[0]), sd: Array.from(refits.replicates[4]) };
  } catch (error) {
    return { error: String(error) };
  }
}
window.result = {
  text: String(fit.summary()), logLik: fit.logLik, fixef: fit.fixef,
  workers: await run({ backend: 'cpu', workers: 2 }),
  device: navigator.gpu === undefined ? { error: 'navigator.gpu is undefined' } : await run({ backend: 'webgpu' }),
};
`;

interface Run {
  readonly error?: string;
  readonly backend: { readonly backend: string; readonly device: string };
  readonly first: number[];
  readonly sd: number[];
}
interface PageResult {
  readonly text: string;
  readonly logLik: number;
  readonly fixef: Record<string, number>;
  readonly workers: Run;
  readonly device: Run;
}

describeChromium('the library in a page', () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof serveFolder>>;
  let browser: Browser | undefined;
  const complaints: string[] = [];
  const strangers: string[] = [];
  let result: PageResult;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'glmmgpu-page-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>smoke</title><link rel="icon" href="data:,"><script type="module" src="./page.js"></script>');
    await writeFile(join(folder, 'page.js'), PAGE);
    await build({ root: folder, base: './', logLevel: 'silent', configFile: false, build: { outDir: 'out', target: 'es2022' }, worker: { format: 'es' } });
    await writeFile(join(folder, 'out/cbpp.csv'), await readFile(join(root, 'data/cbpp.csv')));
    server = await serveFolder(join(folder, 'out'));
    const { origin } = server;
    browser = await launchBrowser(true);
    const page = await browser.newPage();
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) strangers.push(request.url()); });
    await page.goto(origin);
    await page.waitForFunction('window.result !== undefined', undefined, { timeout: 100_000 });
    result = await page.evaluate<PageResult>('window.result');
  }, 150_000);

  afterAll(async () => {
    await browser?.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const inNode = async () => {
    const table = readCsv(await readFile(join(root, 'data/cbpp.csv'), 'utf8'), { types: { period: 'factor' } });
    return glmm(FORMULA, table, { family: 'binomial' });
  };

  test('fits as Node does', async () => {
    const fit = await inNode();
    expect(result.logLik).toBeCloseTo(fit.logLik, 10);
    expect(result.fixef).toEqual(Object.fromEntries(Object.entries(fit.fixef).map(([name, value]) => [name, expect.closeTo(value, 9)])));
    expect(result.text).toContain('Generalized linear mixed model fit by maximum likelihood');
  });

  test('refits on web workers as Node does', async () => {
    expect(result.workers.error).toBeUndefined();
    expect(result.workers.backend.backend).toBe('cpu');
    const fit = await inNode();
    const refits = await fit.bootstrap({ nsim: NSIM, seed: 5, backend: 'cpu', workers: 1 });
    result.workers.first.forEach((value, i) => { expect(value).toBeCloseTo(refits.replicates[0]![i]!, 8); });
    result.workers.sd.forEach((value, i) => { expect(value).toBeCloseTo(refits.replicates[4]![i]!, 8); });
  });

  test('refits on WebGPU as on the workers', () => {
    expect(result.device.error).toBeUndefined();
    expect(result.device.backend.backend).toBe('webgpu');
    result.device.first.forEach((value, i) => { expect(Math.abs(value - result.workers.first[i]!)).toBeLessThan(1e-4); });
  });

  test('no errors on the console, no requests to other hosts', () => {
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  });
});
