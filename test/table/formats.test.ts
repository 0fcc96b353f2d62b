/** Parquet, Arrow and values in memory. */
import { columnFromArray, dictionary, field, float64, int64, tableFromArrays, tableFromColumns, tableToIPC, utf8 } from '@uwdata/flechette';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { DataError, GlmmError } from '../../src/errors.js';
import { readArrow } from '../../src/table/arrow.js';
import { fromColumns, fromRows, toTable } from '../../src/table/from-values.js';
import { readParquet } from '../../src/table/parquet.js';
import { guessFormat, readTable } from '../../src/table/read-table.js';
import { retype } from '../../src/table/retype.js';
import type { Table } from '../../src/table/table.js';

const big = 9_007_199_254_740_993n;

function numeric(...values: number[]) {
  return { kind: 'numeric', values: Float64Array.from(values) };
}

function factor(source: 'string' | 'boolean' | 'factor', levels: string[], ...codes: number[]) {
  return { kind: 'factor', source, ordered: false, levels, codes: Int32Array.from(codes) };
}

function expectColumns(table: Table, wanted: Record<string, unknown>): void {
  expect([...table.columns.keys()]).toEqual(Object.keys(wanted));
  for (const [name, column] of Object.entries(wanted)) expect(table.columns.get(name), name).toEqual(column);
}

describe('Parquet', () => {
  const bytes = new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: 'x', data: [1.5, NaN, 3], type: 'DOUBLE' },
      { name: 'n', data: [1n, null, 3n], type: 'INT64' },
      { name: 'id', data: [big, big - 1n, big], type: 'INT64' },
      { name: 's', data: ['b', 'B', null], type: 'STRING' },
      { name: 'l', data: [true, false, null], type: 'BOOLEAN' },
      { name: 'i', data: [7, 8, 9], type: 'INT32' },
      { name: '__proto__', data: [1, 2, 3], type: 'INT32' },
    ],
    rowGroupSize: 2,
  }));

  test('all column types, nulls, and integers no double can hold', async () => {
    const wanted = {
      x: numeric(1.5, NaN, 3), n: numeric(1, NaN, 3), id: factor('factor', [String(big - 1n), String(big)], 1, 0, 1),
      s: factor('string', ['b', 'B'], 0, 1, -1), l: factor('boolean', ['FALSE', 'TRUE'], 1, 0, -1), i: numeric(7, 8, 9),
      ['__proto__']: numeric(1, 2, 3),
    };
    expectColumns(await readParquet(bytes), wanted);
    // A view into a larger buffer.
    const padded = new Uint8Array(bytes.length + 10);
    padded.set(bytes, 5);
    expectColumns(await readTable(padded.subarray(5, 5 + bytes.length), 'parquet'), wanted);
    expect(guessFormat('data.csv', bytes)).toBe('parquet');
  });

  test('types apply as for CSV', async () => {
    const table = await readParquet(bytes, { types: { i: 'factor' }, levels: { s: ['B', 'b'] } });
    expect(table.columns.get('i')).toEqual(factor('factor', ['7', '8', '9'], 0, 1, 2));
    expect(table.columns.get('s')).toEqual(factor('factor', ['B', 'b'], 1, 0, -1));
  });

  test('hundreds of columns of both kinds in several row groups', async () => {
    const names = Array.from({ length: 600 }, (_, j) => `c${j}`);
    const columnData = names.map((name, j) => (j % 2 === 0
      ? { name, type: 'DOUBLE' as const, data: Float64Array.of(j, j + 0.5, -j) }
      : { name, type: 'STRING' as const, data: [`a${j}`, `b${j}`, `a${j}`] }));
    const table = await readParquet(new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 2 })));
    expect([...table.columns.keys()]).toEqual(names);
    names.forEach((name, j) => { expect(table.columns.get(name)).toEqual(j % 2 === 0 ? numeric(j, j + 0.5, -j) : factor('string', [`a${j}`, `b${j}`], 0, 1, 0)); });
  });

  test('bytes that are no Parquet file', async () => {
    for (const bad of [new Uint8Array(0), new Uint8Array(100), bytes.subarray(0, bytes.length >> 1), new TextEncoder().encode('a,b\n1,2')]) {
      await expect(readTable(bad, 'parquet')).rejects.toBeInstanceOf(DataError);
    }
  });
});

