/** Profile intervals, comparisons, conditional standard deviations and tables against lme4 and broom.mixed (scripts/reference/fitted-models.R). */
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { ranefTable } from '../../src/prediction/ranef-table.js';
import { augment, glance, tidy, type TidyRow } from '../../src/prediction/tidy.js';
import { smallSet } from '../helpers/small-sets.js';
import { rValues } from './fits.js';

type TheirRow = { row: string } & Record<string, number | null>;

interface Reference {
  readonly tidy: Pick<TidyRow, 'effect' | 'group' | 'term' | 'estimate' | 'std_error' | 'statistic' | 'conf_low' | 'conf_high'>[];
  readonly glance: Record<string, number>;
  /** The first twenty rows. */
  readonly augment: Record<string, number>[];
  readonly modes: Record<string, { level: string[]; term: string[]; mode: number[][]; sd: number[][] }>;
  readonly profile: TheirRow[] | null;
}

const reference = rValues<{ fits: Record<string, Reference>; comparisons: Record<string, TheirRow[]> }>('fitted-models');

const binomial: GlmmOptions = { family: 'binomial', standardErrors: 'wls' };
const gaussian: GlmmOptions = { family: 'gaussian' };
const MODELS = {
  bacteria: ['y ~ trt + week + (1 | ID)', binomial],
  oats: ['yield ~ nitro + Variety + (1 | Block/Variety)', gaussian],
  orthodont: ['distance ~ age * Sex + (age | Subject)', gaussian],
  machines: ['score ~ Machine + (Machine | Worker)', gaussian],
  dyestuff2: ['Yield ~ 1 + (1 | Batch)', gaussian],
} as const satisfies Record<string, readonly [string, GlmmOptions]>;
type Name = keyof typeof MODELS;

const made = new Map<Name, Promise<GlmmFit>>();
function fitted(name: Name): Promise<GlmmFit> {
  if (!made.has(name)) made.set(name, glmm(MODELS[name][0], smallSet(name), MODELS[name][1]));
  return made.get(name)!;
}
const near = (own: number, theirs: number, tolerance: number): void => { expect(Math.abs(own - theirs)).toBeLessThan(tolerance); };

describe.each(Object.keys(MODELS) as Name[])('%s', (name) => {
  const theirs = reference.fits[name]!;
  test('tidy', async () => {
    const rows = tidy(await fitted(name));
    expect(rows).toHaveLength(theirs.tidy.length);
    for (const row of theirs.tidy) {
      const own = rows.find((one) => one.effect === row.effect && one.term === row.term && one.group === row.group)!;
      expect(own, row.term).toBeDefined();
      for (const column of ['estimate', 'std_error', 'statistic', 'conf_low', 'conf_high'] as const) {
        if (row[column] === null) expect(own[column]).toBeNull();
        else near(own[column]!, row[column], 2e-4 * (row.std_error ?? Math.abs(row.estimate) + 0.01) + 2e-4 * Math.abs(row[column]));
      }
    }
  });

  test('glance', async () => {
    const own = glance(await fitted(name));
    for (const column of ['nobs', 'sigma', 'logLik', 'AIC', 'BIC'] as const) near(own[column], theirs.glance[column]!, 2e-5);
    near(own.df_residual, theirs.glance['df.residual']!, 1e-12);
    // broom's deviance of generalized models is the conditional one.
    if ('deviance' in theirs.glance) near((await fitted(name)).residuals({ type: 'deviance' }).reduce((sum, one) => sum + one * one, 0), theirs.glance.deviance, 1e-3);
  });

  test('augment', async () => {
    const own = augment(await fitted(name));
    theirs.augment.forEach((row, i) => {
      for (const [column, value] of Object.entries(row)) near(own[column]![i] as number, value, 2e-4 * (1 + Math.abs(value)));
    });
  });

  test('conditional modes and their standard deviations', async () => {
    const rows = ranefTable(await fitted(name));
    for (const [label, { level, term, mode, sd }] of Object.entries(theirs.modes)) {
      level.forEach((one, g) => {
        term.forEach((column, r) => {
          const own = rows.find((row) => row.group === label && row.level === one && row.term === column)!;
          expect(own, one).toBeDefined();
          const tolerance = 1e-3 * (sd[g]![r]! + 1e-3);
          near(own.estimate, mode[g]![r]!, tolerance);
          near(own.std_error, sd[g]![r]!, tolerance);
        });
      });
    }
  });

  if (theirs.profile !== null) test('profile intervals', async () => {
    const rows = await (await fitted(name)).confint({ method: 'profile' });
    for (const row of theirs.profile!) {
      const own = rows.find(({ parameter }) => parameter === row.row)!;
      expect(own, row.row).toBeDefined();
      const low = row['2.5 %']!;
      const high = row['97.5 %']!;
      near(own.conf_low, low, 0.01 * (high - low));
      near(own.conf_high, high, 0.01 * (high - low));
    }
  });
});

describe('comparisons of three models', () => {
  const formulas = {
    orthodont: ['distance ~ age + (1 | Subject)', 'distance ~ age * Sex + (1 | Subject)', 'distance ~ age * Sex + (age | Subject)'],
    bacteria: ['y ~ 1 + (1 | ID)', 'y ~ week + (1 | ID)', 'y ~ trt + week + (1 | ID)'],
    oats: ['yield ~ nitro + (1 | Block)', 'yield ~ nitro + (1 | Block/Variety)', 'yield ~ nitro + Variety + (1 | Block/Variety)'],
  };
  test.each(Object.entries(formulas) as [keyof typeof formulas, string[]][])('%s', async (name, list) => {
    const [first, ...rest] = await Promise.all(list.map((formula) => glmm(formula, smallSet(name), MODELS[name][1])));
    const { rows } = await first!.compare(rest);
    const theirs = reference.comparisons[name]!;
    rows.forEach((row, i) => {
      const { npar, AIC, BIC, logLik, deviance, Chisq, Df, 'Pr(>Chisq)': p } = theirs[i]!;
      expect([row.npar, row.df]).toEqual([npar, Df]);
      near(row.AIC, AIC!, 2e-5);
      near(row.BIC, BIC!, 2e-5);
      near(row.logLik, logLik!, 1e-5);
      near(row.deviance, deviance!, 2e-5);
      if (Chisq === null) return;
      near(row.chisq!, Chisq!, 4e-5);
      near(row.p_value!, p!, 1e-4 * p!);
    });
  });
});
