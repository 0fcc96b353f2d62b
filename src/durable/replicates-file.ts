/** The results of a study as one Parquet file, whose bytes depend on the results alone: not on parts, threads or machines. */
import type { FileHandle } from 'node:fs/promises';
import type { ColumnSource } from 'hyparquet-writer';
import type { ColumnValues, StudyColumn } from '../studies/study.js';
import { joinColumn } from '../studies/memory-store.js';
import { ROW_GROUP } from '../table/write-parquet.js';

/**
 * Writes pieces of a table, in the order they come; no more than a piece and a row group are in memory.
 * @param metadata key-value pairs of the footer
 */
export async function writeReplicates(
  file: FileHandle, columns: readonly StudyColumn[], pieces: AsyncIterable<readonly ColumnValues[]>, metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import('hyparquet-writer');
  const sources = (values: readonly ColumnValues[]): ColumnSource[] =>
    columns.map((column, j) => ({ ...column, nullable: false, data: values[j] as ColumnSource['data'] }));
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({
    writer, schema: schemaFromColumnData({ columnData: sources(columns.map(() => [])) }),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  const drain = async (): Promise<void> => {
    await file.writeFile(writer.getBytes());
    writer.index = 0;
  };
  const group = async (values: readonly ColumnValues[]): Promise<void> => {
    await parquet.write({ columnData: sources(values), rowGroupSize: ROW_GROUP });
    await drain();
  };
  let waiting: readonly ColumnValues[] = columns.map(() => []);
  for await (const piece of pieces) {
    waiting = waiting.map((values, j) => (values.length === 0 ? piece[j]! : joinColumn([values, piece[j]!])));
    const whole = waiting[0]!.length - (waiting[0]!.length % ROW_GROUP);
    for (let row = 0; row < whole; row += ROW_GROUP) await group(waiting.map((values) => values.slice(row, row + ROW_GROUP)));
    waiting = waiting.map((values) => values.slice(whole));
  }
  if (waiting[0]!.length > 0) await group(waiting);
  await parquet.finish();
  await drain();
}
