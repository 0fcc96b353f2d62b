/** What a study's folder says of the study: enough to repeat it, and to refuse what does not belong to it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Range } from '../fit/batch-ranges.js';
import type { BackendReport } from '../objective/backend.js';
import { decode } from '../plain-json.js';
import type { Study, StudyColumn } from '../studies/study.js';
import { FileError } from './file-error.js';
import { studyId } from './identity.js';

/** Shard `index` (from 1) of `of`. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** A study and what is to be remembered of it. */
export interface StudyRecord {
  readonly study: Study;
  /** Word for the replicates in progress reports, e.g. `refits`. */
  readonly stage: string;
  /** Options in the words of the user; a difference between two studies is named by them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly data: { readonly path: string; readonly sha256: string };
  /** What the report of the results needs besides them; plain data. */
  readonly context: object;
}

/** What `manifest.json` holds. */
export interface Manifest extends Omit<StudyRecord, 'study'> {
  readonly format: typeof FORMAT;
  /** Version of this package. */
  readonly version: string;
  readonly runtime: string;
  readonly kind: string;
  /** Identity of the study: see `studyId`. */
  readonly id: string;
  readonly total: number;
  readonly shard: Shard | null;
  readonly columns: readonly StudyColumn[];
  /** There once all results are written: checksum of `replicates.parquet`, and what its parts said. */
  readonly finished: { readonly sha256: string; readonly backend: BackendReport; readonly seconds: number } | null;
}

/** Raised whenever a folder of an earlier version could be misread. */
const FORMAT = 2;
export const MANIFEST = 'manifest.json';

export function createManifest({ study, stage, options, data, context }: StudyRecord, version: string, shard: Shard | null): Manifest {
  return {
    format: FORMAT, version, runtime: `Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    kind: study.spec.kind, id: studyId(study.spec, version), total: study.total, shard, stage, options, data, columns: study.columns, context, finished: null,
  };
}

/** The manifest of a folder, or null where there is none. @throws FileError for one that cannot be read. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
  let manifest: Partial<Manifest>;
  try {
    manifest = decode(text) as Partial<Manifest>;
  } catch {
    throw new FileError(`'${join(folder, MANIFEST)}' is damaged: it is not JSON; choose another folder or replace the run (--force)`);
  }
  if (manifest.format !== FORMAT) throw new FileError(`'${join(folder, MANIFEST)}' has a format that this version does not know; use the version that wrote it`);
  return manifest as Manifest;
}

/** Replicates a folder is for. */
export function rangeOf({ total, shard }: Pick<Manifest, 'total' | 'shard'>): Range {
  if (shard === null) return { from: 0, to: total };
  const end = (index: number): number => Math.floor((index * total) / shard.of);
  return { from: end(shard.index - 1), to: end(shard.index) };
}

/** How two manifests differ, in words; null when they are of one study. */
export function difference(there: Manifest, here: Manifest): string | null {
  if (there.id === here.id) return null;
  const words = (value: unknown): string => (value === undefined ? 'not given' : typeof value === 'string' ? value : JSON.stringify(value));
  const differ = (name: string, a: unknown, b: unknown): string | null => (words(a) === words(b) ? null : `${name} is ${words(a)} there and ${words(b)} here`);
  const names = new Set([...Object.keys(there.options), ...Object.keys(here.options)]);
  return differ('the version of glmmgpu', there.version, here.version) ?? differ('the kind of study', there.kind, here.kind)
    ?? [...names].map((name) => differ(name, there.options[name], here.options[name])).find((words) => words !== null)
    ?? (there.data.sha256 === here.data.sha256 ? 'the fitted models differ' : 'the data differ');
}
