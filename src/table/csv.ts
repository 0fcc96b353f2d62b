/** Reading CSV text. One pass over the text in pieces; a second one only when a column that began with numbers turns out to hold text. */
// papaparse: the usual CSV parser in browsers and Node; it cuts the text into fields, everything else is decided here.
import Papa from 'papaparse';
import { DataError, OptionError } from '../errors.js';
import { compareText, orderLevels } from './level-order.js';
import { isMissingText, parseBoolean, parseNumber } from './parse-number.js';
import { type TypeOptions, askedType, checkTypeOptions, relevel, retypeColumn } from './retype.js';
import type { Column, FactorColumn, Table } from './table.js';

export interface CsvOptions extends TypeOptions {
  /** One character; by default comma, tab or semicolon, the first of them that occurs in the header. */
  readonly delimiter?: string;
}

/** Characters parsed at a time: bounds the memory held in field objects. */
const PIECE = 1 << 21;

/**
 * Reads CSV text or UTF-8/UTF-16 bytes with a header line.
 *
 * A field that is empty or `NA` is missing. A column becomes boolean when its values spell logicals (`TRUE`, `T`, `true`, `True` and their opposites), numeric when all are
 * numbers, else strings with their levels in English alphabetical order. Columns typed `factor` take their levels from the text (numbers
 * in numeric order) unless `levels` gives the order. Blank lines are skipped; line ends may be LF, CRLF or CR.
 * Throws DataError naming the row (1-based, the header not counted) or column at fault.
 */
export function readCsv(input: string | Uint8Array, options: CsvOptions = {}): Table {
  const text = normalise(typeof input === 'string' ? input : decode(input));
  if (text.trim() === '') throw new DataError('the file is empty; it needs a header line and data rows');
  const delimiter = options.delimiter ?? guessDelimiter(text);
  if (delimiter.length !== 1 || '"\n\r\uFEFF'.includes(delimiter)) {
    throw new OptionError(`the delimiter must be one character other than a quote or line end, not ${JSON.stringify(delimiter)}`);
  }
  const capacity = countLines(text);
  const asText = new Set<number>();
  for (;;) {
    const pass = readPass(text, delimiter, capacity, options, asText);
    if (pass.turnedText.length === 0) return pass.table;
    for (const index of pass.turnedText) asText.add(index);
  }
}

/** `Papa.parse` of a string in pieces runs to its end before it returns; its types know `chunk` only for files. */
const parsePieces = Papa.parse as unknown as (
  text: string,
  config: { delimiter: string; newline: string; chunkSize: number; chunk: (results: Papa.ParseResult<string[]>) => void },
) => void;

interface Pass {
  readonly table: Table;
  /** Columns taken for numbers that hold text after all. */
  readonly turnedText: readonly number[];
}

function readPass(text: string, delimiter: string, capacity: number, options: CsvOptions, asText: ReadonlySet<number>): Pass {
  let names: string[] | undefined;
  let readers: ColumnReader[] = [];
  let row = 0;
  const onRows = (rows: readonly string[][], errors: readonly Papa.ParseError[]) => {
    const quoteError = errors.find((error) => error.type === 'Quotes');
    if (quoteError !== undefined) {
      const at = row + (quoteError.row ?? 0) + (names === undefined ? 0 : 1);
      throw new DataError(`a quoted field is not closed or is followed by text near row ${Math.max(at, 1)}; double the quotes inside quoted fields`, { row: Math.max(at, 1) });
    }
    for (const fields of rows) {
      if (fields.length === 1 && fields[0] === '') continue;
      if (names === undefined) {
        names = checkHeader(fields);
        checkTypeOptions(names, options);
        readers = names.map((name, i) => new ColumnReader(name, capacity, options, asText.has(i)));
        continue;
      }
      row++;
      if (fields.length !== names.length) {
        throw new DataError(`row ${row} has ${fields.length} field${fields.length === 1 ? '' : 's'}, the header has ${names.length}; every row needs one value per column`, { row });
      }
      for (let j = 0; j < fields.length; j++) readers[j]!.add(fields[j]!, row - 1);
    }
  };
  parsePieces(text, {
    delimiter,
    newline: '\n',
    chunkSize: PIECE,
    chunk: (results) => onRows(results.data, results.errors),
  });
  if (names === undefined || row === 0) throw new DataError('the file has a header but no data rows');
  const turnedText = readers.flatMap((reader, i) => (reader.turnedText ? [i] : []));
  const columns = new Map<string, Column>();
  if (turnedText.length === 0) for (const reader of readers) columns.set(reader.name, reader.finish(row));
  return { table: { nrow: row, columns }, turnedText };
}

