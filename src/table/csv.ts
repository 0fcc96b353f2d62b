/** Reading CSV text. One pass over the text in pieces; a second one only when a column that began with numbers turns out to hold text. */
// papaparse: the usual CSV parser in browsers and Node; it cuts the text into fields, everything else is decided here.
import Papa from 'papaparse';
import { DataError, OptionError } from '../errors.js';
import { decodeText } from './decode-text.js';
import { compareText, orderLevels } from './level-order.js';
import { isMissingText, parseBoolean, parseNumber } from './parse-number.js';
import { type TypeOptions, askedType, checkTypeOptions, relevel, retypeColumn } from './retype.js';
import type { Column, FactorColumn, Table } from './table.js';

export interface CsvOptions extends TypeOptions {
  /** One character; by default comma, tab, semicolon or |, the first of them that occurs in the header. */
  readonly delimiter?: string;
  /** Texts that stand for a missing value, besides the empty field and `NA`: `['.', '-999']`. */
  readonly missing?: readonly string[];
}

/** What other programs have to be told of a CSV file. */
export interface CsvDialect {
  readonly delimiter: string;
  readonly decimal: '.' | ',';
  /** Lines before the header. */
  readonly skip: number;
}

/** Characters parsed at a time: bounds the memory held in field objects. */
const PIECE = 1 << 21;

/**
 * Reads CSV text or bytes (UTF-8, UTF-16, else Windows-1252) with a header line; columns without a name, such as R's row names, are left out.
 *
 * A field that is empty, `NA` or among `missing` is missing. A column becomes boolean when its values spell logicals (`TRUE`, `T`, `true`, `True` and their opposites), numeric when all are
 * numbers, else strings with their levels in English alphabetical order. Columns typed `factor` take their levels from the text (numbers
 * in numeric order) unless `levels` gives the order. Whole numbers beyond 2^53 are read as text, for as numbers some of them would coincide.
 * Between semicolons numbers may have decimal commas, all of the file or none. Blank lines are skipped; line ends may be LF, CRLF or CR.
 * Throws DataError naming the row (1-based, the header not counted) or column at fault.
 */
export function readCsv(input: string | Uint8Array, options: CsvOptions = {}): Table {
  const { text, announced } = withoutAnnouncement(normalise(typeof input === 'string' ? input : decodeText(input)));
  if (text.trim() === '') throw new DataError('the file is empty; it needs a header line and data rows');
  const delimiter = options.delimiter ?? announced ?? guessDelimiter(text);
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
  let readers: (ColumnReader | null)[] = [];
  let row = 0;
  const style: CellStyle = { missing: new Set(options.missing?.map((one) => one.trim())), commas: delimiter === ';' };
  const onRows = (rows: readonly string[][], errors: readonly Papa.ParseError[]) => {
    const quoteError = errors.find((error) => error.type === 'Quotes');
    if (quoteError !== undefined) {
      const at = row + (quoteError.row ?? 0) + (names === undefined ? 0 : 1);
      throw new DataError(`a quoted field is not closed or is followed by text near row ${Math.max(at, 1)}; double the quotes inside quoted fields, and put a comma, tab, semicolon or | between fields`, { row: Math.max(at, 1) });
    }
    for (const fields of rows) {
      if (fields.length === 1 && fields[0] === '') continue;
      if (names === undefined) {
        names = checkHeader(fields);
        checkTypeOptions(names.filter((name) => name !== ''), options);
        readers = names.map((name, i) => (name === '' ? null : new ColumnReader(name, capacity, options, style, asText.has(i))));
        continue;
      }
      row++;
      if (fields.length !== names.length) {
        throw new DataError(fieldCount(fields, names, row), { row });
      }
      for (let j = 0; j < fields.length; j++) readers[j]?.add(fields[j]!, row - 1);
    }
  };
  parsePieces(text, {
    delimiter,
    newline: '\n',
    chunkSize: PIECE,
    chunk: (results) => onRows(results.data, results.errors),
  });
  if (names === undefined || row === 0) throw new DataError('the file has a header but no data rows');
  const turnedText = readers.flatMap((reader, i) => (reader?.turnedText === true ? [i] : []));
  const columns = new Map<string, Column>();
  if (turnedText.length === 0) {
    const named = readers.filter((reader) => reader !== null);
    checkDecimals(named);
    for (const reader of named) columns.set(reader.name, reader.finish(row));
  }
  return { table: { nrow: row, columns }, turnedText };
}

/** How the cells of a file are written. */
interface CellStyle {
  readonly missing: ReadonlySet<string>;
  /** Whether numbers may have decimal commas. */
  readonly commas: boolean;
}

