import { checkArgument } from '../check-arguments.js';
import type { Range } from '../fit/batch-ranges.js';
import { combineBackends } from './combine-backends.js';
import { commonRanges, countRanges, missingRanges } from './ranges.js';
import type { StudyStore } from './run-study.js';
import type { ColumnValues, Study, StudyPart, StudyResults } from './study.js';

/** A store in memory, for a study that leaves no files; once the study has run it is the results. */
export function memoryStore(study: Study): StudyStore & StudyResults {
  checkArgument('memoryStore', study, ['columns', 'total'], 'a study', 'bootstrapStudy makes one');
  let parts: readonly StudyPart[] = [];
  let needless: readonly Range[] = [];
  const range = { from: 0, to: study.total };
  const store: StudyStore & StudyResults = {
    range,
    get missing() { return missingRanges(range, [...parts, ...needless]); },
    get total() { return countRanges(parts.flatMap((part) => commonRanges(part, missingRanges(range, needless)))); },
    write(part) {
      parts = [...parts, part].sort((a, b) => a.from - b.from);
      return Promise.resolve();
    },
    leaveOut(ranges) { needless = ranges; },
    results: () => store,
    column(name) {
      const j = columnIndex(study, name);
      const needed = missingRanges(range, needless);
      return Promise.resolve(joinColumn(parts.flatMap((part) => commonRanges(part, needed).map(({ from, to }) => part.columns[j]!.slice(from - part.from, to - part.from)))));
    },
    get backend() { return combineBackends(parts.map(({ backend }) => backend)); },
    get seconds() { return parts.reduce((sum, { seconds }) => sum + seconds, 0); },
  };
  return store;
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