/** Takes the fields of one column as they come and decides on its type as late as it can. */
class ColumnReader {
  readonly name: string;
  turnedText = false;
  #state: 'undecided' | 'numeric' | 'text' = 'undecided';
  #values = new Float64Array(0);
  #codes = new Int32Array(0);
  readonly #codeOf = new Map<string, number>();
  readonly #capacity: number;
  readonly #asked: ReturnType<typeof askedType>;
  readonly #asText: boolean;

  constructor(name: string, capacity: number, options: TypeOptions, asText: boolean) {
    this.name = name;
    this.#capacity = capacity;
    this.#asked = askedType(name, options);
    this.#asText = asText;
  }

  add(text: string, index: number): void {
    if (isMissingText(text)) return;
    if (this.#state === 'undecided') this.#decide(text);
    if (this.#state === 'numeric') {
      const value = parseNumber(text) ?? this.#logicalNumber(text);
      if (value !== undefined) this.#values[index] = value;
      else if (this.#asked.type === 'numeric') {
        const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
        throw new DataError(`column '${this.name}', row ${index + 1}: '${shown}' is no number, but the column is typed numeric`, { column: this.name, row: index + 1 });
      } else this.turnedText = true;
      return;
    }
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.#codeOf.size;
      this.#codeOf.set(text, code);
    }
    this.#codes[index] = code;
  }

  finish(nrow: number): Column {
    const { type, levels } = this.#asked;
    if (this.#state === 'undecided') {
      const empty: Column = { kind: 'numeric', values: new Float64Array(nrow).fill(NaN) };
      return type === undefined ? empty : retypeColumn(this.name, empty, type, levels);
    }
    if (this.#state === 'numeric') return { kind: 'numeric', values: trim(this.#values, nrow) };
    // Written out and read again so that a level does not keep the whole text of the file in memory, of which it is a slice.
    const texts = JSON.parse(JSON.stringify([...this.#codeOf.keys()])) as string[];
    const raw: FactorColumn = { kind: 'factor', source: 'string', ordered: false, levels: texts, codes: trim(this.#codes, nrow) };
    if (type === 'factor' || type === 'ordered') {
      // The column may have been numbers in writing, which R would put in numeric order.
      return retypeColumn(this.name, relevel(raw, orderLevels(texts), { source: 'factor', ordered: false }), type, levels);
    }
    if (type !== undefined) return retypeColumn(this.name, raw, type, levels);
    if (texts.every((label) => parseBoolean(label) !== undefined)) return retypeColumn(this.name, raw, 'boolean');
    return relevel(raw, [...texts].sort(compareText), { source: 'string', ordered: false });
  }

  /** Logicals in a column typed numeric count as 1 and 0. */
  #logicalNumber(text: string): number | undefined {
    const value = this.#asked.type === 'numeric' ? parseBoolean(text) : undefined;
    return value === undefined ? undefined : Number(value);
  }

  #decide(text: string): void {
    const type = this.#asked.type;
    const numeric = type === 'numeric' || (type === undefined && !this.#asText && parseNumber(text) !== undefined);
    this.#state = numeric ? 'numeric' : 'text';
    if (numeric) this.#values = new Float64Array(this.#capacity).fill(NaN);
    else this.#codes = new Int32Array(this.#capacity).fill(-1);
  }
}

function trim<T extends Float64Array | Int32Array>(values: T, length: number): T {
  return (values.length === length ? values : values.slice(0, length)) as T;
}

function checkHeader(fields: readonly string[]): string[] {
  const names = fields.map((field) => field.trim());
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (name === '') {
      throw new DataError(`column ${i + 1} has no name in the header; name it (R's write.csv needs row.names = FALSE)`);
    }
    if (seen.has(name)) throw new DataError(`two columns are called '${name}'; give each column its own name`, { column: name });
    seen.add(name);
  });
  return names;
}

function decode(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
  try {
    return new TextDecoder(utf16 ?? 'utf-8').decode(bytes);
  } catch {
    // Engines limit the length of a string to about half a gigabyte.
    throw new DataError(`the file is too large to be read as text (${Math.round(bytes.length / 1e6)} MB); write it as Parquet`);
  }
}

function normalise(text: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

function guessDelimiter(text: string): string {
  const start = text.search(/\S/);
  const end = text.indexOf('\n', start);
  const header = text.slice(start, end < 0 ? text.length : end).replace(/"[^"]*"/g, '');
  return [',', '\t', ';'].find((candidate) => header.includes(candidate)) ?? ',';
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
