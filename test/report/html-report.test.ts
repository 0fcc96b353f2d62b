/** The HTML report: complete, self-contained, and safe whatever the columns are called. */
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { estimateSamples } from '../../src/report/estimate-sample.js';
import { htmlReport } from '../../src/report/html-report.js';
import { cbppFit, syntheticBootstrap } from './bootstrap-fixture.js';

const bootstrap = syntheticBootstrap(cbppFit, 2000);
const intervals = bootstrap.intervals();
const report = await htmlReport({ fit: cbppFit, bootstrap, intervals, dataName: 'cbpp.csv' });

function cells(text: string): string[] {
  return [...parseHTML(text).document.querySelectorAll('td')].map((cell) => cell.textContent);
}

describe('html report', () => {
  test('shows every estimate, limit and count', () => {
    const all = new Set(cells(report));
    for (const row of cbppFit.fixed) expect(all).toContain(row.estimate.toFixed(4));
    for (const row of intervals) {
      expect(all).toContain(row.conf_low.toFixed(4));
      expect(all).toContain(row.conf_high.toFixed(4));
    }
    const { document } = parseHTML(report);
    expect(document.querySelector('h1')?.textContent).toBe('Parametric bootstrap of cbpp.csv');
    expect(document.querySelector('.key')?.textContent).toContain(`separated: ${bootstrap.counts.separated} `);
    // One overview, and two plots per parameter.
    expect(document.querySelectorAll('svg')).toHaveLength(1 + 2 * bootstrap.parameters.length);
  });

  test('linear mixed models have a residual, a REML criterion, and no p values', async () => {
    const fit = { ...cbppFit, family: 'gaussian', link: 'identity', method: 'reml' as const, REML: true, dispersion: 654.94 };
    const text = await htmlReport({ fit, bootstrap, intervals });
    expect(text).toContain('restricted maximum likelihood (REML)');
    expect(text).toContain(`REML criterion</th>`);
    expect(cells(text)).toContain('Residual');
    expect(text).not.toMatch(/Pr\(|AIC|quadrature/);
    expect(text).toContain('t value');
  });

  test('bars account for every converged replicate within the axis', () => {
    const samples = estimateSamples(bootstrap, intervals);
    for (const sample of samples) expect(sample.sorted).toHaveLength(bootstrap.counts.converged + bootstrap.counts.boundary);
    // The first estimate of separated replicates is wild (−25); they must not stretch the axis.
    expect(samples[0]!.domain[0]).toBeGreaterThan(-4);
    expect(samples[0]!.beyond).toBe(0);
  });

  test('wild replicates are left outside the axis and counted', () => {
    const wild = syntheticBootstrap(cbppFit, 2000);
    wild.replicates[1]![5] = 900;
    const sample = estimateSamples(wild, wild.intervals())[1]!;
    expect(sample.domain[1]).toBeLessThan(3);
    expect(sample.beyond).toBeGreaterThanOrEqual(1);
  });

  test('fetches nothing and runs nothing', () => {
    expect(report.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', '')).not.toMatch(/https?:|\burl\(|@import|<script|<link|<iframe/);
    expect(report).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('markup in names stays text', async () => {
    const evil = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'&amp;", '__proto__', '</style><b>'];
    const fit = {
      ...cbppFit, formula: `y ~ ${evil.join(' + ')}`, groups: { [evil[0]!]: 3 }, warnings: [...evil],
      fixed: cbppFit.fixed.map((row, i) => ({ ...row, term: evil[i]! })),
      random: [{ ...cbppFit.random[0]!, group: evil[1]!, terms: [evil[4]!] }],
      backend: { ...cbppFit.backend, device: evil[0]!, reason: evil[1]! },
    };
    const made = syntheticBootstrap(fit, 200);
    const text = await htmlReport({ fit, bootstrap: { ...made, backend: fit.backend }, intervals: made.intervals(), dataName: evil[1]!, generator: evil[1]! });
    expect(text).not.toMatch(/<script|<img|<b>|<\/style><b/i);
    const { document } = parseHTML(text);
    const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].map((attribute) => attribute.name));
    expect(attributes.filter((name) => name.startsWith('on') || name === 'src')).toEqual([]);
    for (const name of evil.slice(0, 4)) expect(cells(text)).toContain(name);
  });

  test('a bootstrap without one converged replicate still makes a report', async () => {
    const failed = syntheticBootstrap(cbppFit, 10);
    failed.fit.status.fill(3);
    const text = await htmlReport({
      fit: cbppFit, bootstrap: { ...failed, counts: { ...failed.counts, converged: 0, boundary: 0, maxEvaluations: 10 } }, intervals: [],
    });
    expect(text).toContain('evaluation limit reached: 10 (100.00 %)');
    expect(text).not.toContain('NaN');
  });
});
