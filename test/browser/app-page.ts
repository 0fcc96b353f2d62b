/** The page as it is deployed, opened in a headless Chromium, and what tests do on it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { build } from 'vite';
import { launchBrowser, serveFolder } from './page-host.js';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface BuiltPage {
  readonly browser: Browser;
  /** Where the files lie. */
  readonly folder: string;
  readonly server: Awaited<ReturnType<typeof serveFolder>>;
  close(): Promise<void>;
}

/** Builds the page into a folder of its own, serves it, and starts a browser, with WebGPU on the software adapter or without any. */
export async function buildPage(webgpu: boolean): Promise<BuiltPage> {
  const browser = await launchBrowser(webgpu);
  const folder = await mkdtemp(join(tmpdir(), 'glmmgpu-app-'));
  // As it is deployed: without this it would be a page for tests, which keeps no files for work without a network.
  process.env.NODE_ENV = 'production';
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'silent', build: { outDir: folder } });
  const server = await serveFolder(folder);
  return {
    browser, folder, server,
    async close() {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What the browser measures of the page. */
const METER = `window.shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value; }).observe({ type: 'layout-shift', buffered: true });`;

/** A page of its own storage; complaints of the browser and requests to other hosts are collected. */
export async function openPage(browser: Browser, origin: string, complaints: string[]): Promise<Page> {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => { if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(origin)) complaints.push(`request to ${request.url()}`); });
  await page.addInitScript(METER);
  await page.goto(origin);
  return page;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Microseconds on the processor. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * The most that one task of the page's own thread took of the processor while something was done, in ms: unlike its duration this does not grow with what other programs take.
 * Tasks that answer this test's questions do not count.
 */
export async function heaviestTask(browser: Browser, page: Page, work: () => Promise<void>): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const main = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
  const own = traceEvents.filter(({ pid, tid }) => main.has(`${pid} ${tid}`));
  const questions = own.filter(({ name }) => name === 'Receive mojo message');
  const tasks = own.filter(({ name, ts, dur = 0 }) => name === 'ThreadControllerImpl::RunTask' && !questions.some((question) => question.ts >= ts && question.ts < ts + dur && (question.dur ?? 0) > dur / 2));
  if (tasks.length === 0) throw new Error('the trace has no tasks');
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1000;
}

export const layoutShift = (page: Page): Promise<number> => page.evaluate<number>('window.shift');

/** Barriers that axe finds, one line each. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate<string[]>('axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`))');
}

export const upload = (page: Page, name: string, text: string): Promise<void> => page.setInputFiles('input[type=file]', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });

export const formulaField = (page: Page): Locator => page.getByLabel('Formula', { exact: true });

export async function example(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('heading', { name: `${name}.csv:` }).waitFor();
}

/** Fits the model of the form and waits for its estimates. */
export async function fitModel(page: Page): Promise<void> {
  await page.evaluate("document.querySelector('#results')?.remove()");
  await page.getByRole('button', { name: 'Fit model' }).click();
  await page.waitForSelector('#results', { timeout: 60_000 });
}

export const tab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name, exact: true }).click();

/** Text of the cells of a table's rows, by its region's name. */
export async function cells(region: Locator): Promise<string[][]> {
  return (await region.getByRole('row').all()).reduce<Promise<string[][]>>(async (rows, row) => [...await rows, await row.locator('th, td').allTextContents()], Promise.resolve([]));
}

/** A row of estimates by its term. */
export async function estimatesOf(page: Page, term: string): Promise<number[]> {
  const row = (await cells(page.locator('#results').getByRole('region', { name: 'Fixed effects' }))).find(([name]) => name === term);
  return (row ?? []).slice(1).map(Number);
}

/** Clicks what downloads a file and returns its content. */
export async function downloaded(page: Page, name: string): Promise<Buffer> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: true }).locator('visible=true').click();
  return readFile(await (await waiting).path());
}

const shots = process.env.GLMMGPU_SCREENSHOTS;

/** Pictures of a state for the eye, where a folder is named: light and dark, phone and desk. */
export async function photograph(page: Page, name: string): Promise<void> {
  if (shots === undefined) return;
  // What is far down is drawn for the picture alone.
  await page.addStyleTag({ content: 'figure, tbody { content-visibility: visible !important; }' });
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(shots, `${name}-${colorScheme}-${width}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The picture of the README: the results of a page that is as wide as its reader's. */
export async function photographResults(page: Page): Promise<void> {
  if (shots === undefined) return;
  await page.setViewportSize({ width: 1100, height: 860 });
  await page.evaluate("scrollTo(0, document.querySelector('#results').offsetTop - 12)");
  await page.screenshot({ path: join(shots, 'app.png') });
}
