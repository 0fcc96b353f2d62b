/** The web page with WebGPU on the software adapter: chosen by the switch, named, equal to float64, and lost without losing a replicate. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { readParquet } from '../../src/table/parquet.js';
import type { NumericColumn } from '../../src/table/table.js';
import { referenceFits, referenceTable } from '../helpers/reference.js';
import { type BuiltPage, barriers, buildPage, downloaded, example, fitModel, openPage, photograph, tab } from './app-page.js';
import { describeChromium } from './page-host.js';

describeChromium('the page with WebGPU', () => {
  let built: BuiltPage;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    built = await buildPage(true);
    page = await openPage(built.browser, built.server.origin, complaints);
  }, 240_000);
  afterAll(() => built.close());

  const bootstrap = async (nsim: number): Promise<string> => {
    await page.locator('#studies').getByLabel('Replicates').first().fill(String(nsim));
    await page.getByRole('button', { name: 'Run bootstrap' }).click();
    await page.locator('[data-study=bootstrap] figure').first().waitFor({ timeout: 100_000 });
    return page.getByRole('tabpanel', { name: 'Bootstrap' }).locator('.status').innerText();
  };
  const finished = (): Promise<void> => page.locator('[data-study=bootstrap]').getByRole('button').first().waitFor({ timeout: 200_000 });
  const worst = async (): Promise<number> => {
    const { columns, nrow } = await readParquet(new Uint8Array(await downloaded(page, 'replicates.parquet')));
    const reference = referenceFits.find(({ id }) => id === 'cbpp--laplace-lme4')!;
    const fit = await glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', referenceTable('cbpp', reference.factors), { family: 'binomial' });
    const expected = (await fit.bootstrap({ nsim: nrow, seed: 1, backend: 'cpu' })).replicates[1]!;
    return (columns.get('period2') as NumericColumn).values.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  };

  test('a software adapter is named and not chosen by itself; asked for, it gives the replicates of float64', async () => {
    await page.getByText(/WebGPU: .*software, for tests.*automatic takes float64/).waitFor();
    await example(page, 'cbpp');
    await fitModel(page);
    await tab(page, 'Studies');
    await bootstrap(200);
    await finished();
    expect(await page.getByRole('tabpanel', { name: 'Bootstrap' }).locator('.status').innerText()).toMatch(/on float64/);
    await page.getByLabel('Studies computed on').selectOption('webgpu');
    await bootstrap(300);
    await finished();
    expect(await page.getByRole('tabpanel', { name: 'Bootstrap' }).locator('.status').innerText()).toMatch(/on WebGPU, .+ \(backend 'webgpu' was asked for\)/);
    expect(await worst()).toBeLessThan(1e-4);
    await photograph(page, 'webgpu');
    expect(await barriers(page)).toEqual([]);
  }, 240_000);

  test('a device that is lost in the middle of a study is replaced', async () => {
    const engine = page.workers()[0]!;
    // The devices that the engine gets from now on can be reached from here.
    await engine.evaluate(`{ const request = GPUAdapter.prototype.requestDevice; self.devices = [];
      GPUAdapter.prototype.requestDevice = async function (...args) { const device = await request.apply(this, args); self.devices.push(device); return device; }; }`);
    // Another backend in between: the engine of the first test is given up with its device.
    await page.getByLabel('Studies computed on').selectOption('cpu');
    await bootstrap(100);
    await finished();
    await page.getByLabel('Studies computed on').selectOption('webgpu');
    await bootstrap(3000);
    await engine.evaluate('self.devices.at(-1).destroy()');
    await finished();
    const status = await page.getByRole('tabpanel', { name: 'Bootstrap' }).locator('.status').innerText();
    expect(status).toContain('3,000 of 3,000');
    expect(status).toMatch(/devices lost and replaced: 1/);
    expect(await worst()).toBeLessThan(1e-4);
    expect(complaints.filter((text) => !/destroy|lost/i.test(text))).toEqual([]);
  }, 240_000);
});
