/** One entry for all file formats. */
import { checkOptionNames, inWords } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import closestName from '../names.js';
import { readArrow } from './arrow.js';
import { type CsvOptions, readCsv } from './csv.js';
import { readParquet } from './parquet.js';
import type { Table } from './table.js';

/** File formats of tables. */
export type TableFormat = 'csv' | 'parquet' | 'arrow';

const FORMATS: readonly TableFormat[] = ['csv', 'parquet', 'arrow'];

/** Reads the bytes of a file in the given format. Throws DataError when they cannot be read as that. */
export async function readTable(bytes: Uint8Array, format: TableFormat, options: CsvOptions = {}): Promise<Table> {
  if (!ArrayBuffer.isView(bytes)) throw new OptionError(`readTable needs the bytes of a file as a Uint8Array, not ${inWords(bytes)}; readFile without an encoding gives them, in a page new Uint8Array(await file.arrayBuffer())`);
  checkOptionNames(options, { types: true, levels: true, delimiter: true, missing: true } satisfies Record<keyof CsvOptions, true>, 'readTable');
  if (bytes.length === 0) throw new DataError('the file is empty; it needs a header line and data rows');
  switch (format) {
    case 'csv': return readCsv(bytes, options);
    case 'parquet': return readParquet(bytes, options);
    case 'arrow': return readArrow(bytes, options);
    default: throw new OptionError(`unknown table format '${String(format satisfies never)}'; use ${FORMATS.join(', ')}${closestName(String(format), FORMATS)}`);
  }
}

/** The format of a file: by its first bytes where they tell (Parquet, Arrow files), else by the extension of its name, else CSV. */
export function guessFormat(name: string, bytes: Uint8Array): TableFormat {
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (magic.startsWith('PAR1')) return 'parquet';
  if (magic === 'ARROW1') return 'arrow';
  // A stream starts with the continuation marker of its first message.
  if (bytes.length >= 8 && bytes[0] === 0xff && bytes[1] === 0xff && bytes[2] === 0xff && bytes[3] === 0xff) return 'arrow';
  const extension = /\.([^./\\]+)$/.exec(name.toLowerCase())?.[1];
  switch (extension) {
    case 'parquet': case 'pq': return 'parquet';
    case 'arrow': case 'feather': case 'arrows': case 'ipc': return 'arrow';
    default: return 'csv';
  }
}
