/** Wald tests of terms against car, cluster-robust covariances against clubSandwich and against scores by TMB (scripts/reference/term-tests.R). */
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { robustVcov } from '../../src/inference/robust.js';
import { type SmallSet, smallSet } from '../helpers/small-sets.js';
import { rValues } from './fits.js';

interface Tests {
  readonly term: string[];
  readonly chisq: number[];
  readonly df: number[];
  readonly p: number[];
}

const reference = rValues<{
  terms: Record<SmallSet, Record<'treatment' | 'sum', Tests>>;
  robust: Record<SmallSet, Record<'CR0' | 'CR1', number[][]>>;
  scores: Record<SmallSet, number[][]>;
}>('term-tests');

const MODELS = {
  orthodont: ['distance ~ age * Sex + (age | Subject)', { family: 'gaussian' }, { Sex: 'sum' }],
  oats: ['yield ~ nitro * Variety + (1 | Block/Variety)', { family: 'gaussian' }, { Variety: 'sum' }],
  bacteria: ['y ~ trt * week + (1 | ID)', { family: 'binomial' }, { trt: 'sum' }],
  owls: ['SiblingNegotiation ~ FoodTreatment * SexParent + offset(log(BroodSize)) + (1 | Nest)', { family: 'nbinom2' }, { FoodTreatment: 'sum', SexParent: 'sum' }],
} as const satisfies Partial<Record<SmallSet, readonly [string, GlmmOptions, GlmmOptions['contrasts']]>>;
type Name = keyof typeof MODELS;

const fitted = (name: Name, contrasts: GlmmOptions['contrasts'] = {}): Promise<GlmmFit> => glmm(MODELS[name][0], smallSet(name), { ...MODELS[name][1], contrasts });

describe.each(Object.keys(MODELS) as Name[])('terms, %s', (name) => {
  test.each(['treatment', 'sum'] as const)('%s contrasts', async (kind) => {
    const rows = (await fitted(name, kind === 'sum' ? MODELS[name][2] : {})).anova({ df: 'none' });
    const { term, chisq, df, p } = reference.terms[name][kind];
    expect(rows.map((row) => [row.term, row.df1])).toEqual(term.map((label, i) => [label, df[i]]));
    rows.forEach((row, i) => {
      expect(Math.abs(Math.sqrt(row.statistic) - Math.sqrt(chisq[i]!))).toBeLessThan(1e-4 * (1 + Math.sqrt(chisq[i]!)));
      expect(Math.abs(Math.log(row.p_value / p[i]!))).toBeLessThan(2e-4 * (1 + chisq[i]!));
    });
  });
});

const near = (own: readonly (readonly number[])[], theirs: readonly (readonly number[])[], tolerance: number): void => {
  own.forEach((row, i) => { row.forEach((value, j) => { expect(Math.abs(value - theirs[i]![j]!) / Math.sqrt(theirs[i]![i]! * theirs[j]![j]!)).toBeLessThan(tolerance); }); });
};

describe.each([['orthodont', 'Subject'], ['oats', 'Block'], ['machines', 'Worker']] as const)('clubSandwich, %s', (name, cluster) => {
  test.each(['CR0', 'CR1'] as const)('%s', async (type) => {
    const fit = name === 'machines' ? await glmm('score ~ Machine + (Machine | Worker)', smallSet(name), { family: 'gaussian' }) : await fitted(name);
    near((await robustVcov(fit, { cluster, type })).vcov, reference.robust[name][type], 2e-5);
  });
});

test.each(['owls', 'bacteria'] as const)('scores of clusters, %s', async (name) => {
  near((await robustVcov(await fitted(name))).vcov, reference.scores[name], 1e-3);
});
