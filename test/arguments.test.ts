/** Every function of the library, called with an argument that is missing, says so in one sentence; programs without types do that. */
import { beforeAll, describe, expect, test } from 'vitest';
import * as library from '../src/index.js';

type Library = typeof library;
/** Exports that are functions and no classes. */
type FunctionName = { [Name in keyof Library]: Library[Name] extends abstract new (...args: never) => unknown ? never : Library[Name] extends (...args: never) => unknown ? Name : never }[keyof Library];

const { GlmmError, bootstrapSpec, bootstrapStudy, glmm, memoryStore, simulatedResiduals, toTable } = library;

const FORMULA = 'y ~ x + (1 | g)';
const data = { y: [0, 1, 1, 0, 1, 0, 1, 0], x: [1, 2, 3, 1, 2, 3, 2, 1], g: ['a', 'a', 'b', 'b', 'c', 'c', 'd', 'd'] };
const family = { family: 'binomial' } as const;
/** Stands for options that may be left out. */
const NONE = {};

/** Right arguments of every function, without trailing numbers that have defaults. The compiler sees to it that no function is missing. */
let calls: Readonly<Record<FunctionName, readonly unknown[]>>;
let fit: library.GlmmFit;

beforeAll(async () => {
  fit = await glmm(FORMULA, data, family);
  const table = toTable(data);
  const spec = bootstrapSpec(fit, { nsim: 2, seed: 1 });
  const study = bootstrapStudy(spec);
  const replicates = { nsim: 2, seed: 1 };
  calls = {
    glmm: [FORMULA, data, family], fitBatch: [fit.design, { nModels: 1, response: fit.response }, NONE], createEngine: [NONE],
    bootstrap: [fit, replicates], jackknife: [fit, NONE], doubleBootstrap: [fit, { ...replicates, inner: 2 }], expressionStatistics: [{ odds: 'exp(x)' }],
    bootstrapSpec: [fit, replicates], bootstrapStudy: [spec], bootstrapFromResults: [spec, memoryStore(study)], memoryStore: [study], runStudy: [study, memoryStore(study), NONE],
    buildModelFrame: [FORMULA, table, { ...family, link: 'logit' }], countStatuses: [[0]],
    predict: [fit, NONE], ranefTable: [fit], residuals: [fit, NONE], augment: [fit], diagnosticData: [fit], glance: [fit], tidy: [fit, NONE],
    varianceExplained: [fit], loadModel: [library.saveModel(fit)], saveModel: [fit],
    formatIntervals: [[]], formatSummary: [fit.toJSON(), NONE], modelReport: [fit, NONE], htmlReport: [{ fit: fit.toJSON(), bootstrap: {}, intervals: [] }],
    modeNormality: [fit], residualTests: [fit, simulatedResiduals(fit)], simulatedResiduals: [fit, NONE],
    readTable: [new TextEncoder().encode('a\n1\n'), 'csv', NONE], toTable: [data, NONE], linksOf: ['binomial'],
    simulateResponses: [fit, { seed: 1 }], simulatedLrt: [fit, fit, replicates], anova: [fit, NONE], coefTest: [fit, ['x'], NONE], compare: [[fit, fit], NONE], confint: [fit, NONE], diagnose: [fit, NONE], drop1: [fit, NONE], fittedCurve: [fit, 'x', NONE], modelPlots: [fit, NONE],
    emmeans: [fit, ['x'], NONE], multiStart: [fit, NONE], profile: [fit, NONE], profileLimits: [{ value: [0], zeta: [0] }, 0.95], robustVcov: [fit, NONE], devianceFunction: [FORMULA, data, family],
    power: [{ formula: FORMULA, data, ...family }, { ...replicates, tested: 'x' }], crossedTable: ['g[3]; x = 0:4'], extendAlong: [table, 'g', 5], extendWithin: [table, ['g'], 5],
    influence: [fit, { by: 'g' }], crossValidate: [fit, { folds: 2, by: 'g', seed: 1 }], permutationTest: [fit, { ...replicates, columns: ['x'] }],
    manyResponses: [FORMULA, data, { ...family, responses: ['y'] }], glmmImputed: [FORMULA, [data, data], family], pool: [[fit, fit]],
  };
});

