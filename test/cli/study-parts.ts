/** What a durable run has on the disk while it goes on, and signals sent to it then rather than after a time, which would mean another moment on another machine. */
import type { ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Names of the parts in the folder of a run, in their order. */
export function parts(out: string): string[] {
  try {
    return readdirSync(join(out, 'parts')).filter((name) => name.endsWith('.parquet') && !name.startsWith('.')).sort();
  } catch {
    return [];
  }
}

/** For `runCli`'s `started`: calls `act` as soon as the run has a part on the disk. */
export function atFirstPart(out: string, act: (child: ChildProcess) => void): (child: ChildProcess) => void {
  return (child) => {
    const watch = setInterval(() => {
      if (parts(out).length === 0) return;
      clearInterval(watch);
      act(child);
    }, 5);
    child.once('exit', () => { clearInterval(watch); });
  };
}
