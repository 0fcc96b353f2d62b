/**
 * A bootstrap of cbpp with a million replicates in a folder: in one go, and killed ten times and resumed. The results must have the same
 * bytes; memory is the peak of the process.
 * Options: --quick (tiny sizes), --workers n (default 2).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine } from './lib/machine.mjs';
import { digits, writeResult } from './lib/output.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, workers: { type: 'string', default: '2' } } });
const replicates = options.quick ? 20_000 : 1_000_000;
const kills = options.quick ? 2 : 10;
const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'durable-'));
const at = (name) => join(folder, name);

/** Runs until the end, or until it is killed some seconds after it has written something; seconds, and MiB at the peak where /proc tells. */
async function run(name, killAfter) {
  const begin = performance.now();
  const child = spawn(process.execPath, [
    file('../dist/cli/main.js'), 'bootstrap', file('../data/cbpp.csv'), '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial',
    '--types', 'period=factor', '--backend', 'cpu', '--nsim', String(replicates), '--seed', '1', '--workers', options.workers, '--out', at(name), '--resume', '--progress', 'none',
  ], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const before = parts(name).length;
  let peak = 0;
  let doomed = killAfter === undefined;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakMiB(child.pid));
    if (doomed || parts(name).length <= before) return;
    doomed = true;
    void Promise.race([sleep(1000 * killAfter), ended]).then(() => child.kill('SIGKILL'));
  }, 20);
  const [code, signal] = await ended;
  clearInterval(watch);
  if (code !== 0 && signal !== 'SIGKILL') throw new Error(`the run ended with ${code ?? signal}`);
  return { done: code === 0, peak, seconds: (performance.now() - begin) / 1000 };
}

function parts(name) {
  try {
    return readdirSync(join(at(name), 'parts'));
  } catch {
    return [];
  }
}

function peakMiB(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

try {
  const whole = await run('whole');
  let peak = 0;
  let killed = 0;
  for (let last = { done: false }; !last.done;) {
    // Kills are spread over half the time that the run takes, so that it does not end before the last of them.
    last = await run('killed', killed < kills ? (whole.seconds / kills) * Math.random() : undefined);
    if (!last.done) killed++;
    peak = Math.max(peak, last.peak);
  }
  const names = readdirSync(at('whole')).filter((name) => ['replicates.parquet', 'intervals.csv', 'fit.json'].includes(name));
  const same = names.every((name) => readFileSync(join(at('whole'), name)).equals(readFileSync(join(at('killed'), name))));
  console.log(`${digits(replicates)} replicates in one go: ${digits(whole.seconds)} s, ${digits(whole.peak)} MiB at the peak`);
  console.log(`Killed ${killed} times and resumed: ${digits(peak)} MiB at the peak; ${same ? 'the same bytes' : 'OTHER BYTES'} in ${names.join(', ')}`);
  if (!same) process.exitCode = 1;
  writeResult('durable', { machine: machine(), replicates, seconds: whole.seconds, peakMiB: whole.peak, kills: killed, peakResumedMiB: peak, sameBytes: same });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
