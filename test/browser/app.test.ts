/**
 * The web page as it is deployed, in headless Chromium without WebGPU: from a file to fit, bootstrap and code, with bad files, cells that hold markup, cancelling and
 * accessibility. Numbers are those of the reference fits.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { referenceFits } from '../helpers/reference.js';
import { headlessChromium } from '../../scripts/software-adapter.mjs';
import { launchBrowser, serveFolder } from './page-host.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const offered = headlessChromium();
const shots = process.env.GLMMGPU_SCREENSHOTS;

describe.runIf(offered.unavailable === undefined || process.env.CI)(`the page${offered.unavailable === undefined ? '' : ` [${offered.unavailable}]`}`, () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof serveFolder>>;
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'glmmgpu-app-'));
    await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'silent', build: { outDir: folder } });
    server = await serveFolder(folder);
    browser = await launchBrowser(false);
  }, 150_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    complaints.length = 0;
    page = await browser!.newPage();
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => { if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(server.origin)) complaints.push(`request to ${request.url()}`); });
    await page.goto(server.origin);
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  const upload = (name: string, text: string) => page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  const fitModel = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Fit model' }).click();
    await page.waitForSelector('#results .plots figure');
  };
  const violations = async (): Promise<string[]> => {
    await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    return page.evaluate<string[]>('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))');
  };
  const photograph = async (name: string): Promise<void> => {
    if (shots === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [390, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: join(shots, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    // The picture of the README.
    await page.evaluate("scrollTo(0, document.querySelector('#results').offsetTop - 16)");
    await page.screenshot({ path: join(shots, `${name}.png`) });
  };

  test('file, form, fit, bootstrap: the reference estimates, intervals, no barrier', async () => {
    await upload('cbpp.csv', await readFile(join(root, 'data/cbpp.csv'), 'utf8'));
    await page.getByLabel('Type of period').selectOption('factor');
    await page.waitForFunction("document.querySelector('[aria-label=\"Type of period\"]').value === 'factor'");
    await page.getByLabel('Response (or successes)').selectOption('incidence');
    await page.getByLabel('Number of trials').selectOption('size');
    await page.getByRole('group', { name: 'Fixed effects' }).getByLabel('period').check();
    await page.getByLabel('Grouping factor').selectOption('herd');
    expect(await page.getByLabel('Formula', { exact: true }).inputValue()).toBe('cbind(incidence, size - incidence) ~ period + (1 | herd)');
    await fitModel();
    const reference = referenceFits.find(({ id }) => id === 'cbpp--laplace-lme4')!;
    for (const [j, term] of reference.fixef.names.entries()) {
      const value = reference.fixef.estimate[j]!;
      const shown = page.getByRole('region', { name: 'Fixed effects with Wald intervals' }).getByRole('row').filter({ hasText: term }).first().getByRole('cell');
      expect(Number(await shown.first().textContent())).toBeCloseTo(value, 3);
    }
    await page.locator('#bootstrap').getByLabel('Replicates').fill('400');
    await page.getByRole('button', { name: 'Run bootstrap' }).click();
    await page.waitForSelector('#intervals table', { timeout: 60_000 });
    expect(await page.locator('#intervals').textContent()).toContain('sd_(Intercept)|herd');
    expect(await page.locator('#intervals').textContent()).toContain('float64');
    await page.locator('#code summary').click();
    expect(await page.getByRole('region', { name: 'R code' }).textContent()).toContain('glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), data = d');
    await page.waitForSelector('#bootstrap figure');
    await photograph('fit');
    expect(await violations()).toEqual([]);
    const waiting = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Report (HTML)' }).click();
    expect(await readFile(await (await waiting).path(), 'utf8')).toContain('Parametric bootstrap');
  }, 120_000);

  test('the formula changes the form, and the form the formula', async () => {
    await page.getByRole('button', { name: 'sleepstudy' }).click();
    const formula = page.getByLabel('Formula', { exact: true });
    await formula.fill('Reaction ~ 1 + (1 | Subject)');
    expect(await page.getByRole('group', { name: 'Fixed effects' }).getByLabel('Days').isChecked()).toBe(false);
    await page.getByRole('group', { name: 'Random slopes' }).getByLabel('Days').check();
    expect(await formula.inputValue()).toBe('Reaction ~ 1 + (1 + Days | Subject)');
  });

  test('a bad file and a bad formula are told in one line', async () => {
    await upload('bad.csv', 'a,b\n1,2,3\n');
    await page.getByText('row 1 has 3 fields, the header has 2').waitFor();
    await page.getByRole('button', { name: 'cbpp' }).click();
    await page.getByLabel('Formula', { exact: true }).fill('incidence ~ perod + (1 | herd)');
    await page.getByRole('button', { name: 'Fit model' }).click();
    await page.locator('#fit-error').getByText('perod').waitFor();
  });

  test('markup in names and cells is text', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 3},"<img src=x onerror=alert(1)>${i % 8}",${i % 5}`);
    await upload('<b>x.csv', ['y,"<script>alert(1)</script>",x', ...rows].join('\n'));
    await page.getByLabel('Formula', { exact: true }).fill('y ~ x + (1 | `<script>alert(1)</script>`)');
    await page.getByLabel('Family').selectOption('poisson');
    await fitModel();
    expect(await page.locator('#app img, #app script, #app b').count()).toBe(0);
    expect(await page.locator('#results').textContent()).toContain('<img src=x onerror=alert(1)>');
  });

  test('cancelling stops a bootstrap and leaves the page ready', async () => {
    await page.getByRole('button', { name: 'toenail' }).click();
    await fitModel();
    await page.locator('#bootstrap').getByLabel('Replicates').fill('200000');
    await page.getByRole('button', { name: 'Run bootstrap' }).click();
    await page.locator('#bootstrap').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled;').waitFor();
    expect(await page.getByRole('button', { name: 'Run bootstrap' }).isEnabled()).toBe(true);
  }, 90_000);
});