/** A number with a decimal comma; nothing else may be in it that could be a decimal mark. */
const DECIMAL_COMMA = /^\s*[+-]?\d*,\d+(e[+-]?\d+)?\s*$/i;
/** Longer whole numbers may be beyond 2^53. */
const SAFE_DIGITS = 15;

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
  readonly #style: CellStyle;
  /** Rows (from 1) of the first decimal point and the first decimal comma; 0 without. */
  readonly decimalRows = { point: 0, comma: 0 };

  constructor(name: string, capacity: number, options: TypeOptions, style: CellStyle, asText: boolean) {
    this.name = name;
    this.#capacity = capacity;
    this.#asked = askedType(name, options);
    this.#style = style;
    this.#asText = asText;
  }

  add(text: string, index: number): void {
    if (isMissingText(text) || (this.#style.missing.size > 0 && this.#style.missing.has(text.trim()))) return;
    if (this.#state === 'undecided') this.#decide(text);
    if (this.#state === 'numeric') {
      const value = this.#number(text) ?? this.#logicalNumber(text);
      if (this.#style.commas && value !== undefined) this.#noteDecimal(text, index + 1);
      if (value !== undefined) this.#values[index] = value;
      else if (this.#asked.type === 'numeric') {
        const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
        throw new DataError(`column '${this.name}', row ${index + 1}: '${shown}' is no number, but the column is typed numeric; correct it, or type the column factor`, { column: this.name, row: index + 1 });
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

  #number(text: string): number | undefined {
    const value = parseNumber(text);
    if (value === undefined) return this.#style.commas && DECIMAL_COMMA.test(text) ? parseNumber(text.replace(',', '.')) : undefined;
    // Identifiers of 16 digits and more that are no longer told apart as numbers.
    return text.length > SAFE_DIGITS && Number.isInteger(value) && !Number.isSafeInteger(value) && this.#asked.type !== 'numeric' && /^\s*[+-]?\d+\s*$/.test(text) ? undefined : value;
  }

  #noteDecimal(text: string, row: number): void {
    if (this.decimalRows.point === 0 && text.includes('.')) this.decimalRows.point = row;
    if (this.decimalRows.comma === 0 && text.includes(',')) this.decimalRows.comma = row;
  }

  /** Logicals in a column typed numeric count as 1 and 0. */
  #logicalNumber(text: string): number | undefined {
    const value = this.#asked.type === 'numeric' ? parseBoolean(text) : undefined;
    return value === undefined ? undefined : Number(value);
  }

  #decide(text: string): void {
    const type = this.#asked.type;
    const numeric = type === 'numeric' || (type === undefined && !this.#asText && this.#number(text) !== undefined);
    this.#state = numeric ? 'numeric' : 'text';
    if (numeric) this.#values = new Float64Array(this.#capacity).fill(NaN);
    else this.#codes = new Int32Array(this.#capacity).fill(-1);
  }
}

function trim<T extends Float64Array | Int32Array>(values: T, length: number): T {
  return (values.length === length ? values : values.slice(0, length)) as T;
}

/** Names of the columns; empty where the header has none. */
function checkHeader(fields: readonly string[]): string[] {
  const names = fields.map((field) => field.trim());
  const seen = new Set<string>();
  for (const name of names) {
    if (name === '') continue;
    if (seen.has(name)) throw new DataError(`two columns are called '${name}'; give each column its own name`, { column: name });
    seen.add(name);
  }
  if (seen.size === 0) throw new DataError('the header names no column; its first line must hold the names of the columns');
  return names;
}

function fieldCount(fields: readonly string[], names: readonly string[], row: number): string {
  const shown = names.length === 1 ? ` ('${names[0]!.slice(0, 40)}')` : '';
  const remedy = fields.length === names.length + 1 && row === 1 ? "; every row needs one value per column (R's write.table: row.names = FALSE)" : '; every row needs one value per column';
  return `row ${row} has ${fields.length} field${fields.length === 1 ? '' : 's'}, the header has ${names.length}${shown}${remedy}`;
}

/** A point in one number and a comma in another: one of them separates thousands, and nobody can say which. */
function checkDecimals(readers: readonly ColumnReader[]): void {
  const point = readers.find(({ decimalRows }) => decimalRows.point > 0);
  const comma = readers.find(({ decimalRows }) => decimalRows.comma > 0);
  if (point === undefined || comma === undefined) return;
  throw new DataError(
    `column '${point.name}' has a decimal point in row ${point.decimalRows.point}, column '${comma.name}' a decimal comma in row ${comma.decimalRows.comma}; use one of them throughout, or type the column that holds no numbers string`,
    { column: comma.name, row: comma.decimalRows.comma },
  );
}

function normalise(text: string): string {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.includes('\r') ? body.replace(/\r\n?/g, '\n') : body;
}

/** Excel's first line `sep=;` is no header but says what separates the fields. */
function withoutAnnouncement(text: string): { text: string; announced: string | undefined } {
  const match = /^\s*"?sep=(.)"?[^\S\n]*\n/i.exec(text);
  return match === null ? { text, announced: undefined } : { text: text.slice(match[0].length), announced: match[1] };
}

function guessDelimiter(text: string): string {
  const start = text.search(/\S/);
  const end = text.indexOf('\n', start);
  const header = text.slice(start, end < 0 ? text.length : end).replace(/"[^"]*"/g, '');
  return [',', '\t', ';', '|'].find((candidate) => header.includes(candidate)) ?? ',';
}

/** The dialect of a file, by its start. */
export function csvDialect(bytes: Uint8Array): CsvDialect {
  const { text, announced } = withoutAnnouncement(normalise(decodeText(bytes.subarray(0, PIECE))));
  const delimiter = announced ?? guessDelimiter(text);
  return { delimiter, decimal: delimiter === ';' && /(?:^|[;\n])"?[+-]?\d*,\d+"?(?=[;\n]|$)/.test(text) ? ',' : '.', skip: announced === undefined ? 0 : 1 };
}

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
