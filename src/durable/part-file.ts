/**
 * Parts of a study as Parquet files. A part's name holds its range and the checksum of its bytes, so that one renaming publishes all of it;
 * its footer holds the study it belongs to.
 */
import { type KeyValue, asyncBufferFromFile, parquetMetadata, parquetMetadataAsync, parquetRead } from 'hyparquet';
import type { Range } from '../fit/batch-ranges.js';
import type { BackendReport } from '../objective/backend.js';
import type { ColumnValues, StudyColumn, StudyPart } from '../studies/study.js';
import { parquetBytes } from '../table/write-parquet.js';
import { sha256 } from './identity.js';

/** What a part says of itself. */
export interface PartLabel extends Range {
  readonly study: string;
  readonly backend: BackendReport;
  readonly seconds: number;
}

const NAME = /^(\d{12})-(\d{12})-([0-9a-f]{32})\.parquet$/;
const DIGITS = 12;
const CHECKSUM = 32;

/** Name and bytes of a part. @param study the id of its study */
export async function encodePart(study: string, columns: readonly StudyColumn[], part: StudyPart): Promise<{ name: string; bytes: Uint8Array }> {
  const { from, to, backend, seconds } = part;
  const data = columns.map((column, j) => ({ ...column, data: part.columns[j]! }));
  const bytes = await parquetBytes(data, { glmmgpu_part: JSON.stringify({ study, from, to, backend, seconds } satisfies PartLabel) });
  return { name: partName({ from, to }, bytes), bytes };
}

function partName({ from, to }: Range, bytes: Uint8Array): string {
  const digits = (replicate: number): string => String(replicate).padStart(DIGITS, '0');
  return `${digits(from)}-${digits(to)}-${sha256(bytes).slice(0, CHECKSUM)}.parquet`;
}

/** What a part says of itself, or, in words, why it cannot be used: it is damaged, or of another study. */
export function checkPart(study: string, name: string, bytes: Uint8Array): PartLabel | string {
  const match = NAME.exec(name);
  if (match === null) return 'is no part of a study';
  if (sha256(bytes).slice(0, CHECKSUM) !== match[3]) return 'is damaged: its checksum differs';
  let label: PartLabel;
  try {
    const footer = parquetMetadata(arrayBuffer(bytes)).key_value_metadata as KeyValue[];
    label = JSON.parse(footer.find(({ key }) => key === 'glmmgpu_part')!.value!) as PartLabel;
  } catch {
    return 'is no part of a study';
  }
  if (label.study !== study) return 'belongs to another study';
  return label.from === Number(match[1]) && label.to === Number(match[2]) ? label : 'holds other replicates than its name says';
}

/** Columns of a Parquet file that a study has written, one row group after the other. */
export async function* readColumns(path: string, columns: readonly StudyColumn[]): AsyncGenerator<ColumnValues[]> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let first = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rows = Number(num_rows);
    const begin = first;
    const values = new Map(columns.map(({ name, type }) => [name, emptyColumn(type, rows)]));
    await parquetRead({
      file, metadata, columns: columns.map(({ name }) => name), rowStart: begin, rowEnd: begin + rows,
      onChunk: ({ columnName, columnData, rowStart }) => {
        const target = values.get(columnName)! as unknown[];
        for (let i = 0; i < columnData.length; i++) target[rowStart - begin + i] = columnData[i];
      },
    });
    yield [...values.values()];
    first += rows;
  }
}

function emptyColumn(type: StudyColumn['type'], rows: number): ColumnValues {
  return type === 'DOUBLE' ? new Float64Array(rows) : type === 'INT32' ? new Int32Array(rows) : new Array<string>(rows);
}

function arrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}
