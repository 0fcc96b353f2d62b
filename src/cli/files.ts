/** Reading input files and writing results so that they are complete or not there. */
import { constants } from 'node:fs';
import { access, lstat, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FileError, cannotWrite, reason } from '../durable/file-error.js';
import { writeDurably } from '../durable/write-durably.js';

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    return path === '-' ? await buffer(process.stdin) : await readFile(path);
  } catch (error) {
    throw new FileError(`cannot read '${path}': ${reason(error)}; check the path of the data file`);
  }
}

/** Throws unless a file can be made (or replaced) at `path`; leaves nothing behind. For use before long work. */
export async function checkWritable(path: string): Promise<void> {
  try {
    if ((await stat(path).catch(() => null))?.isDirectory() === true) throw Object.assign(new Error(), { code: 'EISDIR' });
    const folder = dirname(resolve(path));
    if (!(await stat(folder)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** Writes a file beside its place and moves it there, so that nobody sees half of it. Special files (`/dev/stderr`) are written directly. */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    const existing = await lstat(path).catch(() => null);
    if (existing !== null && !existing.isFile()) {
      await writeFile(path, text);
      return;
    }
    await writeDurably(path, text);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}
