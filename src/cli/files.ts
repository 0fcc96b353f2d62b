/** Reading input files and writing results so that they are complete or not there. */
import { constants } from 'node:fs';
import { access, lstat, mkdir, mkdtemp, readFile, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { FileError } from './failures.js';

/** Reasons of the operating system in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large to be read at once (2 GiB)',
  ERR_INVALID_ARG_VALUE: 'the name is not valid',
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return Object.hasOwn(REASONS, code) ? REASONS[code]! : error instanceof Error ? error.message : String(error);
}

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
    await access(dirname(resolve(path)), constants.W_OK);
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

function cannotWrite(path: string, error: unknown): FileError {
  return new FileError(`cannot write '${path}': ${reason(error)}; choose another place`);
}

/** Writes a file beside its place and moves it there, so that nobody sees half of it. Special files (`/dev/stderr`) are written directly. */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    const existing = await lstat(path).catch(() => null);
    if (existing !== null && !existing.isFile()) {
      await writeFile(path, text);
      return;
    }
    const staged = join(dirname(resolve(path)), `.${basename(path)}.${process.pid}.partial`);
    try {
      await writeFile(staged, text);
      await rename(staged, path);
    } finally {
      await rm(staged, { force: true });
    }
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** A folder for the files of one run. */
export interface OutputFolder {
  /** Writes all files at once: they appear in the folder when every one of them is complete. */
  write(files: ReadonlyMap<string, string | Uint8Array>): Promise<void>;
}

/**
 * Makes the folder where it is missing and checks that it can be written to and holds none of the files to come.
 * @param names the files a run writes
 * @param replace whether files of an earlier run may be replaced
 */
export async function openOutputFolder(path: string, names: readonly string[], replace: boolean): Promise<OutputFolder> {
  const stage = (): Promise<string> => mkdtemp(join(path, '.glmmgpu-'));
  try {
    await mkdir(path, { recursive: true });
    const present = (await readdir(path)).filter((name) => names.includes(name));
    if (present.length > 0 && !replace) {
      throw new FileError(`output folder '${path}' already holds another run (${present.join(', ')}); choose another folder or add --force`);
    }
    await rmdir(await stage());
  } catch (error) {
    throw error instanceof FileError ? error : cannotWrite(path, error);
  }
  return {
    async write(files) {
      let staging: string | undefined;
      try {
        staging = await stage();
        for (const [name, content] of files) await writeFile(join(staging, name), content);
        for (const name of files.keys()) await rename(join(staging, name), join(path, name));
      } catch (error) {
        throw cannotWrite(path, error);
      } finally {
        if (staging !== undefined) await rm(staging, { recursive: true, force: true });
      }
    },
  };
}
