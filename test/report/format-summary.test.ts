/** The printed model against what lme4 prints for the same numbers (scripts/reference/print-summary.R made the fixture). */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FitJson } from '../../src/fit/types.js';
import { abbreviate } from '../../src/report/abbreviate.js';
import { formatCount, formatDuration, formatNumbers, formatPValues } from '../../src/report/format-numbers.js';
import { formatSummary } from '../../src/report/format-summary.js';

interface Fixture {
  fits: Record<string, { data: string; printed: string[]; residuals: number[]; fit: FitJson }>;
  formats: { x: number[]; digits3: string[]; digits4: string[] }[];
  pvalues: { x: number[]; text: string[] }[];
  abbreviations: { x: string[]; six: string[]; eleven: string[] }[];
}
const fixture = JSON.parse(readFileSync(new URL('../fixtures/report/summaries.json', import.meta.url), 'utf8')) as Fixture;
// glmer has none of these parts, so its fixture leaves them out.
for (const summary of Object.values(fixture.fits)) summary.fit = { ...summary.fit, zi: null, disp: null, thresholds: null, ziformula: null, dispformula: null };

/**
 * lme4's text without what differs on purpose: its class name, the labels and the layout of the information criteria, the trailing spaces
 * of its tables, where it breaks a long formula, its optimiser's messages, and the hint how to print a large correlation matrix in R.
 */
function comparable(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (const raw of lines) {
    const line = raw.trimEnd().replace(/\[(glmerMod|glmmgpu)\]/, '[class]');
    if (/^(optimizer|Model failed|Model is nearly| - Rescale|boundary \(singular\))/.test(line)) continue;
    if (/^ *AIC/.test(line)) { kept.push('AIC BIC logLik -2logL df'); continue; }
    if (/^ *-?[\d.]+ +-?[\d.]+ +-?[\d.]+ +-?[\d.]+ +\d+$/.test(line) && kept.at(-1)?.startsWith('AIC')) { kept.push(line.trim().replace(/ +/g, ' ')); continue; }
    if (/^ {4}\S/.test(line) && kept.at(-1)?.startsWith('Formula:')) { kept.push(`${kept.pop()!} ${line.trim()}`); continue; }
    if (/^Correlation (matrix|of fixed effects) not shown|^Use print|^ +vcov\(/.test(line)) continue;
    kept.push(line);
  }
  return kept.join('\n').trim().split('\n');
}

describe('formatSummary prints what lme4 prints', () => {
  test.each(Object.entries(fixture.fits))('%s', (name, { data, printed, residuals, fit }) => {
    const ours = formatSummary(fit, { dataName: data, residuals }).split('\n');
    expect(comparable(ours), name).toEqual(comparable(printed));
  });

  test('the factor with most levels first, as lme4 prints total.fruits ~ nutrient * amd + rack + status + (1 | popu) + (1 | gen) of its Arabidopsis data', () => {
    const component = (group: string, sd: number) => ({ group, terms: ['(Intercept)'], covariance: 'unstructured' as const, sd: [sd], correlation: [[1]] });
    const { fit } = fixture.fits.poisson!;
    const printed = formatSummary({ ...fit, nobs: 625, groups: { popu: 9, gen: 24 }, random: [component('popu', 0.497706979394722), component('gen', 0.24787092577332)] });
    expect(printed).toContain([
      'Random effects:', ' Groups Name        Variance Std.Dev.', ' gen    (Intercept) 0.06144  0.2479', ' popu   (Intercept) 0.24771  0.4977',
      'Number of obs: 625, groups:  gen, 24; popu, 9',
    ].join('\n'));
  });

  test('wraps nothing but what is longer than a line', () => {
    const { fit } = fixture.fits['cbpp']!;
    expect(formatSummary({ ...fit, formula: `y ~ ${Array.from({ length: 30 }, (_, i) => `x${i}`).join(' + ')} + (1 | g)` })
      .split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test('a missing standard error is shown, not hidden', () => {
    const { fit } = fixture.fits['cbpp']!;
    const fixed = fit.fixed.map((row, i) => (i === 1 ? { ...row, std_error: NaN, statistic: NaN, p_value: NaN } : row));
    const text = formatSummary({ ...fit, fixed });
    expect(text).toMatch(/^period2 +-0\.\d+ +NaN +NaN +NaN$/m);
  });

  test('warnings are printed last', () => {
    const { fit } = fixture.fits['cbpp']!;
    expect(formatSummary({ ...fit, warnings: ['2 rows dropped', 'the fit is singular'] })).toMatch(/\n\n2 rows dropped\nthe fit is singular$/);
  });

  test('control characters in names cannot break a line', () => {
    const { fit } = fixture.fits['cbpp']!;
    const fixed = fit.fixed.map((row, i) => (i === 1 ? { ...row, term: 'a\nb\u001b[31m' } : row));
    const text = formatSummary({ ...fit, fixed });
    expect(text).toContain('a\\u{a}b\\u{1b}[31m');
    expect(text.split('\n')).toHaveLength(formatSummary(fit).split('\n').length);
  });
});

describe('numbers', () => {
  test('columns as format() of R prints them', () => {
    for (const { x, digits3, digits4 } of fixture.formats) {
      expect(formatNumbers(x, 3), String(x)).toEqual(digits3);
      expect(formatNumbers(x, 4), String(x)).toEqual(digits4);
    }
  });
  test('p-values as format.pval() of R prints them', () => {
    for (const { x, text } of fixture.pvalues) expect(formatPValues(x), String(x)).toEqual(text);
  });
  test('abbreviations as abbreviate() of R makes them', () => {
    for (const { x, six, eleven } of fixture.abbreviations) {
      expect(abbreviate(x, 6)).toEqual(six);
      expect(abbreviate(x, 11)).toEqual(eleven);
    }
  });
  test('any column reads back to the asked precision', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { minLength: 1, maxLength: 5 }), fc.integer({ min: 1, max: 8 }), (values, digits) => {
      const texts = formatNumbers(values, digits);
      texts.forEach((text, i) => {
        const value = values[i]!;
        if (!Number.isFinite(value)) expect(text).toBe(value > 0 ? 'Inf' : '-Inf');
        else expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.abs(value) * 0.5000001 * 10 ** (1 - digits));
      });
    }));
  });
  test('abbreviations of different names differ', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { maxLength: 6 }), (names) => {
      expect(new Set(abbreviate(names, 6)).size).toBe(names.length);
    }));
  });
  test('counts and durations', () => {
    expect([0, 999, 1000, 1234567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0.4182, 9.99, 12.3, 185, 7830].map(formatDuration)).toEqual(['0.42 s', '10 s', '12 s', '3 min 05 s', '2 h 10 min']);
    expect(formatDuration(Infinity)).toBe('unknown');
  });
});
