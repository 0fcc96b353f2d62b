/** Model frames: what is refused, what is noted, and rules that R's answers do not cover. */
import { describe, expect, test } from 'vitest';
import { DataError, FormulaError, GlmmError, OptionError } from '../../src/errors.js';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { FrameOptions, ModelFrame } from '../../src/formula/model-frame.js';
import { modelMatrix } from '../../src/formula/model-matrix.js';
import { type ColumnInput, fromColumns } from '../../src/table/from-values.js';

const binomial = { family: 'binomial', link: 'logit' } as const;
const poisson = { family: 'poisson', link: 'log' } as const;

/** Eight rows with something of every kind. */
const base: Record<string, ColumnInput> = {
  y: [0, 1, 0, 1, 1, 0, 1, 0],
  n: [3, 2, 4, 5, 1, 2, 3, 4],
  s: [1, 2, 0, 5, 0, 1, 3, 2],
  x: [0.5, -1, 2, 0, 1, 3, -2, 1.5],
  period: ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b'],
  flag: [true, false, true, true, false, false, true, false],
  g: [1, 1, 2, 2, 3, 3, 4, 4],
  h: ['u', 'u', 'u', 'u', 'v', 'v', 'v', 'v'],
};

function frame(formula: string, options: Partial<FrameOptions> = {}, changes: Record<string, ColumnInput> = {}): ModelFrame {
  return buildModelFrame(formula, fromColumns({ ...base, ...changes }), { ...binomial, ...options });
}

