/** Formulas against lme4 and R: answers made by scripts/reference/formula-cases.R. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildModelFrame } from '../../src/formula/build-model-frame.js';
import type { ContrastName, FrameOptions, ModelFrame } from '../../src/formula/model-frame.js';
import { modelMatrix } from '../../src/formula/model-matrix.js';
import type { RandomTerm } from '../../src/model/design.js';
import { readCsv } from '../../src/table/csv.js';
import type { ColumnType } from '../../src/table/retype.js';
import type { Column, Table } from '../../src/table/table.js';

interface Sums {
  readonly sum: number;
  readonly squares: number;
  readonly ramp: number;
}

interface Case {
  readonly data: string;
  readonly formula: string;
  readonly family?: 'binomial' | 'poisson';
  readonly types?: Record<string, ColumnType>;
  readonly levels?: Record<string, string[]>;
  readonly contrasts?: Record<string, ContrastName>;
  readonly subset?: string;
  readonly weights?: string;
  readonly keep?: string[];
  readonly holes?: { readonly columns: string[]; readonly step: number };
  readonly nobs: number;
  readonly columns: string[];
  readonly dropped: string[];
  readonly first: number[];
  readonly last: number[];
  readonly sums: Sums[];
  readonly response: Sums[];
  readonly weightSum: number | null;
  readonly offset: Sums | null;
  readonly rowsUsed: number;
  readonly random: {
    readonly group: string;
    readonly names: string[];
    readonly nlevels: number;
    readonly firstLevels: string[];
    readonly lastLevels: string[];
    readonly indexSum: number;
    readonly columns: Sums[];
  }[];
}

const fixtures = new URL('../fixtures/formula/', import.meta.url);
const { cases } = JSON.parse(readFileSync(new URL('cases.json', fixtures), 'utf8')) as { cases: Case[] };

function holed(column: Column, offset: number, step: number): Column {
  if (column.kind === 'numeric') return { ...column, values: column.values.map((v, i) => (i % step === offset ? NaN : v)) };
  return { ...column, codes: column.codes.map((code, i) => (i % step === offset ? -1 : code)) };
}

function tableOf(item: Case): Table {
  const { types, levels } = item;
  const table = readCsv(readFileSync(new URL(`data/${item.data}.csv`, fixtures)), {
    ...(types === undefined ? {} : { types }), ...(levels === undefined ? {} : { levels }),
  });
  const columns = new Map(table.columns);
  for (const name of table.columns.keys()) if (item.keep !== undefined && !item.keep.includes(name)) columns.delete(name);
  item.holes?.columns.forEach((name, j) => columns.set(name, holed(columns.get(name)!, j, item.holes!.step)));
  return { nrow: table.nrow, columns };
}

function rowsOf(table: Table, rows: Int32Array): Table {
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) columns.set(name, cutTo(column, rows));
  return { nrow: rows.length, columns };
}

function cutTo(column: Column, rows: Int32Array): Column {
  if (column.kind === 'numeric') return { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) };
  return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) };
}

function optionsOf({ family = 'binomial', contrasts, subset, weights }: Case): FrameOptions {
  return {
    family,
    link: family === 'poisson' ? 'log' : 'logit',
    ...(contrasts === undefined ? {} : { contrasts }),
    ...(subset === undefined ? {} : { subset }),
    ...(weights === undefined ? {} : { weights }),
  };
}

function sumsOf(matrix: Float64Array, width: number): Sums[] {
  const nrow = width === 0 ? 0 : matrix.length / width;
  return Array.from({ length: width }, (_, j) => {
    let sum = 0;
    let squares = 0;
    let ramp = 0;
    for (let i = 0; i < nrow; i++) {
      const value = matrix[i * width + j]!;
      sum += value;
      squares += value * value;
      ramp += value * (i + 1);
    }
    return { sum, squares, ramp: ramp / nrow };
  });
}

/** Sums over up to 1,934 rows; R writes 15 digits. `scale` is the size of what cancels. */
function expectClose(actual: number, expected: number, scale: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(expected), scale));
}

