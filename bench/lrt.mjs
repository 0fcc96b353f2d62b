/**
 * `npm run bench:lrt`: the simulated likelihood-ratio test of the period effect in cbpp beside pbkrtest's of the same models, and influence,
 * cross-validation and profiles of contraception in units of a single fit.
 * Options: --quick (tiny sizes).
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { crossValidate, influence, profile, simulatedLrt } from '../dist/index.js';
import { pickCases, prepare } from './lib/cases.mjs';
import { machine } from './lib/machine.mjs';
import { digits, printTable, writeResult } from './lib/output.mjs';
import { peerUnavailable } from './lib/peer.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const host = machine();
const cores = availableParallelism();

/** Seconds that work takes, and its result. */
async function timed(work) {
  const begin = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - begin) / 1000 };
}

const replicates = options.quick ? 200 : 10_000;
const peerReplicates = options.quick ? 3 : 50;
const [cbpp, contraception] = pickCases(['cbpp', 'contraception']);
const { fit: larger } = await prepare(cbpp);
const { fit: smaller } = await prepare({ ...cbpp, formula: cbpp.formula.replace('period', '1') });
const { result: test, seconds } = await timed(() => simulatedLrt(smaller, larger, { nsim: replicates, seed: 1, backend: 'cpu' }));
console.log(`cbpp, period effect, ${digits(replicates)} replicates of both models: ${digits(seconds)} s on ${cores} cores`);

const skipped = peerUnavailable('pbkrtest');
let peer = null;
if (skipped === null) {
  const script = fileURLToPath(new URL('peers/pbkrtest.R', import.meta.url));
  const data = fileURLToPath(new URL('../data/cbpp.csv', import.meta.url));
  const [version, statistic, elapsed] = execFileSync('Rscript', ['--vanilla', script, data, String(peerReplicates)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n');
  const secondsPerReplicate = Number(elapsed) / peerReplicates;
  peer = { version, replicates: peerReplicates, secondsPerReplicate, statistic: Number(statistic), ratio: (secondsPerReplicate * replicates) / seconds };
  console.log(`pbkrtest ${version}: ${digits(1000 * secondsPerReplicate)} ms per replicate, ${digits(peer.ratio)} times as long (target: 500); statistics ${test.statistic.toFixed(4)} and ${peer.statistic.toFixed(4)}`);
} else {
  console.log(`pbkrtest is left out: ${skipped}`);
}

// Cold fits: what the studies do instead of so many `glmm` calls.
await prepare(contraception);
const cold = [await timed(() => prepare(contraception)), await timed(() => prepare(contraception)), await timed(() => prepare(contraception))].sort((a, b) => a.seconds - b.seconds);
const single = cold[1].seconds;
const { fit } = cold[1].result;
const studies = [];
/** @param models of a result */
async function study(name, work, models) {
  const { result, seconds: taken } = await timed(work);
  studies.push({ name, models: models(result), seconds: taken, factor: (taken * cores) / (models(result) * single) });
}
await study('influence of districts', () => influence(fit, { by: 'district', backend: 'cpu' }), ({ rows }) => rows.length);
await study('10-fold cross-validation', () => crossValidate(fit, { folds: 10, by: 'district', seed: 1, backend: 'cpu' }), ({ folds }) => folds.length);
await study('profiles', () => profile(fit, options.quick ? { parameters: ['age'], points: 2 } : {}), ({ nModels }) => nModels);
console.log(`\ncontraception, ${digits(fit.nobs)} rows: a single fit takes ${digits(1000 * single)} ms`);
printTable(['study', 'fits', 'seconds', 'single fits × models / cores'], studies.map((row) => [row.name, digits(row.models), digits(row.seconds), digits(row.factor)]));

writeResult('lrt', { machine: host, cores, lrt: { replicates, seconds, statistic: test.statistic, pbkrtest: peer, skipped }, contraception: { nobs: fit.nobs, singleFitSeconds: single, studies } });
