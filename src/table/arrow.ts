/** Reading Arrow IPC bytes (file or stream format). */
// flechette: a small, fast Arrow reader and writer that runs in browsers too.
import { Type, tableFromIPC, type Column as ArrowColumn, type DataType } from '@uwdata/flechette';
import { DataError } from '../errors.js';
import { type ColumnInput, fromColumns } from './from-values.js';
import type { TypeOptions } from './retype.js';
import type { FactorColumn, Table } from './table.js';

/**
 * Reads an uncompressed Arrow file or stream. A dictionary column of strings becomes a factor whose levels keep the order of the
 * dictionary (as R's factors are written); give `levels` where the dictionary is only an encoding.
 * Throws DataError when the bytes cannot be read.
 */
export function readArrow(bytes: ArrayBuffer | Uint8Array, options: TypeOptions = {}): Table {
  const columns = new Map<string, ColumnInput>();
  try {
    const table = tableFromIPC(bytes, { useBigInt: true, useDate: true });
    table.names.forEach((name, i) => {
      if (columns.has(name)) throw new DataError(`two columns are called '${name}'; give each column its own name`, { column: name });
      const column = table.getChildAt<unknown>(i);
      columns.set(name, dictionaryColumn(column) ?? plainValues(column));
    });
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw notArrow();
  }
  // Foreign bytes may look like an empty stream.
  if (columns.size === 0) throw notArrow();
  return fromColumns(columns, options);
}

/** What the reader says of damaged bytes is about itself, not about the file. */
function notArrow(): DataError {
  return new DataError('the file is damaged, compressed or not in Arrow format; write it again without compression, as an Arrow file or stream');
}

/** Typed arrays have no place for missing values, so a column with some is read value by value. */
function plainValues(column: ArrowColumn<unknown>): ColumnInput {
  if (column.nullCount === 0) return column.toArray() as ColumnInput;
  return Array.from(column) as ColumnInput;
}

interface DictionaryPart {
  readonly length: number;
  readonly dictionary: ArrowColumn<string>;
  key(index: number): number;
  at(index: number): unknown;
}

function dictionaryColumn(column: ArrowColumn<unknown>): FactorColumn | undefined {
  const type = column.type as DataType & { ordered?: boolean; dictionary?: DataType };
  if (type.typeId !== Type.Dictionary) return undefined;
  const valueType = type.dictionary?.typeId;
  if (valueType !== Type.Utf8 && valueType !== Type.LargeUtf8 && valueType !== Type.Utf8View) return undefined;
  const levels: string[] = [];
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(column.length).fill(-1);
  let start = 0;
  for (const part of column.data as unknown as readonly DictionaryPart[]) {
    // Batches may come with dictionaries of their own; a level keeps the place of its first occurrence.
    const map = Array.from(part.dictionary, (level) => {
      if (level === null) return -1;
      let code = codeOf.get(level);
      if (code === undefined) {
        code = levels.push(level) - 1;
        codeOf.set(level, code);
      }
      return code;
    });
    for (let i = 0; i < part.length; i++) {
      if (part.at(i) !== null) codes[start + i] = map[part.key(i)] ?? -1;
    }
    start += part.length;
  }
  return { kind: 'factor', source: 'factor', ordered: type.ordered === true, levels, codes };
}
