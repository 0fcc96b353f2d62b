/**
 * One writer per folder, across processes and machines that share the disk.
 *
 * The lock is a file that is created exclusively and touched every ten seconds. It is stale, and may be taken over, when
 * - its process was one of this machine and is gone; or
 * - it has not been touched for two minutes (NFS clients may see times up to a minute old). Ages are differences of two times of the file
 *   server, so that the clocks of the machines do not matter.
 * Should two processes take over at once, one of them finds out by `check` before it writes. Even then nothing breaks: parts are written
 * whole, and equal ranges have equal contents.
 */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, readdir, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { GlmmError } from '../errors.js';

export interface FolderLock {
  /** @throws LockError when another process has taken the lock over. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** A folder that another process writes to. */
export class LockError extends GlmmError {
  override name = 'LockError';
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly token: string;
}

const BEAT_SECONDS = 10;
const STALE_SECONDS = 120;
const FILE = 'lock';
/** Files of processes that look whether a lock is stale, or take it away; gone in a moment, unless their process was killed in that moment. */
const ASIDE = /^lock-[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** Tokens of the locks that this process holds. */
const held = new Set<string>();

/** Locks a folder. @throws LockError while another process holds it; errors of the file system as they are. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, FILE);
  const self: Holder = { host: await machineName(), pid: process.pid, token: randomUUID() };
  let file: FileHandle | null;
  while ((file = await create(path, self)) === null) {
    const holder = await readHolder(path);
    const age = await secondsSinceTouched(path, self.token);
    if (age === null) continue;
    if (!isStale(holder, self, age)) throw new LockError(inUse(folder, holder, age));
    await remove(path, holder, self.token);
  }
  held.add(self.token);
  const opened = file;
  const beat = setInterval(() => {
    // Writing takes the time from the file server, and the open file cannot be somebody else's. A lock that cannot be written grows stale.
    opened.write(JSON.stringify(self), 0).catch(() => undefined);
  }, 1000 * BEAT_SECONDS).unref();
  const isOurs = async (): Promise<boolean> => (await readHolder(path))?.token === self.token;
  return {
    async check() {
      if (!(await isOurs())) throw new LockError(`'${folder}' was taken over by another process, which goes on with it; this one stops`);
    },
    async release() {
      clearInterval(beat);
      held.delete(self.token);
      await opened.close();
      if (!(await isOurs())) return;
      // Where such a file is in use, its owner looks again.
      for (const name of await readdir(folder)) if (ASIDE.test(name)) await rm(join(folder, name), { force: true });
      await rm(path, { force: true });
    },
  };
}

/** The new lock; null when there is one already. */
async function create(path: string, holder: Holder): Promise<FileHandle | null> {
  try {
    const file = await open(path, 'wx');
    await file.write(JSON.stringify(holder), 0);
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
}

/** Null where there is no lock, or one that is being written. */
async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** Seconds by the clock of the file server; null when the lock is gone. */
async function secondsSinceTouched(path: string, token: string): Promise<number | null> {
  const probe = `${path}-${token}`;
  try {
    await writeFile(probe, '');
    return ((await stat(probe)).mtimeMs - (await stat(path)).mtimeMs) / 1000;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  } finally {
    await rm(probe, { force: true });
  }
}

function isStale(holder: Holder | null, self: Holder, age: number): boolean {
  if (age > STALE_SECONDS) return true;
  // A container that was started again has the name and the number of the one before.
  return holder !== null && holder.host === self.host && (holder.pid === self.pid ? !held.has(holder.token) : !isAlive(holder.pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Takes a stale lock away, and only that one: somebody else may have replaced it in between. */
async function remove(path: string, holder: Holder | null, token: string): Promise<void> {
  const aside = `${path}-${token}`;
  try {
    await rename(path, aside);
    const taken = await readHolder(aside);
    if (taken?.token === holder?.token) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch (error) {
    // Somebody else was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Numbers of processes mean something within one machine and one container of it. */
async function machineName(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${namespace}`.trim();
}

function inUse(folder: string, holder: Holder | null, age: number): string {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host.split(' ')[0]!}`;
  return `'${folder}' is in use by ${who} (last sign of life ${Math.max(0, Math.round(age))} s ago); wait for it, or choose another folder. `
    + `A lock without a sign of life for ${STALE_SECONDS} s is taken over`;
}
