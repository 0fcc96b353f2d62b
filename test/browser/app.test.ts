/**
 * The web page as it is deployed, in headless Chromium without WebGPU: from a file to fit, studies, report and code; mistakes, cancelling, no network, accessibility.
 * Numbers are those of the reference fits, or of the library in Node with the same seed.
 */
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { compare } from '../../src/inference/compare.js';
import { formatNumbers } from '../../src/report/format-numbers.js';
import { influence } from '../../src/studies/influence.js';
import { power } from '../../src/studies/power.js';
import { simulatedLrt } from '../../src/studies/simulated-lrt.js';
import { readParquet } from '../../src/table/parquet.js';
import type { NumericColumn } from '../../src/table/table.js';
import { linearReferences } from '../helpers/linear-reference.js';
import { referenceFits, referenceTable } from '../helpers/reference.js';
import {
  type BuiltPage, barriers, buildPage, cells, downloaded, estimatesOf, example, fitModel, formulaField, heaviestTask, layoutShift, openPage, photograph, photographResults, root, tab, upload,
} from './app-page.js';
import { dataTests } from './data-tests.js';
import { describeChromium, serveFolder } from './page-host.js';

const FORMULA = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const NULL_FORMULA = 'cbind(incidence, size - incidence) ~ 1 + (1 | herd)';
const reference = referenceFits.find(({ id }) => id === 'cbpp--laplace-lme4')!;
const logLikOf = (fit: string): number => referenceFits.find(({ id }) => id === fit)!.logLik;
/** ordinal::clmm, Laplace: wine--logit-laplace-clmm. */
const WINE = -81.5359640230321;
const cbpp = referenceTable('cbpp', reference.factors);
const inNode = (formula = FORMULA): Promise<GlmmFit> => glmm(formula, cbpp, { family: 'binomial' });