function refused(run: () => unknown): GlmmError {
  try {
    run();
  } catch (error) {
    if (error instanceof GlmmError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('data that do not fit are refused in one line that names column, row and remedy', () => {
  test.each<[string, string, Partial<FrameOptions>, Record<string, ColumnInput>, RegExp, object]>([
    ['unknown column', 'y ~ perod + (1 | g)', {}, {}, /no column 'perod' \(did you mean 'period'\?\)/, { column: 'perod' }],
    ['unknown grouping factor', 'y ~ x + (1 | herd)', {}, {}, /no column 'herd'; the columns are y, n,/, { column: 'herd' }],
    ['text where numbers are needed', 'y ~ log(period) + (1 | g)', {}, {}, /'period' holds text, for example 'a' in row 1/, { column: 'period', row: 1 }],
    ['one typing error among numbers', 'y ~ log(n) + (1 | g)', {}, { n: ['3', '2', '4', '5', '1O', '2', '3', '4'] }, /'n' holds text, for example '1O' in row 5/, { column: 'n', row: 5 }],
    ['one typing error among counts', 'n ~ x + (1 | g)', poisson, { n: ['3', '2', '4', null, '1O', '2', '3', '4'], x: [null, 1, 2, 3, 4, 5, 6, 7] }, /'1O' in row 5/, { column: 'n', row: 5 }],
    ['text as a count', 'h ~ x + (1 | g)', poisson, {}, /response 'h' holds text \('u' in row 1\)/, { column: 'h', row: 1 }],
    ['text as an offset', 'y ~ x + (1 | g)', { offset: 'h' }, {}, /'h' holds text/, { column: 'h' }],
    ['negative counts', 's ~ x + (1 | g)', poisson, { s: [1, 2, -3, 4, 5, 6, 7, 8] }, /'s' is -3 in row 3; counts are whole/, { column: 's', row: 3 }],
    ['fractional counts', 's ~ x + (1 | g)', poisson, { s: [1, 2, 3, 4.5, 5, 6, 7, 8] }, /'s' is 4.5 in row 4/, { column: 's', row: 4 }],
    ['more successes than trials', 'cbind(s, n - s) ~ x + (1 | g)', {}, { s: [1, 2, 0, 6, 0, 1, 3, 2] }, /row 4: more successes \(6\) than trials/, { row: 4 }],
    ['fractional successes', 'cbind(s, n) ~ x + (1 | g)', {}, { s: [1, 2, 0.5, 6, 0, 1, 3, 2] }, /'s' is 0.5 in row 3/, { column: 's', row: 3 }],
    ['three columns in cbind', 'cbind(s, n, x) ~ x + (1 | g)', {}, {}, /3 column\(s\); cbind takes two/, {}],
    ['cbind for counts', 'cbind(s, n) ~ x + (1 | g)', poisson, {}, /one column of counts/, {}],
    ['counts for a binary response', 'n ~ x + (1 | g)', {}, {}, /response 'n' is 3 in row 1; a binomial response is 0 or 1/, { column: 'n', row: 1 }],
    ['a third category', 'period ~ x + (1 | g)', {}, {}, /3 categories \(a, b, c; the third first in row 3\)/, { column: 'period', row: 3 }],
    ['a proportion without sizes', 'x ~ n + (1 | g)', {}, { x: [0, 1, 0.5, 1, 0, 0, 1, 0] }, /proportion 0.5 in row 3; give the binomial sizes as weights/, { row: 3 }],
    ['a proportion of no whole number', 'x ~ n + (1 | g)', { weights: 'n' }, { x: [0, 1, 0.3, 1, 0, 0, 1, 0] }, /0.3 of 4 trials in row 3/, { row: 3 }],
    ['a proportion with fractional weights', 'x ~ n + (1 | g)', { weights: [1, 1, 1.5, 1, 1, 1, 1, 1] }, { x: [0, 1, 0.5, 1, 0, 0, 1, 0] }, /whole numbers, the binomial sizes/, {}],
    ['a constant count', 's ~ x + (1 | g)', poisson, { s: [2, 2, 2, 2, 2, 2, 2, 2] }, /'s' is 2 in every row/, { column: 's' }],
    ['a constant binary response', 'y ~ x + (1 | g)', {}, { y: [1, 1, 1, 1, 1, 1, 1, 1] }, /a success in every row/, { column: 'y' }],
    ['a constant factor response', 'y ~ x + (1 | g)', {}, { y: ['n', 'n', 'n', 'n', 'n', 'n', 'n', 'n'] }, /'n' in every row/, { column: 'y' }],
    ['no success at all', 'cbind(s, n) ~ x + (1 | g)', {}, { s: [0, 0, 0, 0, 0, 0, 0, 0] }, /a failure in every row/, {}],
    ['infinite values', 'y ~ x + (1 | g)', {}, { x: [1, 2, Infinity, 4, 5, 6, 7, 8] }, /'x' is infinite in row 3/, { column: 'x', row: 3 }],
    ['infinite results', 'y ~ log(x) + (1 | g)', {}, { x: [1, 2, 3, 0, 5, 6, 7, 8] }, /'log\(x\)' is infinite in row 4/, { column: 'log(x)', row: 4 }],
    ['undefined results', 'y ~ log(x) + (1 | g)', {}, {}, /'log\(x\)' is not a number in row 2/, { column: 'log(x)', row: 2 }],
    ['undefined offsets', 'y ~ x + (1 | g)', { offset: 'log(x)' }, {}, /'log\(x\)' is/, { column: 'log(x)' }],
    ['overflowing products', 'y ~ x:n + (1 | g)', {}, { x: [1e300, 1, 1, 1, 1, 1, 1, 2], n: [1e300, 1, 2, 1, 2, 1, 2, 1] }, /'x:n' is too large in row 1/, { row: 1 }],
    ['infinite x in poly', 'y ~ poly(x, 2) + (1 | g)', {}, { x: [1, 2, Infinity, 4, 5, 6, 7, 8] }, /'x' is infinite in row 3/, { row: 3 }],
    ['nothing but missing values in a column that a dot stands for', 'y ~ . + (1 | g)', {}, { x: [null, null, null, null, null, null, null, null] }, /drop 'x'/, {}],
    ['nothing but missing values', 'y ~ x + (1 | g)', {}, { x: [null, null, null, null, null, null, null, null] }, /every one of the 8 rows has a missing value.*drop 'x'/, {}],
    ['an empty subset', 'y ~ x + (1 | g)', { subset: 'x > 100' }, {}, /the subset leaves no rows/, {}],
    ['one level of the grouping factor', 'y ~ x + (1 | g)', { subset: 'g == 1' }, {}, /grouping factor 'g' has only one level \('1'\)/, { column: 'g' }],
    ['one level of a factor', 'y ~ period + (1 | g)', { subset: 'period == "b"' }, { y: [0, 1, 0, 1, 0, 0, 1, 0] }, /factor 'period' has only one level \('b'\)/, { column: 'period' }],
    ['negative weights', 'y ~ x + (1 | g)', { weights: 'x' }, {}, /the weight 'x' is -1 in row 2/, { column: 'x', row: 2 }],
    ['zero weights', 'y ~ x + (1 | g)', { weights: new Float64Array(8) }, {}, /zero in every row/, {}],
    ['weights that are not finite', 'y ~ x + (1 | g)', { weights: [1, 1, 1, NaN, 1, 1, 1, 1] }, {}, /weights is NaN in row 4/, { row: 4 }],
    ['infinite weights', 'y ~ x + (1 | g)', { weights: 'n' }, { n: [1, 1, Infinity, 1, 1, 1, 1, 1] }, /'n' is infinite in row 3/, { column: 'n', row: 3 }],
    ['infinite offsets', 'y ~ x + (1 | g)', { offset: [0, 0, 0, 0, 0, 0, 0, -Infinity] }, {}, /offset is -Infinity in row 8/, { row: 8 }],
    ['a column too poor for poly', 'y ~ poly(flag, 2) + (1 | g)', {}, {}, /2 distinct values, too few for poly\(flag, 2\)/, {}],
    ['scaling a constant', 'y ~ scale(x) + (1 | g)', {}, { x: [1, 1, 1, 1, 1, 1, 1, 1] }, /'x' is constant and cannot be scaled/, {}],
  ])('%s', (_, formula, options, changes, message, where) => {
    const error = refused(() => frame(formula, options, changes));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(message);
    expect(error).toMatchObject(where);
  });

  test('a factor with thousands of levels is no fixed effect', () => {
    const n = 5000;
    const table = fromColumns({ y: Array.from({ length: n }, (_, i) => i % 2), id: Array.from({ length: n }, (_, i) => `p${i}`), g: Array.from({ length: n }, (_, i) => i % 10) });
    expect(refused(() => buildModelFrame('y ~ id + (1 | g)', table, binomial)).message).toMatch(/'id' has 5000 levels.*\(1 \| id\)/);
    expect(buildModelFrame('y ~ 1 + (1 | id)', table, binomial).design.random[0]!.levels).toHaveLength(n);
  });
});

describe('formulas and options that make no sense', () => {
  test.each<[string, Partial<FrameOptions>, new (...args: never[]) => GlmmError, RegExp]>([
    ['y ~ sqr(x) + (1 | g)', {}, FormulaError, /unknown function 'sqr' at character 5 \(did you mean 'sqrt'\?\)/],
    ['y ~ 2 + (1 | g)', {}, FormulaError, /the number 2 has no meaning/],
    ['y ~ 1 * x + (1 | g)', {}, FormulaError, /'1' stands for no term that '\*' could combine/],
    ['y ~ x:(0 + 1) + (1 | g)', {}, FormulaError, /'\(0 \+ 1\)' stands for no term/],
    ['y ~ x^2.5 + (1 | g)', {}, FormulaError, /whole number from 1/],
    ['y ~ x + (1 | g) + (x | g)', {}, FormulaError, /'\(Intercept\)' of 'g' occurs in two terms/],
    ['y ~ x + (0 | g)', {}, FormulaError, /has no effect/],
    ['y ~ x + (. | g)', {}, FormulaError, /'\.' has a meaning in the fixed part only/],
    ['y ~ x + (offset(x) | g)', {}, FormulaError, /holds an offset/],
    ['y ~ c(1, 2) + (1 | g)', {}, FormulaError, /no variable/],
    ['y ~ I(period < "b") + (1 | g)', {}, FormulaError, /needs numbers or an ordered factor/],
    ['y ~ poly(x, 99) + (1 | g)', {}, FormulaError, /whole degree from 1 to 30/],
    ['y ~ poly(x, 2, rw = TRUE) + (1 | g)', {}, FormulaError, /no argument 'rw' left/],
    ['y ~ log() + (1 | g)', {}, FormulaError, /lacks its argument 'x'/],
    ['y ~ period + (1 | g)', { contrasts: { perod: 'sum' } }, OptionError, /did you mean 'period'/],
    ['y ~ period + (1 | g)', { contrasts: { period: 'helmet' as 'helmert' } }, OptionError, /unknown contrast 'helmet'.*did you mean 'helmert'/],
    ['y ~ x + (1 | g)', { contrasts: { x: 'sum' } }, OptionError, /holds numbers; type it factor/],
    ['y ~ x + (1 | g)', { subset: [true, false] }, OptionError, /2 flags, the data have 8 rows/],
    ['y ~ x + (1 | g)', { subset: [0, 8] }, OptionError, /row numbers are whole numbers from 0 to 7/],
    ['y ~ x + (1 | g)', { subset: 'x' }, DataError, /is no condition/],
    ['y ~ x + (1 | g)', { subset: 'x > ' }, FormulaError, /the subset ends too early/],
    ['y ~ x + (1 | g)', { offset: 'log(' }, FormulaError, /the offset ends too early/],
    ['y ~ x + (1 | g)', { weights: [1, 2] }, OptionError, /weights has 2 numbers, the data have 8 rows/],
    [`y ~ ${Array.from({ length: 40 }, (_, i) => `I(x + ${i})`).join(' * ')} + (1 | g)`, {}, FormulaError, /more than 10000 terms/],
  ])('%s %o', (formula, options, kind, message) => {
    const error = refused(() => frame(formula, options));
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });
});

describe('what is kept, counted and noted', () => {
  test('rows with missing values are counted only for columns that the model uses', () => {
    const changes = { x: [1, null, 3, 4, 5, 6, 7, 8], n: [null, 2, null, 4, 5, 6, 7, 8] };
    expect(frame('y ~ x + (1 | g)', {}, changes)).toMatchObject({ droppedRows: 1, excludedRows: 0, rows: Int32Array.of(0, 2, 3, 4, 5, 6, 7) });
    expect(frame('y ~ x + (1 | g)', { weights: 'n' }, changes)).toMatchObject({ droppedRows: 3 });
    expect(frame('y ~ x + (1 | g)', { subset: 'g > 1' }, changes)).toMatchObject({ droppedRows: 0, excludedRows: 2 });
    expect(frame('y ~ x + (1 | g)', {}, changes).notes).toContain('1 row with missing values left out');
    // Only what a variable evaluates to must be there.
    expect(frame('y ~ ifelse(is.na(x), 0, x) + (1 | g)', {}, changes).droppedRows).toBe(0);
    expect(frame('y ~ I(ifelse(x > 5, NA, x)) + (1 | g)', {}, changes).droppedRows).toBe(4);
  });

  test('na.action: refused with the place, or kept in mind', () => {
    const changes = { x: [1, null, 3, 4, null, 6, 7, 8] };
    const error = refused(() => frame('y ~ x + (1 | g)', { naAction: 'fail' }, changes));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ column: 'x', row: 2, message: /'x' is missing in row 2, and 1 more row has missing values/ });
    expect(frame('y ~ x + (1 | g)', { naAction: 'fail' }).droppedRows).toBe(0);
    expect(refused(() => frame('y ~ x + (1 | g)', { naAction: 'excluded' as never })).message).toMatch(/unknown naAction 'excluded'.*'exclude'/);
    expect(frame('y ~ x + (1 | g)', {}, changes).places).toBeNull();
    // Rows 2 and 5 of those that the subset keeps (2 … 8) are missing.
    const { places } = frame('y ~ x + (1 | g)', { naAction: 'exclude', subset: [1, 2, 3, 4, 5, 6, 7] }, changes);
    expect(places).toEqual({ of: 7, at: Int32Array.of(1, 2, 4, 5, 6) });
  });

  test('subset as flags, as row numbers, as a condition', () => {
    const rows = Int32Array.of(1, 2, 5, 6);
    for (const subset of [[false, true, true, false, false, true, true, false], [6, 5, 2, 1], 'x %in% c(-1, 2, 3, -2)', '(x == 2 | x == 3 | x < 0) & !is.na(x)']) {
      expect(frame('y ~ x + (1 | g)', { subset }).rows).toEqual(rows);
    }
    expect(frame('y ~ x + (1 | g)', { subset: 'h == "v" & period %in% c("a", "b") & flag != TRUE' }).rows).toEqual(Int32Array.of(4, 7));
  });

  test('a binary response as logical, factor, string, condition', () => {
    const flags = Float64Array.of(1, 0, 1, 1, 0, 0, 1, 0);
    expect(frame('flag ~ x + (1 | g)')).toMatchObject({ response: flags, responseKind: 'binary', successLevel: null });
    expect(frame('h ~ x + (1 | g)')).toMatchObject({ response: Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1), successLevel: 'v' });
    expect(frame('(period == "a") ~ x + (1 | g)').response).toEqual(Float64Array.of(1, 0, 0, 1, 0, 0, 1, 0));
    // A third level that no used row holds does not matter.
    expect(frame('period ~ x + (1 | g)', { subset: 'period != "c"' })).toMatchObject({ successLevel: 'b' });
  });

  test('prior weights of 0/1 responses: whole numbers are sizes as in R, others multiply the density', () => {
    const sizes = frame('y ~ x + (1 | g)', { weights: 'n' });
    expect(sizes).toMatchObject({ responseKind: 'proportion', response: Float64Array.of(0, 2, 0, 5, 1, 0, 3, 0) });
    expect(sizes.design).toMatchObject({ trials: Float64Array.of(3, 2, 4, 5, 1, 2, 3, 4), weights: null });
    const weights = Float64Array.of(0.5, 1, 1, 1, 1, 1, 1, 0);
    expect(frame('y ~ x + (1 | g)', { weights }).design).toMatchObject({ trials: null, weights });
    expect(frame('h ~ x + (1 | g)', { weights: 'n' }).design).toMatchObject({ trials: null, weights: Float64Array.of(3, 2, 4, 5, 1, 2, 3, 4) });
  });

  test('a row without trials stays with weight 0', () => {
    const found = frame('cbind(s, n - s) ~ x + (1 | g)', {}, { s: [0, 2, 0, 5, 0, 1, 3, 2], n: [0, 2, 4, 5, 1, 2, 3, 4] });
    expect(found.design.trials).toEqual(Float64Array.of(1, 2, 4, 5, 1, 2, 3, 4));
    expect(found.design.weights).toEqual(Float64Array.of(0, 1, 1, 1, 1, 1, 1, 1));
    expect(found.notes.join()).toMatch(/1 row has no trials/);
  });

  test('offsets add up, whatever they are given as', () => {
    const found = frame('s ~ offset(log(n)) + x + offset(x) + (1 | g)', { ...poisson, offset: 'n / 2' });
    expect(found.design.fixedNames).toEqual(['(Intercept)', 'x']);
    Array.from(found.design.offset!).forEach((value, i) => {
      const n = (base['n'] as number[])[i]!;
      expect(value).toBeCloseTo(Math.log(n) + (base['x'] as number[])[i]! + n / 2, 14);
    });
    expect(frame('s ~ x + (1 | g)', { ...poisson, offset: 'n' }).design.offset).toEqual(Float64Array.from(base['n'] as number[]));
  });

  test('columns with any name are ordinary columns', () => {
    const odd = { ['__proto__']: base['period']!, constructor: base['x']!, '<b>x</b>': base['n']!, 'a b': base['g']!, T: base['x']! };
    const table = fromColumns(new Map([...Object.entries(base), ...Object.entries(odd)]));
    const found = buildModelFrame('y ~ `__proto__` + constructor + `<b>x</b>` + T + (1 | `a b`)', table, { ...binomial, contrasts: { ['__proto__']: 'sum' } });
    expect(found.design.fixedNames).toEqual(['(Intercept)', '`__proto__`1', '`__proto__`2', 'constructor', '`<b>x</b>`']);
    expect(found.droppedColumns).toEqual(['T']);
    expect(Object.keys(found.factors)).toEqual(['`__proto__`']);
    expect(found.design.random[0]!.group).toBe('`a b`');
    expect(() => structuredClone(found)).not.toThrow();
  });

  test('levels that no used row holds are dropped and noted', () => {
    const table = fromColumns(base, { levels: { period: ['c', 'a', 'b', 'never'] } });
    const found = buildModelFrame('y ~ period + (1 | g)', table, { ...binomial, subset: 'period != "a"' });
    expect(found.design.fixedNames).toEqual(['(Intercept)', 'periodb']);
    expect(found.notes.join()).toMatch(/levels of 'period' that no row uses left out: a, never/);
  });

  test('a text column of the fixed effects that is mostly numbers is noted, and refused where it would be a factor of nearly every row', () => {
    const dose = ['1', '2', '1', '.', '2', '1', '2', '1'];
    expect(frame('y ~ dose + (1 | g)', {}, { dose }).notes.join()).toMatch(/'dose' holds text \('\.' in row 4\), so its 3 values are levels of a factor; if they are numbers, .*--missing/);
    const weight = ['1,100', '2,5', '3', '4', '5', '6', '7 %', '8'];
    expect(refused(() => frame('y ~ weight + (1 | g)', {}, { weight })).message).toMatch(/'weight' holds text \('1,100' in row 1\), which makes each of its 8 values a level.*--missing/);
    // Meant: typed, text all through, or words with a number among them.
    expect(buildModelFrame('y ~ dose + (1 | g)', fromColumns({ ...base, dose }, { types: { dose: 'factor' } }), binomial).notes).toEqual([]);
    expect(frame('y ~ dose + (1 | g)', {}, { dose: ['1', '2', '1', '3', '2', '1', '2', '3'] }).notes).toEqual([]);
    expect(frame('y ~ dose + (1 | g)', {}, { dose: ['low', 'high', '0', 'low', 'high', '0', 'low', 'high'] }).notes).toEqual([]);
  });

  test('dropped columns are noted, and a model may have no fixed effect', () => {
    expect(frame('y ~ x + I(2 * x) + (1 | g)').notes.join()).toMatch(/dropped because they are combinations of others: I\(2 \* x\)/);
    const none = frame('y ~ 0 + (1 | g)').design;
    expect(none.fixedNames).toEqual([]);
    expect(none.x).toHaveLength(0);
  });

  test('the response among the predictors is left out, as in R', () => {
    expect(frame('y ~ y + x + (1 | g)').design.fixedNames).toEqual(['(Intercept)', 'x']);
    expect(frame('y ~ . - s - n - period - h - flag + (1 | g)').design.fixedNames).toEqual(['(Intercept)', 'x']);
  });
});

