import { checkArgument } from '../check-arguments.js';
import { combineBackends } from './combine-backends.js';
import type { StudyStore } from './run-study.js';
import type { ColumnValues, Study, StudyPart, StudyResults } from './study.js';

/** A store in memory, for a study that leaves no files; once the study has run it is the results. */
export function memoryStore(study: Study): StudyStore & StudyResults {
  checkArgument('memoryStore', study, ['columns', 'total'], 'a study', 'bootstrapStudy makes one');
  const parts: StudyPart[] = [];
  const all = { from: 0, to: study.total };
  return {
    range: all, missing: [all], total: study.total,
    write(part) {
      parts.push(part);
      return Promise.resolve();
    },
    column(name) {
      const j = columnIndex(study, name);
      return Promise.resolve(joinColumn(parts.map(({ columns }) => columns[j]!)));
    },
    get backend() { return combineBackends(parts.map(({ backend }) => backend)); },
    get seconds() { return parts.reduce((sum, { seconds }) => sum + seconds, 0); },
  };
}

/** Place of a column. @throws Error for a name the study does not have. */
export function columnIndex({ spec, columns }: Study, name: string): number {
  const j = columns.findIndex((column) => column.name === name);
  if (j === -1) throw new Error(`a study of kind '${spec.kind}' has no column '${name}'`);
  return j;
}

/** Pieces of one column, one after the other. */
export function joinColumn(pieces: readonly ColumnValues[]): ColumnValues {
  const [first] = pieces;
  if (first === undefined || Array.isArray(first)) return (pieces as readonly string[][]).flat();
  const out = new (first.constructor as new (length: number) => Float64Array)(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces as readonly Float64Array[]) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