describe('Arrow', () => {
  test.each(['file', 'stream'] as const)('%s format: types, nulls, dictionaries', (format) => {
    const table = tableFromColumns({
      x: columnFromArray([1.5, null, 3], float64()),
      n: columnFromArray([1n, null, 3n], int64()),
      id: columnFromArray([big, big - 1n, big], int64()),
      d: columnFromArray(['z', 'a', 'z'], dictionary(utf8())),
      dn: columnFromArray(['z', null, 'a'], dictionary(utf8())),
      s: columnFromArray(['b', null, 'B'], utf8()),
      l: columnFromArray([true, null, false]),
    });
    const bytes = tableToIPC(table, { format })!;
    const read = readArrow(bytes);
    expectColumns(read, {
      x: numeric(1.5, NaN, 3), n: numeric(1, NaN, 3), id: factor('factor', [String(big - 1n), String(big)], 1, 0, 1),
      d: factor('factor', ['z', 'a'], 0, 1, 0), dn: factor('factor', ['z', 'a'], 0, -1, 1),
      s: factor('string', ['b', 'B'], 0, -1, 1), l: factor('boolean', ['FALSE', 'TRUE'], 1, -1, 0),
    });
    expect(guessFormat('x', bytes)).toBe('arrow');
  });

  test('ordered dictionaries stay ordered', () => {
    const table = tableFromColumns({ o: columnFromArray(['lo', 'hi'], dictionary(utf8(), undefined, true)) });
    expect(field('o', table.schema.fields[0]!.type).type).toMatchObject({ ordered: true });
    expect(readArrow(tableToIPC(table, {})!).columns.get('o')).toMatchObject({ ordered: true, levels: ['lo', 'hi'] });
  });

  test('bytes that are no Arrow file', () => {
    const good = tableToIPC(tableFromArrays({ a: [1, 2] }), { format: 'file' })!;
    for (const bad of [new Uint8Array(40).fill(65), good.subarray(0, 20), new TextEncoder().encode('ARROW1 but no more')]) {
      expect(() => readArrow(bad)).toThrow(DataError);
    }
  });

  test('formats are guessed by content, then by name', () => {
    const none = new TextEncoder().encode('a,b\n');
    expect(guessFormat('a.PARQUET', none)).toBe('parquet');
    expect(guessFormat('a.feather', none)).toBe('arrow');
    expect(guessFormat('arrow', none)).toBe('csv');
    expect(guessFormat('a.txt', new Uint8Array(0))).toBe('csv');
  });
});

describe('values in memory', () => {
  test('rows: all keys, in order of appearance, missing where a row lacks them', () => {
    const rows = [{ a: 1, s: 'y' }, { a: null, s: 'x', z: true }, JSON.parse('{"a": 3, "__proto__": 5}') as { a: number }];
    expectColumns(fromRows(rows), {
      a: numeric(1, NaN, 3), s: factor('string', ['x', 'y'], 1, 0, -1), z: factor('boolean', ['FALSE', 'TRUE'], -1, 1, -1), ['__proto__']: numeric(NaN, NaN, 5),
    });
  });

  test('columns: typed arrays, BigInt, dates, column objects, Map, tables', () => {
    const own = { kind: 'factor', source: 'factor', ordered: true, levels: ['u', 'v'], codes: Int32Array.of(1, 0) } as const;
    const wanted = {
      f: numeric(0.5, 1.5), i: numeric(1, 2), b: numeric(4, 5), d: numeric(1, 1.5), own, mixedBig: factor('factor', ['2', String(big)], 0, 1), none: numeric(NaN, NaN),
    };
    const columns = {
      f: Float32Array.of(0.5, 1.5), i: Int8Array.of(1, 2), b: BigInt64Array.of(4n, 5n), d: [new Date(86_400_000), new Date(129_600_000)], own, mixedBig: [2, big], none: [null, undefined],
    };
    expectColumns(fromColumns(columns), wanted);
    expectColumns(toTable(new Map(Object.entries(columns))), wanted);
    const table = toTable(columns);
    expect(toTable(table)).toBe(table);
    expectColumns(toTable([{ a: 1 }, { a: 2 }]), { a: numeric(1, 2) });
  });

  test('rows that come one by one: generators, tables of other libraries', () => {
    function* generated() { yield { a: 1 }; yield { a: 2 }; }
    const arrow = tableFromArrays({ a: [1, 2] });
    for (const rows of [generated(), new Set([{ a: 1 }, { a: 2 }]), arrow]) expectColumns(toTable(rows), { a: numeric(1, 2) });
  });

  test('retype shares the rules of the readers', () => {
    const table = fromColumns({ id: [10, 9, 10], s: ['1', '2', '10'], l: [true, false, null] });
    const typed = retype(table, { types: { id: 'factor', s: 'numeric', l: 'numeric' } });
    expectColumns(typed, { id: factor('factor', ['9', '10'], 1, 0, 1), s: numeric(1, 2, 10), l: numeric(1, 0, NaN) });
    expect(retype(table, {})).toBe(table);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['no rows', () => fromRows([]), /no rows/],
    ['no columns', () => fromColumns({}), /no columns/],
    ['empty columns', () => fromColumns({ a: [] }), /no rows/],
    ['unequal lengths', () => fromColumns({ a: [1, 2], b: [1] }), /'b' has 1 values/],
    ['mixed types', () => fromColumns({ a: [1, 'x'] }), /'a' mixes numbers and text \(row 2\)/],
    ['objects as cells', () => fromColumns({ a: [1, {} as unknown as number] }), /row 2 holds an object/],
    ['no array', () => fromColumns({ a: 3 as unknown as number[] }), /'a' is a number/],
    ['a row that is no object', () => fromRows([{ a: 1 }, 3 as unknown as { a: number }]), /row 2/],
    ['nothing', () => toTable(null as unknown as []), /null/],
    ['a promise', () => toTable(Promise.resolve([]) as unknown as []), /the data are a promise; await it first/],
  ])('%s is refused', (_, run, message) => {
    expect(run).toThrow(GlmmError);
    expect(run).toThrow(message);
  });
});
