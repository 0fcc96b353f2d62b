/** Tables: read, retyped, and held against a model before it is fitted. */
import { GlmmError, type Table, readTable } from '../../index.js';
import { prepareModel } from '../../fit/glmm.js';
import { parameterLayout } from '../../model/design.js';
import { formatCount } from '../../report/format-numbers.js';
import { guessFormat } from '../../table/read-table.js';
import { csvDialect } from '../../table/csv.js';
import type { TypeOptions } from '../../table/retype.js';
import type { Requests, TableView } from '../messages.js';
import { type OpenFile, session } from './session.js';

const PREVIEW_ROWS = 8;
/** Levels that a list to choose from can have. */
const MOST_LEVELS = 200;

export async function open({ name, data: blob, types }: Requests['open']['ask']): Promise<TableView> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const data = await readTable(bytes, guessFormat(name, bytes), types);
  session.file = { name, bytes };
  session.data = data;
  return viewOf(data, session.file);
}

export async function retype(types: TypeOptions): Promise<TableView> {
  const file = session.file ?? noFile();
  session.data = await readTable(file.bytes, guessFormat(file.name, file.bytes), types);
  return viewOf(session.data, file);
}

export function check({ formula, options }: Requests['check']['ask']): string {
  const { frame: { design, notes } } = prepareModel(formula, session.data ?? noFile(), options);
  const { nParams } = parameterLayout(design);
  const levels = [...new Map(design.random.map(({ group, levels: own }) => [group, own.length]))].map(([group, count]) => `${formatCount(count)} levels of ${group}`);
  const size = `${formatCount(design.nobs)} rows, ${levels.join(', ')}, ${formatCount(nParams)} parameters`;
  return [size, ...notes].join('. ');
}

export function noFile(): never {
  throw new GlmmError('open a file first');
}

function viewOf({ nrow, columns }: Table, { name: file, bytes }: OpenFile): TableView {
  const all = [...columns];
  return {
    nrow,
    ...(guessFormat(file, bytes) === 'csv' ? { csv: csvDialect(bytes) } : {}),
    columns: all.map(([name, column]) => ({
      name, type: column.kind === 'numeric' ? 'numeric' : column.ordered ? 'ordered' : 'factor',
      missing: column.kind === 'numeric' ? column.values.reduce((count, value) => count + Number(Number.isNaN(value)), 0) : column.codes.reduce((count, code) => count + Number(code < 0), 0),
      nLevels: column.kind === 'numeric' ? 0 : column.levels.length,
      levels: column.kind === 'numeric' || column.levels.length > MOST_LEVELS ? [] : column.levels,
    })),
    head: Array.from({ length: Math.min(nrow, PREVIEW_ROWS) }, (_, i) => all.map(([, column]) => {
      if (column.kind === 'factor') return column.levels[column.codes[i]!] ?? null;
      return Number.isNaN(column.values[i]!) ? null : String(column.values[i]!);
    })),
  };
}