describeChromium('the page', () => {
  let built: BuiltPage;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    built = await buildPage(false);
  }, 240_000);
  afterAll(() => built.close());
  beforeEach(async () => {
    complaints.length = 0;
    page = await openPage(built.browser, built.server.origin, complaints);
  });
  afterEach(async () => {
    await page.context().close();
    expect(complaints).toEqual([]);
  });

  const study = (name: string) => page.getByRole('tabpanel', { name, exact: true });
  const finished = (name: string): Promise<void> => study(name).locator('.output').getByRole('button').first().waitFor({ timeout: 100_000 });

  const cancelAndContinue = async (name: string): Promise<void> => {
    await study(name).locator('figure').first().waitFor();
    await study(name).getByRole('button', { name: 'Cancel' }).click();
    await study(name).getByText('Cancelled.').waitFor();
    await study(name).getByRole('button', { name: 'Continue' }).click();
    await finished(name);
  };

  test('from a file through the form to estimates, diagnosis and report: the reference fit', async () => {
    await photograph(page, 'empty');
    expect(await barriers(page)).toEqual([]);
    await upload(page, 'cbpp.csv', await readFile(join(root, 'data/cbpp.csv'), 'utf8'));
    await page.getByLabel('Type of period').selectOption('factor');
    await page.locator('#preview tr:has(th:text-is("period")) td:text-is("4")').waitFor();
    await page.getByLabel('Response (or successes)').selectOption('incidence');
    await page.getByLabel('Number of trials').selectOption('size');
    await page.getByRole('group', { name: 'Fixed effects' }).getByLabel('period').check();
    await page.getByLabel('Grouping factor').selectOption('herd');
    expect(await formulaField(page).inputValue()).toBe(FORMULA);
    await page.getByText('56 rows, 15 levels of herd, 5 parameters').waitFor();
    await photograph(page, 'setup');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Confidence level (%)').fill('90');
    await fitModel(page);
    const z90 = 1.6448536269514722;
    for (const [j, term] of reference.fixef.names.entries()) {
      const [estimate, error, , , , low, high, ratio] = await estimatesOf(page, term);
      expect(estimate).toBeCloseTo(reference.fixef.estimate[j]!, 3);
      expect(error).toBeCloseTo(reference.fixef.se![j]!, 2);
      expect(low).toBeCloseTo(estimate! - z90 * error!, 3);
      expect(high).toBeCloseTo(estimate! + z90 * error!, 3);
      expect(ratio).toBeCloseTo(Math.exp(reference.fixef.estimate[j]!), 3);
    }
    await photograph(page, 'estimates');
    expect(await barriers(page)).toEqual([]);
    await tab(page, 'Diagnosis');
    await page.locator('#diagnosis figure').first().waitFor();
    expect(await page.locator('#diagnosis').textContent()).toContain('Can the fit be trusted?');
    await photograph(page, 'diagnosis');
    expect(await barriers(page)).toEqual([]);
    await tab(page, 'Random effects');
    const modes = await cells(page.getByRole('region', { name: 'Conditional modes' }));
    const { levels, mode } = reference.ranef!.herd!;
    levels.forEach((level, i) => { expect(Number(modes.find(([name]) => name === level)![3])).toBeCloseTo(mode[i]![0]!, 3); });
    await tab(page, 'Export');
    await photograph(page, 'export');
    expect(await barriers(page)).toEqual([]);
    expect((await downloaded(page, 'model.html')).toString()).toContain('Mixed model of cbpp.csv');
    const json = JSON.parse((await downloaded(page, 'fit.json')).toString()) as { logLik: number };
    expect(json.logLik).toBeCloseTo(reference.logLik, 6);
  }, 150_000);

  test('a bootstrap is cancelled, continued and ends with the numbers of one that was not', async () => {
    await example(page, 'cbpp');
    await fitModel(page);
    await tab(page, 'Studies');
    const panel = study('Bootstrap');
    await panel.getByLabel('Replicates').fill('60000');
    await page.getByRole('button', { name: 'Run bootstrap' }).click();
    await panel.locator('figure').first().waitFor();
    // A page whose study runs is not closed by mistake.
    const asked = page.waitForEvent('dialog');
    void page.close({ runBeforeUnload: true });
    await (await asked).dismiss();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText('Cancelled.').waitFor();
    await panel.getByLabel('Parameter shown').selectOption('period3');
    await panel.locator('.watched').getByText('period3').waitFor();
    await photograph(page, 'bootstrap-cancelled');
    const done = Number(/Cancelled\. ([\d,]+) of 60,000/.exec((await panel.locator('.status').textContent())!)![1]!.replaceAll(',', ''));
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(60_000);
    await panel.getByRole('button', { name: 'Continue' }).click();
    await finished('Bootstrap');
    expect(await panel.locator('.status').textContent()).toMatch(/60,000 of 60,000, [\d,]+ fits per second on float64/);
    await photograph(page, 'bootstrap');
    await photographResults(page);
    expect(await barriers(page)).toEqual([]);
    const { columns, nrow } = await readParquet(new Uint8Array(await downloaded(page, 'replicates.parquet')));
    expect(nrow).toBe(60_000);
    const expected = await (await inNode()).bootstrap({ nsim: 60_000, seed: 1, backend: 'cpu' });
    const { values } = columns.get('period2') as NumericColumn;
    expect(values.every((value, i) => Math.abs(value - expected.replicates[1]![i]!) < 1e-9)).toBe(true);
    const [row] = (await downloaded(page, 'intervals.csv')).toString().split('\n').slice(1);
    expect(row!.split(',').slice(0, 2)).toEqual(['(Intercept)', 'percentile']);
    expect(Number(row!.split(',')[6])).toBeCloseTo(expected.intervals({ kinds: ['percentile'] })[0]!.conf_low, 9);
  }, 150_000);

  test('likelihood-ratio test and power, cancelled and continued, and influence give the numbers of the library; the code tells them', async () => {
    await example(page, 'cbpp');
    // Slow enough to be cancelled.
    await page.getByLabel('Method').selectOption('agq');
    await page.getByLabel('Quadrature nodes').fill('25');
    await fitModel(page);
    const options = { family: 'binomial', nAGQ: 25 } as const;
    await tab(page, 'Studies');
    await tab(page, 'Likelihood-ratio test');
    await study('Likelihood-ratio test').getByLabel('Smaller model').fill(NULL_FORMULA);
    await study('Likelihood-ratio test').getByLabel('Replicates').fill('2000');
    await page.getByRole('button', { name: 'Run test' }).click();
    await cancelAndContinue('Likelihood-ratio test');
    const [smaller, larger] = [await glmm(NULL_FORMULA, cbpp, options), await glmm(FORMULA, cbpp, options)];
    const lrt = await simulatedLrt(smaller, larger, { nsim: 2000, seed: 1, backend: 'cpu' });
    const shown = await cells(page.getByRole('region', { name: 'P-values' }));
    expect(Number(shown.find(([name]) => name === 'parametric bootstrap')![4])).toBeCloseTo(lrt.rows[0]!.p_value, 4);
    expect(Number(shown.find(([name]) => name === 'Bartlett')![1])).toBeCloseTo(lrt.rows.find(({ method }) => method === 'bartlett')!.statistic, 3);
    await photograph(page, 'lrt');
    expect(await barriers(page)).toEqual([]);

    await tab(page, 'Power');
    await study('Power').getByLabel('Sizes of the effect').fill('0, -1');
    await study('Power').getByLabel('Replicates').fill('0');
    await page.getByRole('button', { name: 'Run power study' }).click();
    await study('Power').getByText('a whole number from 1 to 1,000,000').waitFor();
    await study('Power').getByLabel('Replicates').fill('800');
    await page.getByRole('button', { name: 'Run power study' }).click();
    await cancelAndContinue('Power');
    const expected = await power({ formula: FORMULA, data: cbpp, ...options }, { tested: 'period2', effects: [0, -1], tests: ['z', 'lrt'], nsim: 800, seed: 1, backend: 'cpu' });
    const rates = (await downloaded(page, 'power.csv')).toString().trim().split('\n').slice(1).map((line) => Number(line.split(',')[7]));
    expect(rates).toEqual(expected.rows.map(({ rejected }) => rejected));
    await photograph(page, 'power');
    expect(await barriers(page)).toEqual([]);

    await tab(page, 'Influence');
    await page.getByRole('button', { name: 'Find influential units' }).click();
    await finished('Influence');
    const { rows } = await influence(larger, { by: 'herd', backend: 'cpu' });
    const most = [...rows].sort((a, b) => b.cooks_distance - a.cooks_distance)[0]!;
    const [, first] = await cells(study('Influence').getByRole('region', { name: 'Changes of the estimates' }));
    expect([first![0], Number(first![2])]).toEqual([most.unit, expect.closeTo(most.cooks_distance, 3)]);
    await photograph(page, 'influence');
    expect(await barriers(page)).toEqual([]);

    await tab(page, 'Export');
    const code = (await page.locator('#code').textContent())!;
    for (const part of ['PBmodcomp(fit, fit0, nsim = 2000, seed = 1)', '--null', '--effects \'0,-1\'', "influence(fit, { by: \"herd\" })"]) expect(code).toContain(part);
  }, 150_000);

  test('form and formula stay in step; reference levels and contrasts change the coefficients', async () => {
    await example(page, 'sleepstudy');
    const formula = formulaField(page);
    await formula.fill('Reaction ~ 1 + (1 | Subject)');
    expect(await page.getByRole('group', { name: 'Fixed effects' }).getByLabel('Days').isChecked()).toBe(false);
    await page.getByText('Random slopes').click();
    await page.getByRole('group', { name: 'Random slopes' }).getByLabel('Days').check();
    expect(await formula.inputValue()).toBe('Reaction ~ 1 + (1 + Days | Subject)');
    await page.getByLabel('effects correlate').uncheck();
    expect(await formula.inputValue()).toBe('Reaction ~ 1 + (1 + Days || Subject)');
    await page.getByLabel('intercept', { exact: true }).uncheck();
    expect(await formula.inputValue()).toBe('Reaction ~ 0 + (1 + Days || Subject)');
    await formula.fill('log(Reaction) ~ Days + (1 | Subject)');
    await page.getByText('The formula says more than the form can show').waitFor();
    expect(await page.getByLabel('Method').locator('option').allTextContents()).toEqual(['restricted maximum likelihood (REML)', 'maximum likelihood']);

    await example(page, 'cbpp');
    await page.getByRole('button', { name: 'Add grouping factor' }).click();
    await page.getByLabel('Grouping factor').last().selectOption('obs');
    expect(await formula.inputValue()).toBe(`${FORMULA} + (1 | obs)`);
    await page.getByRole('button', { name: 'Remove random effects 2' }).click();
    expect(await formula.inputValue()).toBe(FORMULA);
    await page.getByLabel('Reference level of period').selectOption('3');
    await page.locator('[aria-label="Reference level of period"] option:first-child[value="3"]').waitFor({ state: 'attached' });
    await page.getByLabel('Method').selectOption('agq');
    await page.getByLabel('Quadrature nodes').fill('25');
    await fitModel(page);
    const fit = await glmm(FORMULA, referenceTable('cbpp', { period: { levels: ['3', '1', '2', '4'], ordered: false, contrasts: null } }), { family: 'binomial', nAGQ: 25 });
    expect((await estimatesOf(page, 'period1'))[0]).toBeCloseTo(fit.fixef.period1!, 4);
    await page.getByLabel('Contrasts of period').selectOption('sum');
    await fitModel(page);
    expect((await estimatesOf(page, '(Intercept)'))[0]).toBeCloseTo((await glmm(FORMULA, cbpp, { family: 'binomial', nAGQ: 25, contrasts: { period: 'sum' } })).fixef['(Intercept)']!, 4);
    await tab(page, 'Export');
    for (const part of ['nAGQ = 25', 'contrasts = list(period = "contr.sum")', 'levels = c("3", "1", "2", "4")', "--levels 'period=3|1|2|4'", '--nagq 25']) expect(await page.locator('#code').textContent()).toContain(part);
  }, 120_000);

  test('mistakes are explained beside their field, before and at the fit', async () => {
    await upload(page, 'bad.csv', 'a,b\n1,2,3\n');
    await page.getByText('row 1 has 3 fields, the header has 2').waitFor();
    const large = join(tmpdir(), `glmmgpu-large-${process.pid}.csv`);
    await writeFile(large, 'x');
    await truncate(large, 201e6);
    await page.setInputFiles('input[type=file]', large);
    await page.getByText('has 201 MB; the page takes up to 200 MB').waitFor();
    await example(page, 'cbpp');
    const beside = (label: string) => page.locator('.field', { has: page.getByLabel(label, { exact: true }) }).getByRole('alert');
    await formulaField(page).fill('incidence ~ perod + (1 | herd)');
    await beside('Formula').getByText('perod').waitFor();
    expect(await formulaField(page).getAttribute('aria-invalid')).toBe('true');
    await formulaField(page).fill(FORMULA);
    await page.getByText('56 rows').waitFor();
    await page.getByLabel('Offset').fill('log(sise)');
    await page.getByLabel('Offset').blur();
    await beside('Offset').getByText('sise').waitFor();
    await photograph(page, 'mistake');
    expect(await barriers(page)).toEqual([]);
    await page.getByLabel('Offset').fill('');
    await page.getByLabel('Confidence level (%)').fill('120');
    await page.getByRole('button', { name: 'Fit model' }).click();
    await beside('Confidence level (%)').getByText('from 50 to 99.99').waitFor();
  }, 90_000);

  test('markup and formulas in names and cells are text, here and in a spreadsheet', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 3},"${i % 2 === 0 ? '<img src=x onerror=alert(1)>' : '=HYPERLINK(A1)'}${i % 8}",${i % 5}`);
    await upload(page, '<b>x.csv', ['y,"<script>alert(1)</script>",x', ...rows].join('\n'));
    await page.getByRole('heading', { name: '<b>x.csv' }).waitFor();
    await page.getByLabel('Family').selectOption('poisson');
    await formulaField(page).fill('y ~ x + (1 | `<script>alert(1)</script>`)');
    await fitModel(page);
    await tab(page, 'Diagnosis');
    await page.locator('#diagnosis figure').first().waitFor();
    await tab(page, 'Random effects');
    expect(await page.locator('#app img, #app script, #app b').count()).toBe(0);
    expect(await page.locator('#results').textContent()).toContain('<img src=x onerror=alert(1)>0');
    await tab(page, 'Export');
    expect((await downloaded(page, 'modes.csv')).toString()).toContain("\n`<script>alert(1)</script>`,'=HYPERLINK(A1)1,");
  }, 60_000);

  test('a newer fit takes the place of one that still runs', async () => {
    // Many times the patients of toenail: the quadrature takes too long for a click to come too late.
    const [header, ...rows] = (await readFile(join(root, 'data/toenail.csv'), 'utf8')).trim().split('\n');
    const patients = Array.from({ length: 10 }, (_, copy) => rows.map((row) => row.replace(/^[^,]*/, (id) => `${id}-${copy}`))).flat();
    await upload(page, 'patients.csv', [header, ...patients].join('\n'));
    await page.getByRole('heading', { name: 'patients.csv:' }).waitFor();
    await page.getByLabel('Family').selectOption('binomial');
    await formulaField(page).fill('y ~ treatment * visit + (1 | patientID)');
    await page.getByLabel('Method').selectOption('agq');
    await page.getByLabel('Quadrature nodes').fill('100');
    await page.getByRole('button', { name: 'Fit model' }).click();
    await page.getByLabel('Method').selectOption('nagq0');
    await page.getByRole('button', { name: 'Fit model' }).click();
    await page.waitForSelector('#results', { timeout: 60_000 });
    expect(await page.locator('#results').textContent()).toContain('joint mode (nAGQ = 0)');
    await page.waitForTimeout(1500);
    expect(await page.locator('#results').textContent()).toContain('joint mode (nAGQ = 0)');
    await page.getByLabel('Method').selectOption('agq');
    await page.getByRole('button', { name: 'Fit model' }).click();
    await page.locator('#setup').getByRole('button', { name: 'Cancel' }).click();
    expect(await page.locator('#setup progress').isHidden()).toBe(true);
  }, 90_000);

  test('saved models are there after a reload; models are compared', async () => {
    await example(page, 'cbpp');
    await fitModel(page);
    await tab(page, 'Export');
    await page.getByLabel('Name of the model').fill('with period');
    await page.getByRole('button', { name: 'Save in this browser' }).click();
    await page.getByText('Saved as with period.').waitFor();
    // Another tab has it, and what it deletes is gone here.
    const other = await page.context().newPage();
    await other.goto(built.server.origin);
    await other.getByRole('button', { name: 'with period', exact: true }).waitFor();
    await page.getByLabel('Name of the model').fill('a second');
    await page.getByRole('button', { name: 'Save in this browser' }).click();
    await other.getByRole('button', { name: 'Delete a second' }).click();
    await page.getByText('Saved as a second.').waitFor();
    await page.getByRole('button', { name: 'a second', exact: true }).waitFor({ state: 'detached' });
    await other.close();
    await page.reload();
    await page.getByRole('button', { name: 'with period', exact: true }).click();
    await page.waitForSelector('#results');
    expect((await estimatesOf(page, 'period2'))[0]).toBeCloseTo(reference.fixef.estimate[1]!, 3);
    await photograph(page, 'restored');
    await formulaField(page).fill(NULL_FORMULA);
    await fitModel(page);
    await tab(page, 'Compare');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.waitForSelector('#comparison table');
    const rows = await cells(page.getByRole('region', { name: 'Comparison' }));
    const expected = (await compare([await inNode(NULL_FORMULA), await inNode()])).rows[1]!;
    expect(rows.slice(1).map(([formula]) => formula)).toEqual([NULL_FORMULA, FORMULA]);
    expect(Number(rows[2]![5])).toBeCloseTo(expected.chisq!, 2);
    expect(rows[2]!.slice(6, 8)).toEqual(['3', formatNumbers([expected.p_value!], 3)[0]]);
    await photograph(page, 'compare');
    expect(await barriers(page)).toEqual([]);
    await example(page, 'sleepstudy');
    await fitModel(page);
    await tab(page, 'Compare');
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByText(/have different responses|uses \d+ rows/).waitFor();
    expect(await page.locator('#comparison').textContent()).toBe('');
    await page.getByRole('button', { name: 'Delete with period' }).click();
    await page.locator('#saved').waitFor({ state: 'hidden' });
  }, 60_000);

  test.each([
    ['cbpp', reference.logLik], ['toenail', logLikOf('toenail--laplace-lme4')], ['contraception', logLikOf('contraception--slope-laplace-lme4')], ['epil', logLikOf('epil--ri-laplace-lme4')],
    ['sleepstudy', linearReferences.find(({ id }) => id === 'sleepstudy--slope-REML')!.logLik], ['wine', WINE],
  ])('example %s opens with a model and reaches the reference', async (name, expected) => {
    await example(page, name);
    await fitModel(page);
    await tab(page, 'Export');
    const { logLik } = JSON.parse((await downloaded(page, 'fit.json')).toString()) as { logLik: number };
    expect(logLik).toBeCloseTo(expected, 5);
  }, 60_000);

  test('the first load is below 500 kB; then no network is needed', async () => {
    const context = await built.browser.newContext({ serviceWorkers: 'block' });
    const first = await context.newPage();
    let bytes = 0;
    const sizes: Promise<void>[] = [];
    first.on('response', (response) => { sizes.push(response.body().then((body) => { bytes += gzipSync(body).length; })); });
    await first.goto(built.server.origin, { waitUntil: 'networkidle' });
    await first.getByText(/float64: \d+ worker/).waitFor();
    await Promise.all(sizes);
    await context.close();
    console.info(`first load, compressed: ${bytes} bytes`);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(500_000);

    const own = await serveFolder(built.folder);
    const offline = await openPage(built.browser, own.origin, complaints);
    await offline.evaluate(async () => { await navigator.serviceWorker.ready; });
    await own.close();
    await offline.reload();
    await example(offline, 'cbpp');
    await fitModel(offline);
    await tab(offline, 'Diagnosis');
    await offline.locator('#diagnosis figure').first().waitFor();
    await tab(offline, 'Studies');
    await offline.getByRole('button', { name: 'Run bootstrap' }).click();
    await offline.locator('[data-study=bootstrap]').getByRole('button').first().waitFor();
    await offline.context().close();
  }, 90_000);

  test('keys alone reach and use everything', async () => {
    await example(page, 'cbpp');
    await formulaField(page).focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('#results');
    await page.getByRole('tab', { name: 'Estimates' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { name: 'Diagnosis' }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('End');
    expect(await page.getByRole('tab', { name: 'Export' }).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press('Tab');
    expect(await page.getByRole('tabpanel', { name: 'Export' }).evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await layoutShift(page)).toBeLessThan(0.1);
  }, 60_000);

  test('no task of the page is long and nothing jumps, with many levels and columns too', async () => {
    const rows = Array.from({ length: 6000 }, (_, i) => [(i * 7) % 5, i % 97, `g${i % 3000}`, ...Array.from({ length: 120 }, (_, j) => (i + j) % 10)].join(','));
    const many = [['y', 'x', 'g', ...Array.from({ length: 120 }, (_, j) => `column ${j}`)].join(','), ...rows].join('\n');
    const all = async (count: number): Promise<void> => {
      await tab(page, 'Random effects');
      await page.getByRole('button', { name: `Show all ${count}` }).click();
      await page.getByRole('region', { name: 'Conditional modes' }).locator('tbody').nth(Math.ceil((count - 50) / 100)).waitFor({ state: 'attached' });
    };
    const reading = (): Promise<number> => heaviestTask(built.browser, page, async () => {
      await example(page, 'toenail');
      await fitModel(page);
      await tab(page, 'Diagnosis');
      await page.locator('#diagnosis figure').first().waitFor();
      await all(294);
      await tab(page, 'Studies');
      await study('Bootstrap').getByLabel('Replicates').fill('150');
      await page.getByRole('button', { name: 'Run bootstrap' }).click();
      await finished('Bootstrap');
      await upload(page, 'many.csv', many);
      await page.getByRole('heading', { name: 'many.csv: 6,000 rows, 123 columns' }).waitFor();
      await page.getByLabel('Family').selectOption('poisson');
      await formulaField(page).fill('y ~ x + (1 | g)');
      await fitModel(page);
      await all(3000);
    });
    // 27 ms on a quiet machine. Rows added to one growing table took 87 every time; what others do to the machine is not there every time.
    const most = 80;
    let heaviest = await reading();
    for (let more = 0; more < 2 && heaviest >= most; more++) heaviest = Math.min(heaviest, await reading());
    expect(await page.getByRole('region', { name: 'Conditional modes' }).locator('tbody tr').count()).toBe(3000);
    const shift = await layoutShift(page);
    console.info(`heaviest task of the page ${heaviest.toFixed(0)} ms of processor time, layout shift ${shift.toFixed(3)}`);
    expect(heaviest).toBeLessThan(most);
    expect(shift).toBeLessThan(0.1);
  }, 300_000);

  dataTests(() => page, cbpp, FORMULA, reference.logLik);
});
