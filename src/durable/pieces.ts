/** The Parquet files that hold the replicates of a study so far. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Range } from '../fit/batch-ranges.js';
import { combineBackends } from '../studies/combine-backends.js';
import { joinColumn } from '../studies/memory-store.js';
import { commonRanges, countRanges } from '../studies/ranges.js';
import type { ColumnValues, StudyColumn, StudyResults } from '../studies/study.js';
import { type Manifest, rangeOf } from './manifest.js';
import { type PartLabel, checkPart, readColumns } from './part-file.js';
import { PARTIAL } from './write-durably.js';

export const PARTS = 'parts';
export const REPLICATES = 'replicates.parquet';

/** A file with consecutive replicates. */
export interface Piece extends Omit<PartLabel, 'study'> {
  readonly path: string;
}

/** What a folder holds of its study. */
export interface Holdings {
  /** Ascending, without overlap. */
  readonly pieces: readonly Piece[];
  /** Files that cannot be used, and why. */
  readonly unusable: readonly { readonly path: string; readonly problem: string }[];
}

/** Looks at every file and checks all its bytes. */
export async function findPieces(folder: string, manifest: Manifest): Promise<Holdings> {
  const { finished, id } = manifest;
  if (finished !== null) {
    const path = join(folder, REPLICATES);
    const checksum = await fileSha256(path).catch(() => null);
    if (checksum === finished.sha256) return { pieces: [{ ...finished, ...rangeOf(manifest), path }], unusable: [] };
    return { pieces: [], unusable: [{ path, problem: checksum === null ? 'is missing' : 'is damaged: its checksum differs' }] };
  }
  const pieces: Piece[] = [];
  const unusable: { path: string; problem: string }[] = [];
  const range = rangeOf(manifest);
  let end = range.from;
  // A folder that nothing was written to, or that was copied without empty ones, has none.
  const names = await readdir(join(folder, PARTS)).catch((error: NodeJS.ErrnoException) => { if (error.code === 'ENOENT') return []; throw error; });
  for (const name of names.sort()) {
    const path = join(folder, PARTS, name);
    if (name.endsWith(PARTIAL)) {
      // Its writer was killed: nothing to report, the replicates are simply not there.
      unusable.push({ path, problem: '' });
      continue;
    }
    const label = checkPart(id, name, await readFile(path));
    const problem = typeof label === 'string' ? label : label.to > range.to || label.from < end ? 'holds replicates that are there already or not of this shard' : null;
    if (typeof label === 'string' || problem !== null) {
      unusable.push({ path, problem: problem! });
    } else {
      pieces.push({ ...label, path });
      end = label.to;
    }
  }
  return { pieces, unusable };
}

/** Removes what cannot be used and says so, a sentence per file. */
export async function removeUnusable({ unusable }: Holdings): Promise<string[]> {
  for (const { path } of unusable) await rm(path, { force: true });
  return unusable.filter(({ problem }) => problem !== '').map(({ path, problem }) => `'${path}' ${problem}; its replicates are computed again`);
}

/** The needed replicates of pieces that follow one another. */
export function pieceResults(pieces: readonly Piece[], columns: readonly StudyColumn[], needed: readonly Range[]): StudyResults {
  return {
    total: countRanges(pieces.flatMap((piece) => commonRanges(piece, needed))),
    async column(name) {
      const column = columns.find((candidate) => candidate.name === name);
      if (column === undefined) throw new Error(`there is no column '${name}'`);
      const values: ColumnValues[] = [];
      for await (const [piece] of readPieces(pieces, [column], needed)) values.push(piece!);
      return joinColumn(values);
    },
    backend: combineBackends(pieces.map(({ backend }) => backend)),
    seconds: pieces.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Some columns of the needed replicates of all pieces, a bounded number of rows at a time. */
export async function* readPieces(pieces: readonly Piece[], columns: readonly StudyColumn[], needed: readonly Range[]): AsyncGenerator<ColumnValues[]> {
  for (const piece of pieces) {
    let first = piece.from;
    for await (const values of readColumns(piece.path, columns)) {
      const begin = first;
      first += values[0]!.length;
      for (const { from, to } of commonRanges({ from: begin, to: first }, needed)) yield values.map((column) => column.slice(from - begin, to - begin));
    }
  }
}

/** Hexadecimal SHA-256 of a file of any size. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest('hex');
}
