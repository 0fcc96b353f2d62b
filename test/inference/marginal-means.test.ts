/** Marginal means of many kinds of models against emmeans (scripts/reference/marginal-means.R). */
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import type { Adjustment } from '../../src/inference/adjust.js';
import { emmeans } from '../../src/inference/emmeans.js';
import { type SmallSet, smallSet } from '../helpers/small-sets.js';
import { rValues } from './fits.js';

interface Columns {
  readonly value: number[];
  readonly se: number[];
  readonly low: number[];
  readonly high: number[];
  readonly p: number[];
}

interface Reference {
  readonly id: string;
  readonly data: SmallSet;
  readonly formula: string;
  readonly options: GlmmOptions;
  readonly specs: string[];
  readonly at: Record<string, number> | null;
  readonly df: 'none' | 'residual';
  readonly link: Columns;
  readonly response: Columns;
  readonly method: 'pairwise' | 'trt.vs.ctrl';
  readonly differences: Partial<Record<Adjustment, Columns>>;
}

type Row = { readonly std_error: number; readonly conf_low: number; readonly conf_high: number };

function near(rows: readonly Row[], values: readonly number[], theirs: Columns): void {
  expect(rows.length).toBe(theirs.value.length);
  rows.forEach((row, i) => {
    const close = (own: number, want: number): void => { expect(Math.abs(own - want)).toBeLessThan(1e-3 * theirs.se[i]!); };
    close(values[i]!, theirs.value[i]!);
    close(row.std_error, theirs.se[i]!);
    close(row.conf_low, theirs.low[i]!);
    close(row.conf_high, theirs.high[i]!);
  });
}

describe.each(rValues<Reference[]>('marginal-means'))('$id', ({ data, formula, options, specs, at, df, link, response, method, differences }) => {
  let made: Promise<GlmmFit> | undefined;
  const fitted = (): Promise<GlmmFit> => (made ??= glmm(formula, smallSet(data), options));
  const settings = { df, ...(at === null ? {} : { at }) };

  test.each(['link', 'response'] as const)('means, %s', async (type) => {
    const { means } = emmeans(await fitted(), specs, { ...settings, type });
    near(means, means.map(({ emmean }) => emmean), type === 'link' ? link : response);
  });

  test.each(Object.entries(differences) as [Adjustment, Columns][])('differences, %s', async (adjust, theirs) => {
    const rows = emmeans(await fitted(), specs, { ...settings, contrasts: method === 'pairwise' ? 'pairwise' : 'treatment', adjust }).contrasts!;
    near(rows, rows.map(({ estimate }) => estimate), theirs);
    rows.forEach(({ p_value }, i) => { expect(Math.abs(p_value - theirs.p[i]!)).toBeLessThan(5e-4 * (theirs.p[i]! + 1e-3)); });
  });
});
