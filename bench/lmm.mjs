/**
 * `npm run bench:lmm`: a refit of sleepstudy on one core beside lmer's of the same responses, and a cold fit of crossed factors
 * as large as InstEval.
 * Options: --quick (tiny sizes).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fitBatch, glmm, readTable } from '../dist/index.js';
import { inChild } from './lib/child.mjs';
import { machine } from './lib/machine.mjs';
import { digits, writeResult } from './lib/output.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const host = machine();
const file = fileURLToPath(new URL('../test/fixtures/data/sleepstudy.csv', import.meta.url));
const table = await readTable(readFileSync(file), 'csv', { types: { Subject: 'factor' } });
const fit = await glmm('Reaction ~ Days + (Days | Subject)', table, { family: 'gaussian', REML: false });
const { nobs } = fit;

/** Microseconds per refit of responses that are there already, from the original fit. */
async function time(nModels) {
  const response = new Float64Array(nModels * nobs);
  fit.simulate({ nsim: nModels, seed: 1 }).forEach((y, b) => { response.set(y, b * nobs); });
  const begin = performance.now();
  const fits = await fitBatch(fit.design, { nModels, response, start: fit.params, metric: fit.metric }, { backend: 'cpu', workers: 1, REML: false });
  return { microseconds: (1000 * (performance.now() - begin)) / nModels, fits };
}
const models = options.quick ? 50 : 20_000;
await time(models);
const runs = [await time(models), await time(models), await time(models)].sort((a, b) => a.microseconds - b.microseconds);
const own = runs[1].microseconds;

const refits = options.quick ? 5 : 200;
const folder = mkdtempSync(join(tmpdir(), 'lmm-'));
let lmer = null;
let largestGap = null;
try {
  const draws = fit.simulate({ nsim: refits, seed: 1 });
  const header = draws.map((_, b) => `r${b + 1}`).join(',');
  const responses = join(folder, 'responses.csv');
  writeFileSync(responses, [header, ...Array.from({ length: nobs }, (_, i) => draws.map((y) => y[i]).join(','))].join('\n'));
  const script = fileURLToPath(new URL('peers/lmer-refit.R', import.meta.url));
  const [seconds, ...logLiks] = execFileSync('Rscript', [script, file, responses], { encoding: 'utf8' }).trim().split('\n').map(Number);
  lmer = 1e6 * seconds;
  largestGap = Math.max(...logLiks.map((value, b) => Math.abs(value - runs[0].fits.logLik[b])));
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
  console.log('no Rscript here: lmer left out');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`sleepstudy, random slope, ML: ${digits(own)} µs per refit on one core${lmer === null ? '' : ','}`,
  ...(lmer === null ? [] : [`lmer's refit ${digits(lmer)} µs: ${digits(lmer / own)} times (target: 500); log-likelihoods differ by at most ${largestGap.toExponential(1)}`]));

const crossed = await inChild('lmm-crossed.mjs', options.quick ? { rows: 5000, levels: [300, 100, 14] } : { rows: 73_421, levels: [2972, 1128, 14] });
console.log(`Cold fit of ${digits(crossed.rows)} rows, ${crossed.levels.join(' × ')} crossed levels: ${digits(crossed.seconds)} s (${digits(crossed.processorSeconds)} s of processor time), ${crossed.evaluations} evaluations,`,
  `peak memory ${crossed.peakMiB} MiB (targets: 5 s, 1,024 MiB)`);
writeResult('lmm', { machine: host, refit: { nobs, microseconds: own, runs: runs.map((run) => run.microseconds), lmerMicroseconds: lmer, largestGap }, crossed });
