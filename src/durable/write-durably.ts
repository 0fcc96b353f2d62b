/** Files that are complete or not there, also after a crash or a power cut. */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Ends the names of files that are being written; whoever finds one after a crash may remove it. */
export const PARTIAL = '.partial';

/**
 * Writes a file under a temporary name, has it brought to the disk, and moves it to its place.
 * @param write given the open file; text or bytes stand for a function that writes them
 */
export async function writeDurably(path: string, write: string | Uint8Array | ((file: FileHandle) => Promise<void>)): Promise<void> {
  const staged = join(dirname(path), `.${basename(path)}.${process.pid}${PARTIAL}`);
  try {
    const file = await open(staged, 'w');
    try {
      if (typeof write === 'function') await write(file);
      else await file.writeFile(write);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** The renaming is safe once the folder is on the disk too. Windows has no such thing and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
