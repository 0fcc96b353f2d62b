/** Files that cannot be read or written, in words. */
import { GlmmError } from '../errors.js';

/** A file that cannot be read or written; the message names it. */
export class FileError extends GlmmError {
  override name = 'FileError';
}

/** Reasons of the operating system in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of the path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk or its connection failed',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large to be read at once (2 GiB)',
  ERR_INVALID_ARG_VALUE: 'the name is not valid',
};

/** Why the operating system refused. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return Object.hasOwn(REASONS, code) ? REASONS[code]! : error instanceof Error ? error.message : String(error);
}

export function cannotWrite(path: string, error: unknown, remedy = 'choose another place'): FileError {
  return new FileError(`cannot write '${path}': ${reason(error)}; ${remedy}`);
}