function expectSums(actual: readonly Sums[], expected: readonly Sums[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((column, j) => {
    const wanted = expected[j]!;
    const scale = Math.sqrt(wanted.squares * 2000);
    expectClose(column.sum, wanted.sum, scale);
    expectClose(column.squares, wanted.squares, 0);
    expectClose(column.ramp, wanted.ramp, scale);
  });
}

/** lme4 sorts terms by number of levels; we keep the order of the formula. */
function termKey(group: string, names: readonly string[]): string {
  return JSON.stringify([group, names]);
}

describe.each(cases.map((item, i) => ({ item, title: `${i + 1} ${item.data}: ${item.formula} ${item.subset ?? ''}` })))('$title', ({ item }) => {
  const table = tableOf(item);
  const frame: ModelFrame = buildModelFrame(item.formula, table, optionsOf(item));
  const { design } = frame;

  test('rows', () => {
    expect(design.nobs).toBe(item.nobs);
    expect(frame.rows.reduce((sum, row) => sum + row + 1, 0)).toBe(item.rowsUsed);
    expect(frame.droppedRows + frame.excludedRows + design.nobs).toBe(table.nrow);
  });

  test('fixed effects', () => {
    const p = item.columns.length;
    expect(design.fixedNames).toEqual(item.columns);
    expect([...frame.droppedColumns].sort()).toEqual([...item.dropped].sort());
    item.first.forEach((value, j) => expectClose(design.x[j]!, value, 1));
    item.last.forEach((value, j) => expectClose(design.x[(design.nobs - 1) * p + j]!, value, 1));
    expectSums(sumsOf(design.x, p), item.sums);
  });

  test('the matrix of the same data as new data', () => {
    // Every third of the rows used: what scale() and poly() learnt must not be learnt again.
    const rows = frame.rows.filter((_, i) => i % 3 === 0);
    const again = modelMatrix(structuredClone(frame.fixedTerms), rowsOf(table, rows));
    const p = item.columns.length;
    const wanted = design.x.filter((_, at) => Math.floor(at / p) % 3 === 0);
    expect(again).toEqual(wanted);
  });

  test('response, weights and offset', () => {
    if (item.response.length === 2) {
      const failures = design.trials!.map((size, i) => size - frame.response[i]!);
      expectSums([...sumsOf(frame.response, 1), ...sumsOf(failures, 1)], item.response);
    } else if (frame.responseKind === 'proportion') {
      expectSums(sumsOf(frame.response.map((y, i) => y / design.trials![i]!), 1), item.response);
      expect(design.trials!.reduce((a, b) => a + b, 0)).toBe(item.weightSum);
    } else {
      expectSums(sumsOf(frame.response, 1), item.response);
      expect(design.weights === null ? null : design.weights.reduce((a, b) => a + b, 0)).toBe(item.weightSum);
    }
    if (item.offset === null) expect(design.offset).toBeNull();
    else expectSums(sumsOf(design.offset!, 1), [item.offset]);
  });

  test('random terms', () => {
    const ours = new Map<string, RandomTerm>(design.random.map((term) => [termKey(term.group, term.names), term]));
    expect([...ours.keys()].sort()).toEqual(item.random.map((term) => termKey(term.group, term.names)).sort());
    for (const wanted of item.random) {
      const term = ours.get(termKey(wanted.group, wanted.names))!;
      expect(term.levels).toHaveLength(wanted.nlevels);
      expect(term.levels.slice(0, 5)).toEqual(wanted.firstLevels);
      expect(term.levels.slice(-3)).toEqual(wanted.lastLevels);
      expectClose(term.index.reduce((sum, level, i) => sum + (level * (i + 1)) / design.nobs, 0), wanted.indexSum, 0);
      expectSums(sumsOf(term.z, term.names.length), wanted.columns);
    }
  });
});
