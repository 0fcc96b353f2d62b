/** What a result must say of the machine that made it. */
import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Call it when a bench starts: the load average is the one before the bench's own load. */
export function machine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryGiB: +(totalmem() / 2 ** 30).toFixed(1),
    system: `${platform()} ${release()} ${arch()}`, node: process.version, commit: commit(), started: new Date().toISOString(),
    loadAverage: loadavg().map((value) => +value.toFixed(2)),
  };
}

/** Commit of the checkout, marked `+` where files differ from it; null outside a checkout. */
function commit() {
  const git = (...args) => execFileSync('git', args, { cwd: new URL('../..', import.meta.url), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'shaders', 'bench') === '' ? '' : '+');
  } catch {
    return null;
  }
}
