/** Reading Parquet bytes. */
// hyparquet: a complete Parquet reader without dependencies that runs in browsers too (Snappy built in).
import { type FileMetaData, parquetMetadata, parquetRead } from 'hyparquet';
import { DataError } from '../errors.js';
import { type ColumnInput, fromColumns } from './from-values.js';
import type { TypeOptions } from './retype.js';
import type { Table } from './table.js';

/** The reader looks every column up among all that it reads: of thousands it takes some at a time. */
const AT_ONCE = 256;

/** Reads a Parquet file (uncompressed or Snappy). Columns must be flat. Throws DataError when the bytes cannot be read. */
export async function readParquet(bytes: ArrayBuffer | Uint8Array, options: TypeOptions = {}): Promise<Table> {
  const buffer = toArrayBuffer(bytes);
  const columns = new Map<string, ColumnInput>();
  try {
    const metadata = parquetMetadata(buffer);
    const nrow = Number(metadata.num_rows);
    for (const group of metadata.row_groups) {
      for (const column of group.columns) {
        const path = column.meta_data?.path_in_schema;
        if (path === undefined) continue;
        if (path.length !== 1) throw new DataError(`column '${path[0]!}' is nested; only flat columns can be read`, { column: path[0]! });
        if (!columns.has(path[0]!)) columns.set(path[0]!, new Array<null>(nrow).fill(null));
      }
    }
    for (let first = 0; first < columns.size; first += AT_ONCE) {
      await parquetRead({
        file: buffer,
        metadata: withColumns(metadata, first, Math.min(AT_ONCE, columns.size - first)),
        onChunk: ({ columnName, columnData, rowStart }) => {
          const target = columns.get(columnName) as unknown[];
          for (let i = 0; i < columnData.length; i++) target[rowStart + i] = columnData[i];
        },
      });
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    // What the reader says of damaged bytes is about itself, not about the file.
    throw new DataError('the file is damaged, compressed in a way that cannot be read, or not in Parquet format; write it again with Snappy or no compression');
  }
  return fromColumns(columns, options);
}

/** Some columns of a file of flat ones, as a file of them alone. */
function withColumns(metadata: FileMetaData, first: number, count: number): FileMetaData {
  const [root, ...columns] = metadata.schema;
  return {
    ...metadata, schema: [{ ...root!, num_children: count }, ...columns.slice(first, first + count)],
    row_groups: metadata.row_groups.map((group) => ({ ...group, columns: group.columns.slice(first, first + count) })),
  };
}

function toArrayBuffer(bytes: ArrayBuffer | Uint8Array): ArrayBuffer {
  if (bytes instanceof ArrayBuffer) return bytes;
  if (bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer) return bytes.buffer;
  return bytes.slice().buffer;
}
