/** Tables as people have them: dropped, pasted, in every format, with odd names and cells. */
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { readCsv } from '../../src/table/csv.js';
import type { FactorColumn, NumericColumn, Table } from '../../src/table/table.js';
import { parquetBytes } from '../../src/table/write-parquet.js';
import { barriers, cells, downloaded, estimatesOf, example, fitModel, formulaField, photograph, tab, upload } from './app-page.js';

/** A survey as a spreadsheet program of continental Europe writes it. */
function survey(): string {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const cured = (7 * i + (i % 12) * (i % 5)) % 11 < 5;
    return [`Clinic ${i % 12 + 1}`, `2024-0${1 + i % 9}-1${i % 10}`, i % 17 === 0 ? '' : `${i % 4},${i % 10}`, `p${i % 3}`, i % 2 === 0 ? '<b onclick=alert(1)>x</b>' : '=1+1', cured ? '"1"' : '"0"', cured ? 'yes' : 'no', `${i % 90},5%`].join(';');
  });
  return ['clinic;date;dose;__proto__;note;cured;better;share', ...rows].join('\n');
}

/** @param page the page of the test that runs */
export function dataTests(page: () => Page, cbpp: Table, formula: string, logLik: number): void {
  const columnsShown = async (): Promise<string[]> => (await Promise.all((await page().getByRole('region', { name: 'Columns' }).locator('tbody tr').all()).map(async (row) => (
    [await row.locator('th').innerText(), await row.locator('select').inputValue(), ...await row.locator('td').allInnerTexts()].filter((_, i) => i !== 2).join(' ').trim()))));
  const logLikOnPage = async (): Promise<number> => {
    await tab(page(), 'Export');
    return (JSON.parse((await downloaded(page(), 'fit.json')).toString()) as { logLik: number }).logLik;
  };

  test('a table is dropped or pasted, or comes as Parquet or Arrow: the reference fit from each', async () => {
    const names = ['incidence', 'size'];
    const { herd, period } = Object.fromEntries(['herd', 'period'].map((name) => {
      const { codes, levels } = cbpp.columns.get(name) as FactorColumn;
      return [name, Array.from(codes, (code) => `${name[0]!}${levels[code]!}`)];
    }));
    const numbers = names.map((name) => ({ name, data: (cbpp.columns.get(name) as NumericColumn).values }));
    const parquet = await parquetBytes([...numbers.map((column) => ({ ...column, type: 'DOUBLE' as const })), { name: 'herd', type: 'STRING', data: herd! }, { name: 'period', type: 'STRING', data: period! }], {});
    const arrow = tableToIPC(tableFromArrays({ ...Object.fromEntries(numbers.map(({ name, data }) => [name, data])), herd: herd!, period: period! }), { format: 'file' })!;
    const text = [[...names, 'herd', 'period'].join('\t'), ...herd!.map((level, i) => [...numbers.map(({ data }) => data[i]), level, period![i]].join('\t'))].join('\n');

    const shown = ['incidence numeric', 'size numeric', 'herd factor 15', 'period factor 4'];
    const fits = async (): Promise<void> => {
      expect(await columnsShown()).toEqual(shown);
      await formulaField(page()).fill(formula);
      await fitModel(page());
      expect(await logLikOnPage()).toBeCloseTo(logLik, 6);
    };
    await page().setInputFiles('input[type=file]', { name: 'cbpp.parquet', mimeType: '', buffer: Buffer.from(parquet) });
    await page().getByRole('heading', { name: 'cbpp.parquet: 56 rows, 4 columns' }).waitFor();
    await fits();
    expect(await page().locator('#code').textContent()).toContain('arrow::read_parquet("cbpp.parquet")');

    const transfer = await page().evaluateHandle((bytes) => {
      const made = new DataTransfer();
      made.items.add(new File([Uint8Array.from(bytes)], 'cbpp.arrow'));
      return made;
    }, [...arrow]);
    await page().dispatchEvent('#load', 'dragover', { dataTransfer: transfer });
    expect(await page().locator('#load').getAttribute('class')).toContain('over');
    await page().dispatchEvent('#load', 'drop', { dataTransfer: transfer });
    await page().getByRole('heading', { name: 'cbpp.arrow: 56 rows, 4 columns' }).waitFor();
    await fits();

    await page().getByText('Paste a table').click();
    await page().getByLabel('Text with a header line').fill(text);
    await page().getByRole('button', { name: 'Use pasted table' }).click();
    await page().getByRole('heading', { name: 'pasted.csv: 56 rows, 4 columns' }).waitFor();
    await fits();
    await page().getByLabel('Text with a header line').fill('');
    await page().getByRole('button', { name: 'Use pasted table' }).click();
    await page().getByText('the file is empty; it needs a header line and data rows').waitFor();
  }, 90_000);

  test('semicolons, decimal commas, dates, percentages, yes and no, a column called __proto__', async () => {
    await upload(page(), 'survey.csv', survey());
    await page().getByText('Choose the response, what explains it').waitFor();
    expect(await page().locator('[aria-invalid=true]').count()).toBe(0);
    expect(await columnsShown()).toEqual(['clinic factor 12', 'date factor 90', 'dose numeric  15', '__proto__ factor 3', 'note factor 2', 'cured numeric', 'better factor 2', 'share factor 90']);
    // A second change, made before the first was read, does not undo it.
    await page().evaluate(() => {
      for (const name of ['clinic', '__proto__']) {
        const choice = document.querySelector<HTMLSelectElement>(`[aria-label="Type of ${name}"]`)!;
        choice.value = 'ordered';
        choice.dispatchEvent(new Event('change'));
      }
    });
    await expect.poll(columnsShown).toEqual(expect.arrayContaining(['clinic ordered 12', '__proto__ ordered 3']));
    for (const name of ['clinic', '__proto__']) await page().getByLabel(`Type of ${name}`).selectOption('factor');
    await expect.poll(columnsShown).toEqual(expect.arrayContaining(['clinic factor 12', '__proto__ factor 3']));
    await page().getByLabel('Type of share').selectOption('numeric');
    await page().getByText("column 'share', row 1: '0,5%' is no number").waitFor();
    expect(await page().getByLabel('Type of share').inputValue()).toBe('factor');
    expect(await barriers(page())).toEqual([]);
    await photograph(page(), 'survey');
    await page().getByLabel('Response (or successes)').selectOption('better');
    await page().getByRole('group', { name: 'Fixed effects' }).getByLabel('dose').check();
    await page().getByRole('group', { name: 'Fixed effects' }).getByLabel('__proto__').check();
    await page().getByLabel('Grouping factor').selectOption('clinic');
    await page().getByText("225 rows, 12 levels of clinic, 5 parameters. 15 rows with missing values left out. response 'better': 'yes' counts as success").waitFor();
    await fitModel(page());
    const formulaOfCured = 'cured ~ dose + `__proto__` + (1 | clinic)';
    const expected = await glmm(formulaOfCured, readCsv(survey()), { family: 'binomial' });
    expect((await estimatesOf(page(), 'dose'))[0]).toBeCloseTo(expected.fixef.dose!, 4);
    expect((await estimatesOf(page(), '`__proto__`p2'))[0]).toBeCloseTo(expected.fixef['`__proto__`p2']!, 4);
    await formulaField(page()).fill(formulaOfCured);
    await fitModel(page());
    expect(await logLikOnPage()).toBeCloseTo(expected.logLik, 6);
    expect(await page().locator('#code').textContent()).toContain('read.csv("survey.csv", sep = ";", dec = ","');
    expect((await downloaded(page(), 'rows.csv')).toString().split('\n')).toHaveLength(227);
    // What the form cannot show rests until the formula is simpler.
    await formulaField(page()).fill('cured ~ I(dose^2) + (1 | clinic)');
    await page().getByRole('group', { name: 'Terms from the formula' }).getByLabel('I(dose^2)').waitFor();
    await formulaField(page()).fill('(cured == 1) ~ dose + (1 | clinic)');
    await page().getByText('The formula says more than the form can show').waitFor();
    expect(await page().locator('#setup [inert]').count()).toBe(1);
  }, 60_000);

  test('an engine that fails is replaced and its table opened again; one that is silent can be', async () => {
    await page().clock.install();
    await page().reload();
    await example(page(), 'cbpp');
    await fitModel(page());
    await page().workers()[0]!.evaluate("setTimeout(() => { throw new Error('out of reach'); })");
    // What was being computed for the results says in its place that it was lost; the form has made no mistake.
    await page().locator('.notice').getByText('The engine stopped').waitFor();
    expect(await page().locator('#setup').getByText(/the engine stopped/i).count()).toBe(0);
    expect(await barriers(page())).toEqual([]);
    await photograph(page(), 'engine-replaced');
    await tab(page(), 'Export');
    await page().getByRole('button', { name: 'fit.json' }).click();
    await page().getByText('this model is no longer held; fit it again').waitFor();
    await fitModel(page());
    expect(await logLikOnPage()).toBeCloseTo(logLik, 6);
    await page().getByRole('button', { name: 'Dismiss' }).click();

    await page().workers()[0]!.evaluate('setTimeout(() => { for (;;); })');
    await page().getByRole('button', { name: 'Fit model' }).click();
    await page().clock.runFor(30_000);
    await page().getByText('The engine has not answered for a while').waitFor();
    await page().getByRole('button', { name: 'Restart the engine' }).click();
    await page().getByText('was started again with the same table').waitFor();
    await fitModel(page());
    expect(await cells(page().locator('#results').getByRole('region', { name: 'Fixed effects' }))).toHaveLength(5);
  }, 60_000);

  test('wide screens: data beside the model, no long lines, nothing beyond the edge', async () => {
    for (const width of [1920, 2560]) {
      await page().setViewportSize({ width, height: 1200 });
      await example(page(), 'cbpp');
      await fitModel(page());
      const [load, setup, results] = await Promise.all(['#load', '#setup', '#results'].map(async (id) => (await page().locator(id).boundingBox())!));
      expect(setup!.x).toBeGreaterThan(load!.x + load!.width);
      expect(setup!.y).toBe(load!.y);
      expect(results!.width).toBeGreaterThan(0.75 * width);
      expect(await page().evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page().evaluate("Math.max(...[...document.querySelectorAll('p')].map((p) => p.getBoundingClientRect().width))")).toBeLessThan(900);
    }
  }, 60_000);
}
