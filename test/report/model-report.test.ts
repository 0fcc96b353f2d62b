/** The report on one model: the numbers of the reference fits are in it, names stay text, nothing is fetched. */
import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { countZeros } from '../../src/diagnostics/residual-tests.js';
import { glmm } from '../../src/fit/glmm.js';
import { interpolatedZeta } from '../../src/inference/profile-interval.js';
import { ranefTable } from '../../src/prediction/ranef-table.js';
import { loadDrawing } from '../../src/report/draw-svg.js';
import { modelReport } from '../../src/report/model-report.js';
import { svgToPng } from '../../src/platform/node-png.js';
import { modelPlots } from '../../src/report/model-plot-files.js';
import { caterpillarPlot, scatterPlot, uniformQuantilePlot, zerosPlot } from '../../src/report/model-plots.js';
import { readCsv } from '../../src/table/csv.js';

const table = (name: string, types = {}) => readCsv(readFileSync(new URL(`../../data/${name}.csv`, import.meta.url), 'utf8'), { types });
const cbpp = await glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', table('cbpp', { period: 'factor' }), { family: 'binomial' });
const sleepstudy = await glmm('Reaction ~ Days + (Days | Subject)', table('sleepstudy'), { family: 'gaussian' });
const epil = await glmm('y ~ lbase * trt + lage + V4 + (1 | subject)', table('epil'), { family: 'poisson' });

const cells = (text: string): string[] => [...parseHTML(text).document.querySelectorAll('td')].map((cell) => cell.textContent);
const captions = (text: string): string[] => [...parseHTML(text).document.querySelectorAll('figcaption')].map((caption) => caption.textContent);

/** Nothing of another host, and in every figure something drawn. */
function expectSelfContained(text: string): void {
  expect(text.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', '')).not.toMatch(/https?:|\burl\(|@import|<script|<link|<iframe|NaN/);
  for (const figure of parseHTML(text).document.querySelectorAll('figure')) expect(figure.querySelectorAll('svg circle, svg rect, svg path').length).toBeGreaterThan(5);
}

describe('report on a model', () => {
  test('binomial: odds ratios, intra-class correlation, no residual variance', async () => {
    const text = await modelReport(cbpp, { dataName: 'cbpp.csv' });
    expectSelfContained(text);
    // lme4: period2 exp(-0.9923) = 0.3707; standard deviation of herd 0.6423 (tightened).
    expect(cells(text)).toEqual(expect.arrayContaining([cbpp.fixef.period2!.toFixed(4), '0.3707', '0.6423', '194.05']));
    expect(cells(text)).not.toContain('Residual');
    expect(text).toContain('<th>Odds ratio</th>');
    expect(cells(text)).toContain((cbpp.VarCorr[0]!.sd[0]! ** 2 / (cbpp.VarCorr[0]!.sd[0]! ** 2 + Math.PI ** 2 / 3)).toFixed(3));
    expect(captions(text)).not.toContain('Zeros in simulated responses; the line is the observed number');
  });

  test('linear: residual variance, REML criterion, correlated effects, and why there is no intra-class correlation', async () => {
    const text = await modelReport(sleepstudy);
    expectSelfContained(text);
    // lme4's documentation: 1743.6, 24.741, 5.922, 25.592.
    expect(cells(text)).toEqual(expect.arrayContaining(['1743.63', 'Residual', '654.94', '0.07']));
    expect(text).not.toContain('ratio</th>');
    expect(text).toContain('with random slopes the correlation within a level depends on the covariates');
    expect(captions(text)).toContain('Days | Subject against (Intercept) | Subject');
  });

  test('counts: rate ratios, zeros, and the alarm of the tests', async () => {
    const text = await modelReport(epil);
    expectSelfContained(text);
    expect(text).toContain('<th>Rate ratio</th>');
    expect(text).toContain('Design effect, subject');
    expect(captions(text)).toContain('Zeros in simulated responses; the line is the observed number');
    expect(captions(text)).toContain('(Intercept) | subject: the largest and the smallest of 59');
    expect(cells(text)).toEqual(expect.arrayContaining(['zero inflation', 'dispersion', 'normal modes']));
  });

  test('markup in names stays text', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    const columns = { y: [1, 2, 3, 2, 4, 6, 5, 7, 8, 9, 7, 11], x: [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4], g: ['a', evil, '"c'].flatMap((level) => [level, level, level, level]) };
    const fit = await glmm('y ~ x + (1 | g)', columns, { family: 'poisson' });
    const text = await modelReport(fit, { dataName: evil, generator: evil, nsim: 20 });
    expect(text).not.toMatch(/<img|<script/i);
    expect(parseHTML(text).document.querySelector('h1')?.textContent).toContain(evil);
  });
});

