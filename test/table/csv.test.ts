import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { DataError, GlmmError, OptionError } from '../../src/errors.js';
import { csvDialect, readCsv } from '../../src/table/csv.js';
import { levelLabel } from '../../src/table/number-label.js';
import type { ColumnType } from '../../src/table/retype.js';
import type { Column, Table } from '../../src/table/table.js';

/** Values as text, null where missing. */
function texts(column: Column): (string | null)[] {
  return column.kind === 'numeric'
    ? Array.from(column.values, (v) => (Number.isNaN(v) ? null : levelLabel(v)))
    : Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!));
}

function column(table: Table, name: string): Column {
  const found = table.columns.get(name);
  if (found === undefined) throw new Error(`no column ${name}`);
  return found;
}

function levels(found: Column): readonly string[] {
  return found.kind === 'factor' ? found.levels : [];
}

function thrown(run: () => unknown): GlmmError {
  try {
    run();
  } catch (error) {
    if (error instanceof GlmmError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('types are inferred as R infers them (scripts/reference/formula-pieces.R)', () => {
  const fixtures = new URL('../fixtures/table/', import.meta.url);
  const reference = JSON.parse(readFileSync(new URL('inference.json', fixtures), 'utf8')) as Record<
    string, { class: 'numeric' | 'character' | 'logical'; values: (string | null)[]; levels: string[] }
  >;
  const table = readCsv(readFileSync(new URL('inference.csv', fixtures)));

  test.each(Object.entries(reference))('%s', (name, wanted) => {
    const found = column(table, name);
    // R calls a column without any value logical; here it is numeric, which every use of it treats alike.
    if (wanted.values.every((v) => v === null)) {
      expect(found.kind).toBe('numeric');
    } else {
      expect(found.kind === 'numeric' ? 'numeric' : found.source === 'boolean' ? 'logical' : 'character').toBe(wanted.class);
      expect(levels(found)).toEqual(wanted.levels);
    }
    // A number that is NaN in the file is missing here.
    expect(texts(found)).toEqual(wanted.values.map((v) => (v === 'NaN' || v === null ? null : v)));
  });
});

describe('what a file may look like', () => {
  test('BOM, CRLF, CR, quotes, blank lines, missing last line end', () => {
    const plain = readCsv('a,b\n1,x\n2,y\n');
    for (const text of ['\uFEFFa,b\r\n1,x\r\n\r\n2,y\r\n', 'a,b\r1,x\r2,y', '"a","b"\n"1","x"\n2,"y"', ' a , b\n1,x\n2,y\n\n']) {
      expect(readCsv(text)).toEqual(plain);
    }
    const bytes = new TextEncoder().encode('\uFEFFa,b\n1,x\n2,y\n');
    expect(readCsv(bytes)).toEqual(plain);
    const utf16 = new Uint8Array(Buffer.from('\uFEFFa,b\n1,x\n2,y\n', 'utf16le'));
    expect(readCsv(utf16)).toEqual(plain);
  });

  test('line ends, delimiters and quotes inside quotes', () => {
    const table = readCsv('a,b\n"x\ny","p, q"\n"say ""hi""",r\n');
    expect(texts(column(table, 'a'))).toEqual(['x\ny', 'say "hi"']);
    expect(texts(column(table, 'b'))).toEqual(['p, q', 'r']);
  });

  test('the delimiter is comma, tab, semicolon or |, or as asked', () => {
    for (const delimiter of [',', '\t', ';', '|']) expect([...readCsv(`a${delimiter}b\n1${delimiter}2`).columns.keys()]).toEqual(['a', 'b']);
    expect([...readCsv('"x;y",b\n1,2').columns.keys()]).toEqual(['x;y', 'b']);
    expect([...readCsv('a:b\n1:2', { delimiter: ':' }).columns.keys()]).toEqual(['a', 'b']);
    expect(readCsv('sep=;\na;b\n1;2')).toEqual(readCsv('a,b\n1,2'));
    expect(thrown(() => readCsv('a\n1', { delimiter: '||' }))).toBeInstanceOf(OptionError);
  });

  test('bytes that are no UTF-8 are Windows-1252, so that names stay apart; binary files are refused', () => {
    const latin = Uint8Array.from('g\nM\xfcller\nM\xf6ller\n', (char) => char.charCodeAt(0));
    expect(levels(column(readCsv(latin), 'g'))).toEqual(['Möller', 'Müller']);
    for (const [start, message] of [[[0x1f, 0x8b, 8], /gzip/], [[0x50, 0x4b, 3, 4], /ZIP/], [[65, 0, 66, 10], /binary/]] as const) {
      expect(thrown(() => readCsv(Uint8Array.from(start))).message).toMatch(message);
    }
  });

  test('columns without a name are left out', () => {
    const plain = readCsv('a,b\n1,x\n2,y\n');
    expect(readCsv('"",a,b\n"1",1,x\n"2",2,y\n')).toEqual(plain);
    expect(readCsv('a,b,\n1,x,\n2,y,\n', { types: { b: 'string' } })).toEqual(plain);
  });

  test('decimal commas between semicolons', () => {
    expect(readCsv('a;b;c\n0,5;x;1\n-1,25e2;"1,2,3";,5\n')).toEqual(readCsv('a|b|c\n0.5|x|1\n-125|1,2,3|0.5\n'));
    // Between commas they would be a thousand.
    expect(column(readCsv('a,b\n"1,500",2\n'), 'a')).toMatchObject({ kind: 'factor', levels: ['1,500'] });
    expect(column(readCsv('a;b\n1.5;0,5\n', { types: { a: 'string' } }), 'b')).toMatchObject({ values: Float64Array.of(0.5) });
  });

  test('the dialect for other programs', () => {
    const dialect = (text: string) => csvDialect(new TextEncoder().encode(text));
    expect(dialect('a;b\nx;1,5\n')).toEqual({ delimiter: ';', decimal: ',', skip: 0 });
    expect(dialect('sep=;\na;b\n"1,2,3";1.5\n')).toEqual({ delimiter: ';', decimal: '.', skip: 1 });
    expect(dialect('a\tb\n1,5\t2\n')).toEqual({ delimiter: '\t', decimal: '.', skip: 0 });
  });

  test('whole numbers beyond 2^53 stay apart', () => {
    expect(levels(column(readCsv('id\n9007199254740992\n9007199254740993\n12\n'), 'id'))).toHaveLength(3);
    expect(column(readCsv('id\n9007199254740991\n123456789012345678.5\n1e300\n'), 'id').kind).toBe('numeric');
    expect(column(readCsv('id\n9007199254740993\n', { types: { id: 'numeric' } }), 'id').kind).toBe('numeric');
  });

  test('texts that stand for a missing value', () => {
    const wanted = readCsv('a,b\n1,x\nNA,\n3,y\n');
    expect(readCsv('a,b\n1,x\n . ,-999\n3,y\n', { missing: ['.', '-999'] })).toEqual(wanted);
  });

  test('a column that turns out to be text late in the file is text from its start', () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i},${i % 5}`);
    const table = readCsv(`a,b\n${rows.join('\n')}\n0x,7\n`);
    const found = column(table, 'a');
    expect(found).toMatchObject({ kind: 'factor', source: 'string' });
    expect(texts(found).slice(0, 3)).toEqual(['0', '1', '2']);
    expect(column(table, 'b').kind).toBe('numeric');
  });

  test('a file of many pieces is read as one (fields and quotes lie across the cuts)', () => {
    const long = 'x'.repeat(1000);
    const rows = Array.from({ length: 6000 }, (_, i) => `${i},"${long}, ""${i % 3}""\n"`);
    const table = readCsv(`a,b\n${rows.join('\n')}\n`);
    expect(table.nrow).toBe(6000);
    expect((column(table, 'a') as { values: Float64Array }).values).toEqual(Float64Array.from({ length: 6000 }, (_, i) => i));
    expect(levels(column(table, 'b'))).toEqual([0, 1, 2].map((k) => `${long}, "${k}"\n`));
  });

  test('names such as __proto__ and markup are ordinary', () => {
    const table = readCsv('__proto__,constructor,<b>x</b>,toString\n1,a,2,TRUE\n3,b,4,FALSE\n', { types: Object.fromEntries<ColumnType>([['__proto__', 'factor'], ['constructor', 'ordered']]) });
    expect([...table.columns.keys()]).toEqual(['__proto__', 'constructor', '<b>x</b>', 'toString']);
    expect(column(table, '__proto__')).toMatchObject({ kind: 'factor', levels: ['1', '3'] });
    expect(column(table, 'constructor')).toMatchObject({ kind: 'factor', ordered: true });
    expect(column(table, 'toString')).toMatchObject({ source: 'boolean' });
  });
});

describe('types and levels', () => {
  test('a factor written as numbers has its levels in numeric order, with the text as label', () => {
    const table = readCsv('p\n10\n9\n1.50\n007\n', { types: { p: 'factor' } });
    expect(levels(column(table, 'p'))).toEqual(['1.50', '007', '9', '10']);
  });

  test('levels give the order and make a factor; ordered stays ordered', () => {
    expect(column(readCsv('p\na\nb\nc\n', { levels: { p: ['c', 'a', 'b'] } }), 'p')).toEqual({
      kind: 'factor', source: 'factor', ordered: false, levels: ['c', 'a', 'b'], codes: Int32Array.of(1, 2, 0),
    });
    const ordered = column(readCsv('p\n1.0\n2\n', { types: { p: 'ordered' }, levels: { p: ['2', '1', 'never'] } }), 'p');
    expect(ordered).toMatchObject({ ordered: true, levels: ['2', '1', 'never'], codes: Int32Array.of(1, 0) });
  });

  test('numeric, string and boolean', () => {
    const table = readCsv('a,b,c\n1,1,TRUE\n0,2,FALSE\nNA,,T\n', { types: { a: 'boolean', b: 'string', c: 'numeric' } });
    expect(column(table, 'a')).toMatchObject({ source: 'boolean', codes: Int32Array.of(1, 0, -1) });
    expect(column(table, 'b')).toMatchObject({ source: 'string', levels: ['1', '2'] });
    expect(column(table, 'c')).toEqual({ kind: 'numeric', values: Float64Array.of(1, 0, 1) });
  });
});

describe('bad files are refused in one line that names the place', () => {
  test.each<[string, string, Parameters<typeof readCsv>[1], RegExp, { row?: number; column?: string }]>([
    ['an empty file', '', {}, /empty/, {}],
    ['a file of blanks', '\uFEFF \n\n', {}, /empty/, {}],
    ['no data rows', 'a,b\n', {}, /no data rows/, {}],
    ['too few fields', 'a,b\n1,2\n3\n', {}, /row 2 has 1 field, the header has 2/, { row: 2 }],
    ['too many fields', 'a,b\n1,2\n\n3,4,5\n', {}, /row 2 has 3 fields, the header has 2/, { row: 2 }],
    ['duplicate headers', 'a,b,a\n1,2,3\n', {}, /two columns are called 'a'/, { column: 'a' }],
    ['a header without names', ',,\n1,2,3\n', {}, /the header names no column/, {}],
    ['a comment for a header', '# by hand\na,b\n1,2\n', {}, /row 1 has 2 fields, the header has 1 \('# by hand'\)/, { row: 1 }],
    ['row names without a header', 'a,b\n1,2,3\n', {}, /row\.names = FALSE/, { row: 1 }],
    ['blanks between fields', '"a" "b"\n"x" 1\n', {}, /put a comma, tab, semicolon or \|/, {}],
    ['decimal points and commas', 'a;b\n1;0,5\n1.5;2\n', {}, /column 'a' has a decimal point in row 2, column 'b' a decimal comma in row 1/, { column: 'b' }],
    ['an unclosed quote', 'a,b\n1,2\n"3,4\n', {}, /quoted field/, {}],
    ['an unknown column in types', 'period\n1\n', { types: { perod: 'factor' } }, /column 'perod'.*did you mean 'period'/, { column: 'perod' }],
    ['an unknown column in levels', 'period\n1\n', { levels: { q: ['1'] } }, /column 'q'/, { column: 'q' }],
    ['a value that is no level', 'p\na\nb\n', { levels: { p: ['a'] } }, /row 2: value 'b' is not among the levels/, { row: 2, column: 'p' }],
    ['text typed numeric', 'p\n1\nb\n', { types: { p: 'numeric' } }, /row 2: 'b' is no number/, { row: 2, column: 'p' }],
    ['text typed boolean', 'p\nTRUE\nmaybe\n', { types: { p: 'boolean' } }, /row 2: 'maybe' is neither/, { row: 2, column: 'p' }],
  ])('%s', (_, text, options, message, where) => {
    const error = thrown(() => readCsv(text, options));
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
    expect(error).toMatchObject(where);
  });

  test('an unknown type, levels named twice, levels of numbers', () => {
    for (const options of [{ types: { a: 'facto' as 'factor' } }, { levels: { a: ['1', '1'] } }, { levels: { a: [] } }, { types: { a: 'numeric' as const }, levels: { a: ['1'] } }]) {
      expect(thrown(() => readCsv('a\n1\n', options))).toBeInstanceOf(OptionError);
    }
    expect(thrown(() => readCsv('a\n1\n', { types: { a: 'facto' as 'factor' } })).message).toContain("did you mean 'factor'");
  });
});

describe('properties', () => {
  const cell = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 6 }), fc.constantFrom('a', '"', ',', '\n', 'x\r\ny', ' ', 'NA ', '0b1', 'é', '1e5'));

  test('what papaparse writes is read back cell by cell', () => {
    fc.assert(fc.property(
      fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }).filter((s) => s.trim() === s && s !== '' && !s.includes('\uFEFF')), { minLength: 2, maxLength: 4 }),
      fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      (names, rows, newline) => {
        const data = rows.map((row) => row.slice(0, names.length));
        const text = Papa.unparse({ fields: names, data }, { newline, quotes: true });
        const types = Object.fromEntries(names.map((name) => [name, 'string' as const]));
        const table = readCsv(text, { types, delimiter: ',' });
        names.forEach((name, j) => {
          // Line ends are normalised, blank cells and NA are missing.
          const wanted = data.map((row) => row[j]!.replace(/\r\n?/g, '\n')).map((v) => (v.trim() === '' || v.trim() === 'NA' ? null : v));
          expect(texts(column(table, name.replace(/\r\n?/g, '\n')))).toEqual(wanted);
        });
      },
    ), { numRuns: 200 });
  });

  test('any text gives a table or a GlmmError', () => {
    const piece = fc.oneof(fc.constantFrom(',', '\n', '\r', '"', '""', 'a', '1', 'NA', '\t', ';', '\uFEFF', '__proto__', '\0', 'TRUE', '-', 'Inf'), fc.string({ maxLength: 3 }));
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        const table = readCsv(pieces.join(''));
        for (const found of table.columns.values()) expect(found.kind === 'numeric' ? found.values.length : found.codes.length).toBe(table.nrow);
      } catch (error) {
        expect(error).toBeInstanceOf(GlmmError);
        expect((error as Error).message).not.toContain('\n');
      }
    }), { numRuns: 500 });
  });
});
