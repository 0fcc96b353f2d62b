/** Shards of a study, computed in folders of their own, put together in one. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Range } from '../fit/batch-ranges.js';
import { openStudy } from '../studies/registry.js';
import type { StudySpec } from '../studies/study.js';
import { FileError } from './file-error.js';
import { type Manifest, type StudyRecord, difference, rangeOf } from './manifest.js';
import type { Piece } from './pieces.js';
import { type StudyFolder, readStudyFolder } from './study-folder.js';
import { packageVersion } from './version.js';

/** The study that some folders are the shards of, and their files. */
export interface Shards {
  readonly record: StudyRecord;
  readonly pieces: readonly Piece[];
}

/**
 * Reads the folders of all shards of one study.
 * @throws FileError for a folder that is damaged, incomplete or of another study, for replicates that two folders hold, and for missing ones.
 */
export async function readShards(paths: readonly string[]): Promise<Shards> {
  const version = packageVersion();
  const shards: { path: string; manifest: Manifest; spec: StudySpec; pieces: readonly Piece[] }[] = [];
  for (const path of paths) {
    const { missing, ...shard } = await readStudyFolder(path);
    const { manifest } = shard;
    const first = shards[0];
    const words = first === undefined ? null : difference(first.manifest, manifest);
    if (words !== null) throw new FileError(`'${path}' is of another study than '${first!.path}': ${words}`);
    if (manifest.version !== version) throw new FileError(`'${path}' was written by glmmgpu ${manifest.version}, and this is ${version}; use that version`);
    if (manifest.shard === null) throw new FileError(`'${path}' is no shard: it is for all replicates; name the folders that --shard was used for`);
    if (missing.length > 0) throw new FileError(`'${path}' (${shardName(manifest)}) lacks ${replicates(missing[0]!)}; run it again with --resume`);
    shards.push({ path, ...shard });
  }
  shards.sort((a, b) => rangeOf(a.manifest).from - rangeOf(b.manifest).from);
  checkCover(shards);
  const { manifest: { stage, options, data, context }, spec, pieces } = shards[0]!;
  return {
    record: { study: openStudy(spec), stage, options, data, context },
    pieces: [...pieces, ...shards.slice(1).flatMap((shard) => shard.pieces)],
  };
}

/** Copies the parts of shards to the folder of the whole study. @param onPart told the replicates that are there after each part */
export async function copyParts({ pieces }: Shards, folder: StudyFolder, onPart: (done: number) => void): Promise<void> {
  for (const { path, to } of pieces) {
    await folder.add(basename(path), await readFile(path));
    onPart(to);
  }
}

/** @param shards in the order of their replicates */
function checkCover(shards: readonly { readonly path: string; readonly manifest: Manifest }[]): void {
  let end = 0;
  let before: string | null = null;
  for (const { path, manifest } of shards) {
    const range = rangeOf(manifest);
    if (range.from < end) throw new FileError(`'${before}' and '${path}' both hold ${replicates({ from: range.from, to: Math.min(end, range.to) })}; leave one of them out`);
    if (range.from > end) throw new FileError(lacking({ from: end, to: range.from }, manifest));
    end = range.to;
    before = path;
  }
  const { manifest } = shards.at(-1)!;
  if (end < manifest.total) throw new FileError(lacking({ from: end, to: manifest.total }, manifest));
}

/** Names the missing shards where the folders agree on how many there are. */
function lacking(gap: Range, { total, shard }: Manifest): string {
  const { of } = shard!;
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((index) => {
    const { from, to } = rangeOf({ total, shard: { index, of } });
    return from >= gap.from && to <= gap.to && to > from;
  });
  const names = missing.length === 0 ? '' : ` (shard ${missing.slice(0, 5).map((index) => `${index}/${of}`).join(', ')}${missing.length > 5 ? ', …' : ''})`;
  return `none of the folders holds ${replicates(gap)}${names}; add the missing ones`;
}

const shardName = ({ shard }: Manifest): string => `shard ${shard!.index}/${shard!.of}`;

/** Users count from one. */
const replicates = ({ from, to }: Range): string => `replicates ${from + 1} to ${to}`;
