/** Columns of numbers and strings as the bytes of a Parquet file. */
import type { ParquetWriteOptions } from 'hyparquet-writer';

/** A column without missing values: a `Float64Array` for DOUBLE, an `Int32Array` for INT32, strings for STRING. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: 'DOUBLE' | 'INT32' | 'STRING';
  readonly data: Float64Array | Int32Array | readonly string[];
}

/** Rows that a reader has to decode at a time. */
export const ROW_GROUP = 2 ** 16;

/** @param metadata key-value pairs of the file's footer */
export async function parquetBytes(columns: readonly ParquetColumn[], metadata: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  return new Uint8Array(parquetWriteBuffer({
    columnData: columns.map((column) => ({ ...column, nullable: false })) as ParquetWriteOptions['columnData'],
    rowGroupSize: ROW_GROUP,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  }));
}
