/** Other programs, run by Rscript on the same replicates. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const rscript = (args) => spawnSync('Rscript', ['--vanilla', ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });

/** Why a package cannot be run, or null. */
export function peerUnavailable(name) {
  const { error, status } = rscript(['-e', `quit(status = if (requireNamespace("${name}", quietly = TRUE)) 0 else 3)`]);
  if (error?.code === 'ENOENT') return 'Rscript is not on the path';
  if (error !== undefined) return `Rscript cannot be run: ${error.message}`;
  return status === 0 ? null : status === 3 ? `the R package ${name} is not installed` : `Rscript ended with exit code ${status}`;
}

/** A temporary folder with the case and the first replicates of its bootstrap, as the R scripts read them. */
export function writeCase(one, fit, responses, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'glmmgpu-peers-'));
  writeFileSync(join(folder, 'data.csv'), one.csv());
  const rows = Array.from({ length: fit.nobs }, (_, i) => responses.map((y) => y[i]).join(','));
  writeFileSync(join(folder, 'responses.csv'), `${rows.join('\n')}\n`);
  writeFileSync(join(folder, 'case.dcf'), [
    `formula: ${one.formula}`, `family: ${one.family}`, `nagq: ${one.nAGQ}`, `factors: ${one.factors.join(',')}`, `trials: ${one.trials ?? ''}`, `seconds: ${seconds}`, '',
  ].join('\n'));
  return { folder, remove: () => { rmSync(folder, { recursive: true, force: true }); } };
}

/** `{ version, secondsPerFit, fits, fixef }` of a package on a case, or `{ failed }` with its last words. */
export function runPeer(name, folder) {
  const script = fileURLToPath(new URL(`../peers/${name}.R`, import.meta.url));
  const { status, stdout, stderr } = rscript([script, folder]);
  if (status !== 0) return { failed: stderr.trim().split('\n').slice(-2).join(' ') };
  const rows = readFileSync(join(folder, `${name}.csv`), 'utf8').trim().split('\n').map((line) => line.split(',').map(Number));
  const times = rows.map((row) => row[0]).sort((a, b) => a - b);
  return {
    version: stdout.trim().split('\n')[0].trim(), fits: rows.length, secondsPerFit: times.reduce((sum, time) => sum + time, 0) / times.length,
    medianSeconds: times[Math.floor(times.length / 2)], fixef: rows.map((row) => row.slice(1)),
  };
}
