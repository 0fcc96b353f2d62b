/** Files of a model and its studies. */
import { GlmmError, augment, modelReport, saveModel } from '../../index.js';
import { type CsvRow, csvText, rowsOfColumns } from '../../report/csv-text.js';
import { jsonText } from '../../report/intervals-table.js';
import { ranefTable } from '../../prediction/ranef-table.js';
import { type ParquetColumn, parquetBytes } from '../../table/write-parquet.js';
import type { FileView, Requests } from '../messages.js';
import { type KeptModel, keptModel } from './session.js';

/** Makes the content of a file when it is asked for. */
export type StudyFile = () => FileView['content'] | Promise<FileView['content']>;

const TYPES: Readonly<Record<string, string>> = { csv: 'text/csv', json: 'application/json', html: 'text/html', parquet: 'application/vnd.apache.parquet' };

/** Files every model has. */
const OF_MODEL: Readonly<Record<string, (model: KeptModel) => FileView['content'] | Promise<FileView['content']>>> = {
  'coefficients.csv': ({ fit, level }) => spreadsheetCsv(fit.coefficients(level).map((row) => ({ ...row }))),
  'modes.csv': ({ fit, level }) => spreadsheetCsv(modeRows(fit, level)),
  'modes.parquet': ({ fit, level }) => rowsParquet(modeRows(fit, level)),
  'rows.csv': ({ fit }) => spreadsheetCsv(rowsOfColumns(augment(fit))),
  'rows.parquet': ({ fit }) => rowsParquet(rowsOfColumns(augment(fit))),
  'fit.json': ({ fit }) => jsonText(fit.toJSON()),
  'model.json': ({ fit }) => saveModel(fit),
  'model.html': ({ fit, dataName }) => modelReport(fit, { dataName }),
};

const modeRows = (fit: KeptModel['fit'], level: number): CsvRow[] => ranefTable(fit, level).map((row) => ({ ...row }));

export async function file({ model, name }: Requests['file']['ask']): Promise<FileView> {
  const kept = keptModel(model);
  const make = kept.files.get(name) ?? (() => (Object.hasOwn(OF_MODEL, name) ? OF_MODEL[name]!(kept) : missing(name)));
  return { name, type: TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream', content: await make() };
}

function missing(name: string): never {
  throw new GlmmError(`there is no file '${name}' yet; run its study first`);
}

/** CSV whose texts no spreadsheet program takes for a formula: an apostrophe stands before those that begin like one. */
export function spreadsheetCsv(rows: readonly CsvRow[]): string {
  return csvText(rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [harmless(name), typeof value === 'string' ? harmless(value) : value]))));
}

function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
}

/** Rows as a Parquet file; whole columns of numbers or of texts. */
export function rowsParquet(rows: readonly CsvRow[]): Promise<Uint8Array> {
  const names = Object.keys(rows[0] ?? {});
  return parquetBytes(names.map((name): ParquetColumn => {
    const values = rows.map((row) => row[name]!);
    return values.every((value) => typeof value === 'number')
      ? { name, type: 'DOUBLE', data: Float64Array.from(values) } : { name, type: 'STRING', data: values.map((value) => String(value ?? '')) };
  }), {});
}