/** What goes wrong in the call, whether the function is asynchronous or not. */
async function failure(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return 'nothing went wrong';
  } catch (error) {
    return error;
  }
}

const isClass = (value: unknown): boolean => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
const names = Object.entries(library).filter(([, value]) => typeof value === 'function' && !isClass(value)).map(([name]) => name as FunctionName);

/** Left out, it means what the field's programs mean by it: all coefficients. */
const optional: Readonly<Partial<Record<FunctionName, number>>> = { coefTest: 1 };

describe.each(names)('%s', (name) => {
  const call = (args: readonly unknown[]): Promise<unknown> => failure(() => (library[name] as (...args: readonly unknown[]) => unknown)(...args));

  test('missing arguments', async () => {
    for (const [i, given] of calls[name].entries()) {
      if (optional[name] === i) continue;
      for (const wrong of given === NONE ? [null] : [undefined, null]) {
        const error = await call(calls[name].with(i, wrong));
        expect(error, `argument ${i + 1} ${String(wrong)}`).toBeInstanceOf(GlmmError);
        expect((error as Error).message).not.toContain('\n');
      }
    }
  });

  test('a number for an object or text', async () => {
    expect(await call(calls[name].with(0, 42))).toBeInstanceOf(GlmmError);
  });
});

/** Functions with an options argument; always the last one. */
const withOptions = names.filter((name) => /[oO]ptions/.test(/\(([^)]*)\)/.exec(library[name].toString())![1]!));

test.each(withOptions)('%s refuses an option that it does not know', async (name) => {
  const given = calls[name];
  const error = await failure(() => (library[name] as (...args: readonly unknown[]) => unknown)(...given.with(-1, { ...given.at(-1) as object, levle: 0.9 })));
  expect((error as Error).message).toMatch(/has no option 'levle'/);
});

describe('methods of a fit', () => {
  test.each<[string, (fit: never) => unknown, RegExp]>([
    ['refit', (own: { refit(y: unknown): unknown }) => own.refit(null), /refit needs a response, one number per row, not null; fit\.response is the one of the fit/],
    ['bootstrap', (own: { bootstrap(): unknown }) => own.bootstrap(), /bootstrap needs its options as an object, not undefined; for example \{ nsim: 10000, seed: 1 \}/],
    ['simulate', (own: { simulate(): unknown }) => own.simulate(), /simulate needs its options as an object, not undefined/],
    ['compare', (own: { compare(): unknown }) => own.compare(), /compare needs a fitted model, not undefined; glmm makes one/],
    ['emmeans', (own: { emmeans(): unknown }) => own.emmeans(), /emmeans needs the names of factors, not undefined/],
    ['predict', (own: { predict(options: unknown): unknown }) => own.predict(null), /predict needs its options as an object, not null/],
  ])('%s', async (_, call, message) => {
    const error = await failure(() => call(fit as never));
    expect(error).toBeInstanceOf(GlmmError);
    expect((error as Error).message).toMatch(message);
  });
});

test.each<[string, () => unknown, RegExp]>([
  ['robustVcov', () => library.robustVcov(fit, { type: 'cr1' as never }), /^type must be CR0 or CR1, not 'cr1'/],
  ['tidy', () => library.tidy(fit, { effects: ['fixd' as never] }), /^effects must be .*not 'fixd' \(did you mean 'fixed'\?\)$/],
  ['predict', () => library.predict(fit, { reForm: 'herd' as never }), /^reForm needs a list of grouping factors, not a string; or 'all' or 'none'$/],
  ['simulate', () => library.simulateResponses(fit, { seed: 1, parameters: { beta: [1] } as never }), /^parameters has no option 'beta'/],
])('%s refuses a value that it would not look at', async (_, call, message) => {
  const error = await failure(call);
  expect(error).toBeInstanceOf(GlmmError);
  expect((error as Error).message).toMatch(message);
});

test('a promise in the place of a fit is named with its remedy', async () => {
  const error = await failure(() => library.confint(glmm(FORMULA, data, family) as never));
  expect((error as Error).message).toBe('confint needs a fitted model, not a promise; await it first');
});

test('text in the place of bytes', async () => {
  const error = await failure(() => library.readTable('a\n1\n' as never, 'csv'));
  expect((error as Error).message).toMatch(/readTable needs the bytes of a file as a Uint8Array, not a string; readFile without an encoding/);
});