describe('matrices of new data', () => {
  const found = frame('y ~ scale(x) + poly(n, 2) + period + I(x - mean(x)) + flag + (1 | g)', { subset: 'x > -2' });

  test('what was learnt from the first data is kept', () => {
    const table = fromColumns({ x: [0.5], n: [3], period: ['a'], flag: [true] });
    const row = modelMatrix(JSON.parse(JSON.stringify(found.fixedTerms)) as typeof found.fixedTerms, table);
    expect(row).toEqual(found.design.x.slice(0, found.design.fixedNames.length));
  });

  test('missing values give NaN where they enter', () => {
    const row = modelMatrix(found.fixedTerms, fromColumns({ x: [1, NaN], n: [3, 3], period: ['a', null], flag: [true, true] })).slice(found.design.fixedNames.length);
    expect(Array.from(row, Number.isNaN)).toEqual(found.design.fixedNames.map((name) => /x\)|period/.test(name)));
  });

  test('an unknown level, a missing column, text for numbers', () => {
    const good = { x: [1, 2], n: [3, 4], period: ['a', 'b'], flag: [true, false] };
    expect(refused(() => modelMatrix(found.fixedTerms, fromColumns({ ...good, period: ['a', 'z'] })))).toMatchObject({
      column: 'period', row: 2, message: expect.stringMatching(/'period' has level 'z' in row 2.*levels are a, b, c/) as string,
    });
    expect(refused(() => modelMatrix(found.fixedTerms, fromColumns({ x: [1], n: [1], flag: [true] }))).message).toMatch(/no column 'period'/);
    expect(refused(() => modelMatrix(found.fixedTerms, fromColumns({ ...good, x: ['a', 'b'] }))).message).toMatch(/'x' holds text/);
  });

  test('numbers may stand for the levels they spell', () => {
    const fit = buildModelFrame('y ~ factor(g) + (1 | h)', fromColumns(base), binomial);
    const expected = fit.design.x.slice(2 * fit.design.fixedNames.length, 3 * fit.design.fixedNames.length);
    expect(modelMatrix(fit.fixedTerms, fromColumns({ g: [2] }))).toEqual(expected);
    expect(modelMatrix(fit.fixedTerms, fromColumns({ g: ['2'] }))).toEqual(expected);
  });
});