test('every plot draws its points', async () => {
  const drawing = await loadDrawing();
  const count = (markup: string, selector: string): number => parseHTML(markup).document.querySelectorAll(selector).length;
  expect(count(caterpillarPlot(drawing, ranefTable(cbpp)).markup, 'circle')).toBe(15);
  expect(count(caterpillarPlot(drawing, ranefTable(epil)).markup, 'circle')).toBe(50);
  expect(count(scatterPlot(drawing, [1, 2, NaN], [1, 2, 3], ['x', 'y']).markup, 'circle')).toBe(2);
  expect(count(uniformQuantilePlot(drawing, Float64Array.from([0.9, 0.1, 0.5])).markup, 'circle')).toBe(3);
  expect(count(zerosPlot(drawing, countZeros(epil.response), [20, 24, 25, 31]).markup, 'rect')).toBeGreaterThan(1);
});

describe('plots as files', () => {
  test('every kind, with colours of its own', async () => {
    const plots = await modelPlots(sleepstudy, { theme: 'dark' });
    expect([...new Set(plots.map(({ kind }) => kind))]).toEqual(['curves', 'residuals', 'modes', 'quantiles', 'pairs', 'profiles']);
    expect(plots.filter(({ kind }) => kind === 'profiles').map(({ subject }) => subject)).toEqual(
      ['(Intercept)', 'Days', 'sd_(Intercept)|Subject', 'sd_Days|Subject', 'cor_Days.(Intercept)|Subject', 'sigma']);
    for (const { svg } of plots) {
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*><rect width="100%" height="100%" fill="#14171c"\/>/);
      expect(svg).not.toMatch(/var\(|NaN|<script|undefined/);
    }
    expect((await modelPlots(epil, { kinds: ['residuals'] })).map(({ subject }) => subject)).toEqual(['pearson', 'quantile', 'zeros']);
  });

  test('the curve of a profile goes through its points', async () => {
    const { curves: [curve] } = await sleepstudy.profile({ parameters: ['sigma'] });
    curve!.zeta.slice(1).forEach((zeta, i) => {
      expect(interpolatedZeta(curve!, i, 0)).toBeCloseTo(curve!.zeta[i]!, 12);
      expect(interpolatedZeta(curve!, i, 1)).toBeCloseTo(zeta, 12);
    });
  });

  test('unknown kinds and themes are named', async () => {
    await expect(modelPlots(cbpp, { kinds: ['profile' as 'profiles'] })).rejects.toThrow("did you mean 'profiles'");
    await expect(modelPlots(cbpp, { theme: 'blue' as 'dark' })).rejects.toThrow('theme must be light or dark');
  });

  test('PNG', async () => {
    const [plot] = await modelPlots(cbpp, { kinds: ['modes'] });
    const png = await svgToPng(plot!.svg, 570);
    expect(Array.from(png.subarray(0, 8))).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    expect(new DataView(png.buffer, png.byteOffset).getUint32(16)).toBe(570);
    await expect(svgToPng('<p>', 100)).rejects.toThrow('no SVG that can be drawn');
  });
});
