/**
 * A study in a folder:
 *
 *     manifest.json        what the study is: see `manifest.ts`
 *     study.json.gz        its spec, from which any machine can compute it
 *     parts/…parquet       the replicates so far, each file whole and checksummed
 *     lock                 while somebody writes
 *     replicates.parquet   all replicates, and the reports, once they are there; the parts are removed then
 *
 * Whatever happens to the process, what is in the folder is right and the rest is missing.
 */
import { constants } from 'node:fs';
import { access, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { OptionError } from '../errors.js';
import type { Range } from '../fit/batch-ranges.js';
import { decode, encode } from '../plain-json.js';
import { missingRanges } from '../studies/ranges.js';
import type { StudyStore } from '../studies/run-study.js';
import type { Study, StudyPart, StudySpec } from '../studies/study.js';
import { FileError, cannotWrite, reason } from './file-error.js';
import { type FolderLock, lockFolder } from './lock.js';
import { makeFolder } from './make-folder.js';
import { MANIFEST, type Manifest, type Shard, type StudyRecord, createManifest, difference, rangeOf, readManifest } from './manifest.js';
import { checkPart, encodePart } from './part-file.js';
import { PARTS, type Piece, REPLICATES, fileSha256, findPieces, pieceResults, readPieces, removeUnusable } from './pieces.js';
import { writeReplicates } from './replicates-file.js';
import { packageVersion } from './version.js';
import { PARTIAL, writeDurably } from './write-durably.js';

const SPEC = 'study.json.gz';

/** What to do with a folder that holds a run: refuse it, go on with it, or begin anew. */
export type FolderMode = 'new' | 'resume' | 'replace';

/** How a folder is opened. */
export interface FolderOptions {
  readonly mode: FolderMode;
  /** Version of the program that computes; default: of this package. */
  readonly version?: string;
  readonly shard?: Shard | null;
  /** Files that `finish` will write besides the replicates. */
  readonly reports: readonly string[];
}

/** A folder that holds a study, finished or not. */
export interface StudyFolder extends StudyStore {
  readonly manifest: Manifest;
  /** What was found damaged or foreign, a sentence each. */
  readonly notes: readonly string[];
  /** Keeps a part that was computed elsewhere; one whose replicates are there already is ignored. @throws FileError for a damaged or foreign one. */
  add(name: string, bytes: Uint8Array): Promise<void>;
  /** Writes `replicates.parquet` and the reports, removes the parts, and returns the names of the files. All replicates that are needed must be there. */
  finish(reports: ReadonlyMap<string, string>): Promise<string[]>;
  /** Gives the folder free. */
  close(): Promise<void>;
}

/**
 * Opens the folder of a study for writing, and makes it where it is missing.
 * @throws FileError for a folder that cannot be used, naming what is in the way and the remedy; LockError while another process writes to it.
 *
 * @example
 * const folder = await openStudyFolder('out/cbpp', { study, stage: 'refits', options: { seed: 1 }, data, context: {} }, { mode: 'resume', reports: [] });
 * await runStudy(study, folder);
 * await folder.finish(new Map());
 * await folder.close();
 */
export async function openStudyFolder(path: string, record: StudyRecord, options: FolderOptions): Promise<StudyFolder> {
  const manifest = createManifest(record, options.version ?? packageVersion(), options.shard ?? null);
  if (manifest.shard !== null) refuseStopping(record.study);
  return orCannotWrite(path, async () => {
    await makeFolder(path);
    const lock = await lockFolder(path);
    try {
      const current = await prepare(path, manifest, record.study.spec, options);
      return await open(path, current, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  });
}

/** What stops by its results has to see all of them. @throws OptionError */
export function refuseStopping({ stopping }: Study): void {
  if (stopping !== undefined) throw new OptionError('a study that stops by its results (--stop-after, --width) cannot be shared out; run it in one folder, or give the number of replicates alone');
}

/**
 * Makes the folder where it is missing, and refuses one that cannot be written to or is taken: for use before long work.
 * @throws FileError
 */
export async function checkStudyFolder(path: string, options: FolderOptions): Promise<void> {
  await orCannotWrite(path, async () => {
    await makeFolder(path);
    await access(path, constants.W_OK);
    refuseOccupied(path, options, await readManifest(path), await readdir(path));
  });
}

function refuseOccupied(path: string, { mode, reports }: FolderOptions, there: Manifest | null, names: readonly string[]): void {
  if (mode === 'replace' || (mode === 'resume' && there !== null)) return;
  const present = names.filter((name) => [MANIFEST, REPLICATES, ...reports].includes(name));
  if (present.length === 0) return;
  const remedy = there === null ? 'choose another folder or add --force' : 'add --resume to go on with it, --force to replace it, or choose another folder';
  throw new FileError(`output folder '${path}' already holds another run (${present.join(', ')}); ${remedy}`);
}

/** The manifest to go on with: the one that is there, or the given one, which is written then. */
async function prepare(path: string, manifest: Manifest, spec: StudySpec, options: FolderOptions): Promise<Manifest> {
  const { mode, reports } = options;
  const there = mode === 'replace' ? null : await readManifest(path);
  refuseOccupied(path, options, there, await readdir(path));
  if (there !== null) {
    const words = difference(there, manifest) ?? shardDifference(there.shard, manifest.shard);
    if (words !== null) throw new FileError(`'${path}' holds another study: ${words}; choose another folder or add --force to replace it`);
    return { ...manifest, finished: there.finished };
  }
  for (const name of [MANIFEST, SPEC, REPLICATES, ...reports]) await rm(join(path, name), { force: true });
  await rm(join(path, PARTS), { recursive: true, force: true });
  await writeDurably(join(path, SPEC), await promisify(gzip)(encode(spec)));
  await writeManifest(path, manifest);
  return manifest;
}

function shardDifference(there: Shard | null, here: Shard | null): string | null {
  const words = (shard: Shard | null): string => (shard === null ? 'all replicates' : `shard ${shard.index}/${shard.of}`);
  return words(there) === words(here) ? null : `it is for ${words(there)}, not for ${words(here)}`;
}

function writeManifest(path: string, manifest: Manifest): Promise<void> {
  return writeDurably(join(path, MANIFEST), `${encode(manifest, 2)}\n`);
}

async function open(path: string, given: Manifest, lock: FolderLock): Promise<StudyFolder> {
  const { id, columns } = given;
  const range = rangeOf(given);
  await makeFolder(join(path, PARTS));
  for (const name of await readdir(path)) if (name.endsWith(PARTIAL)) await rm(join(path, name), { force: true });
  const holdings = await findPieces(path, given);
  const notes = await removeUnusable(holdings);
  const manifest: Manifest = holdings.pieces.length === 0 ? { ...given, finished: null } : given;
  // Parts count from now on, not the results that were lost.
  if (manifest.finished !== given.finished) await writeManifest(path, manifest);
  let pieces: readonly Piece[] = holdings.pieces;
  let needless: readonly Range[] = [];
  const needed = (): Range[] => missingRanges(range, needless);
  const keep = async (name: string, bytes: Uint8Array, label: Omit<Piece, 'path'>): Promise<void> => {
    const file = join(path, PARTS, name);
    await lock.check();
    await orCannotWrite(file, () => writeDurably(file, bytes));
    pieces = [...pieces, { from: label.from, to: label.to, backend: label.backend, seconds: label.seconds, path: file }].sort((a, b) => a.from - b.from);
  };
  return {
    manifest, notes, range,
    get missing() { return missingRanges(range, [...pieces, ...needless]); },
    leaveOut(ranges) { needless = ranges; },
    async write(part: StudyPart) {
      const { name, bytes } = await encodePart(id, columns, part);
      await keep(name, bytes, part);
    },
    async add(name, bytes) {
      const label = checkPart(id, name, bytes);
      if (typeof label === 'string') throw new FileError(`part ${name} ${label}; have it computed again`);
      if (isMissing(label)) await keep(name, bytes, label);
    },
    results: () => pieceResults(pieces, columns, needed()),
    finish: (reports) => orCannotWrite(path, async () => {
      await lock.check();
      await writeResults(path, manifest, pieces, needed(), reports);
      return [REPLICATES, ...reports.keys()];
    }),
    close: () => lock.release(),
  };

  function isMissing({ from, to }: Range): boolean {
    return missingRanges(range, pieces).some((gap) => gap.from <= from && to <= gap.to);
  }
}

/** The order matters: the parts go when everything else is on the disk. */
async function writeResults(path: string, manifest: Manifest, pieces: readonly Piece[], needed: readonly Range[], reports: ReadonlyMap<string, string>): Promise<void> {
  const target = join(path, REPLICATES);
  if (!pieces.every((piece) => piece.path === target)) {
    await writeDurably(target, (file) => writeReplicates(file, manifest.columns, readPieces(pieces, manifest.columns, needed), footer(manifest)));
  }
  for (const [name, text] of reports) await writeDurably(join(path, name), text);
  const { backend, seconds } = pieceResults(pieces, manifest.columns, needed);
  await writeManifest(path, { ...manifest, finished: { sha256: await fileSha256(target), backend, seconds } });
  await rm(join(path, PARTS), { recursive: true, force: true });
}

/** What the results say of themselves. Options that were not given are left out: a manifest that was read has none of them. */
function footer({ version, id, options }: Manifest): Record<string, string> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { glmmgpu: version, study: id, ...Object.fromEntries(given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])) };
}

