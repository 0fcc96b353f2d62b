/**
 * A study on Redis: what its jobs need, and the parts that are done. Two keys, both with an expiry that every part renews:
 *
 *     glmmgpu:study:<id>    hash: `about` (JSON), `spec` (gzipped text; see `plain-json.ts`)
 *     glmmgpu:parts:<id>    hash: `from-to` → name and bytes of the part
 *
 * A part that is done twice counts once: the first one stays.
 */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Redis } from 'ioredis';
import type { Range } from '../fit/batch-ranges.js';
import { decode, encode } from '../plain-json.js';
import type { StudySpec } from '../studies/study.js';

/** What everybody may know of a study. */
export interface RemoteAbout {
  readonly id: string;
  readonly version: string;
  readonly kind: string;
  readonly stage: string;
  readonly total: number;
  /** Seconds after the latest part until the study is forgotten. */
  readonly expiry: number;
}

export interface RemotePart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const STUDY = 'glmmgpu:study:';
const PARTS = 'glmmgpu:parts:';

export async function putStudy(redis: Redis, about: RemoteAbout, spec: StudySpec): Promise<void> {
  await redis.hset(STUDY + about.id, { about: JSON.stringify(about), spec: await promisify(gzip)(encode(spec)) });
  await renew(redis, about);
}

/** Null for a study that was never submitted, was collected, or has expired. */
export async function getAbout(redis: Redis, id: string): Promise<RemoteAbout | null> {
  const text = await redis.hget(STUDY + id, 'about');
  return text === null ? null : (JSON.parse(text) as RemoteAbout);
}

/** Null as for `getAbout`. */
export async function getSpec(redis: Redis, id: string): Promise<StudySpec | null> {
  const bytes = await redis.hgetBuffer(STUDY + id, 'spec');
  return bytes === null ? null : (decode((await promisify(gunzip)(bytes)).toString()) as StudySpec);
}

/** All studies, in the order of their ids. */
export async function listStudies(redis: Redis): Promise<RemoteAbout[]> {
  const ids = new Set<string>();
  for await (const keys of redis.scanStream({ match: `${STUDY}*` })) for (const key of keys as string[]) ids.add(key.slice(STUDY.length));
  return (await Promise.all([...ids].sort().map((id) => getAbout(redis, id)))).filter((about) => about !== null);
}

export async function putPart(redis: Redis, about: RemoteAbout, range: Range, { name, bytes }: RemotePart): Promise<void> {
  await redis.hsetnx(PARTS + about.id, field(range), Buffer.concat([Buffer.from(`${name}\n`), bytes]));
  await renew(redis, about);
}

export async function hasPart(redis: Redis, id: string, range: Range): Promise<boolean> {
  return (await redis.hexists(PARTS + id, field(range))) === 1;
}

/** Ranges of the parts that are done, ascending. */
export async function doneRanges(redis: Redis, id: string): Promise<Range[]> {
  const fields = await redis.hkeys(PARTS + id);
  return fields.map((text) => text.split('-').map(Number)).map(([from, to]) => ({ from: from!, to: to! })).sort((a, b) => a.from - b.from);
}

export async function getPart(redis: Redis, id: string, range: Range): Promise<RemotePart | null> {
  const value = await redis.hgetBuffer(PARTS + id, field(range));
  if (value === null) return null;
  const end = value.indexOf('\n');
  return { name: value.toString('utf8', 0, end), bytes: value.subarray(end + 1) };
}

/** So that the part can be put again. */
export async function dropPart(redis: Redis, id: string, range: Range): Promise<void> {
  await redis.hdel(PARTS + id, field(range));
}

/** Forgets a study; its jobs find nothing to do. */
export async function removeStudy(redis: Redis, id: string): Promise<void> {
  await redis.del(STUDY + id, PARTS + id);
}

async function renew(redis: Redis, { id, expiry }: RemoteAbout): Promise<void> {
  await Promise.all([STUDY, PARTS].map((key) => redis.expire(key + id, expiry)));
}

const field = ({ from, to }: Range): string => `${from}-${to}`;