/** A folder to be read: of a shard, or of a whole study. @throws FileError for a folder without a study, or with a damaged one. */
export async function readStudyFolder(path: string): Promise<{ manifest: Manifest; spec: StudySpec; pieces: readonly Piece[]; missing: readonly Range[] }> {
  const manifest = await readManifest(path).catch((error: unknown) => { throw error instanceof FileError ? error : new FileError(`cannot read '${path}': ${reason(error)}`); });
  if (manifest === null) throw new FileError(`'${path}' holds no study: there is no ${MANIFEST} in it; check the path`);
  const { pieces } = await findPieces(path, manifest);
  return { manifest, spec: await readSpec(path), pieces, missing: missingRanges(rangeOf(manifest), pieces) };
}

async function readSpec(path: string): Promise<StudySpec> {
  const file = join(path, SPEC);
  try {
    return decode((await promisify(gunzip)(await readFile(file))).toString()) as StudySpec;
  } catch (error) {
    throw new FileError(`cannot read '${file}': ${reason(error)}; run the study again with --resume`);
  }
}

/** Errors of the file system as FileErrors; others as they are. */
async function orCannotWrite<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && 'code' in error && 'syscall' in error ? cannotWrite(path, error, 'see to it, and go on with --resume, or choose another place') : error;
  }
}
