/**
 * `npm run bench:peers`: bootstrap refits next to lme4's and glmmTMB's `refit`, and ordinal's `clmm`, on the same responses, one core each, one after
 * the other.
 * Options: --quick (little time, for the smoke test), --cases cbpp,15x20.
 */
import { parseArgs } from 'node:util';
import { fitBatch } from '../dist/fit/fit-batch.js';
import { pickCases, prepare, replicates, standardErrors } from './lib/cases.mjs';
import { machine } from './lib/machine.mjs';
import { digits, printTable, writeResult } from './lib/output.mjs';
import { peerUnavailable, runPeer, writeCase } from './lib/peer.mjs';
import { timeRefits } from './lib/refits.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, cases: { type: 'string' } } });
const { quick } = options;
/** Most replicates for another program, and seconds it may take for a case. */
const REPLICATES = quick ? 3 : 100;
const SECONDS = quick ? 0 : 15;
const CLASSIC = ['binomial', 'poisson'];
/** glmmTMB has Laplace only; its negative binomial is the reference for ours, lme4's has no `refit`. */
const PEERS = [
  { name: 'lme4', takes: ({ family }) => CLASSIC.includes(family) },
  { name: 'glmmTMB', takes: ({ family, nAGQ }) => nAGQ === 1 && [...CLASSIC, 'nbinom2'].includes(family) },
  { name: 'ordinal', takes: ({ family }) => family === 'cumulative' },
];

const host = machine();
console.log(`${host.processor}, ${host.cores} cores, node ${host.node}, load average ${host.loadAverage.join(' ')}\n`);
const skipped = {};
for (const { name } of PEERS) {
  const reason = peerUnavailable(name);
  if (reason === null) continue;
  skipped[name] = reason;
  console.log(`${name} is left out: ${reason}`);
}

const versions = {};
const rows = [];
for (const one of pickCases(options.cases?.split(','))) {
  const { fit } = await prepare(one);
  // Before and after the others: a machine that is slower for a while is so for all.
  const secondsPerFit = async () => (await timeRefits(one.name, fit, quick ? 20 : 3000)).millisecondsPerFit / 1000;
  const before = await secondsPerFit();
  const peers = {};
  const { folder, remove } = writeCase(one, fit, fit.simulate({ nsim: REPLICATES, seed: 1 }), SECONDS);
  try {
    for (const peer of PEERS) {
      if (peer.name in skipped || !peer.takes(one)) continue;
      const found = runPeer(peer.name, folder);
      if ('failed' in found) {
        peers[peer.name] = found;
        console.log(`${peer.name} fails on ${one.title}: ${found.failed}`);
        continue;
      }
      const { version, fixef, ...timing } = found;
      versions[peer.name] = version;
      peers[peer.name] = { ...timing, ...(await differences(fit, fixef)) };
    }
  } finally {
    remove();
  }
  const row = { name: one.name, title: one.title, nobs: fit.nobs, nAGQ: one.nAGQ, secondsPerFit: (before + (await secondsPerFit())) / 2, peers };
  for (const peer of Object.values(peers)) if (peer.secondsPerFit !== undefined) peer.ratio = peer.secondsPerFit / row.secondsPerFit;
  rows.push(row);
}

const firstPeer = ({ peers }) => Object.values(peers)[0];
const cell = (row, name) => row.peers[name]?.secondsPerFit === undefined ? ['–', '–'] : [digits(1000 * row.peers[name].secondsPerFit), `${digits(row.peers[name].ratio)}×`];
printTable(
  ['case', 'glmmgpu ms', ...PEERS.flatMap(({ name }) => [`${name} ms`, 'ratio']), 'median SE', 'largest SE'],
  rows.map((row) => [
    row.title, digits(1000 * row.secondsPerFit), ...PEERS.flatMap(({ name }) => cell(row, name)),
    digits(firstPeer(row)?.medianDifference ?? NaN), digits(firstPeer(row)?.largestDifference ?? NaN),
  ]));
console.log('SE columns: difference of the fixed effects from the first program listed, on the same responses, largest of a refit, in standard errors.\n');

const targets = speedTargets();
for (const { what, measured, target, holds } of targets) console.log(`${holds ? 'holds ' : 'MISSED'}  ${what}: ${measured} (target ${target})`);
writeResult('peers', { machine: host, versions, skipped, replicates: REPLICATES, rows, targets });

/** How far the fixed effects of another program's refits are from ours, in standard errors of the original fit. */
async function differences(fit, fixef) {
  const { params } = await fitBatch(fit.design, replicates(fit, 0, fixef.length), { ...fit.settings.integration, backend: 'cpu', workers: 1 });
  const errors = standardErrors(fit);
  const each = fixef.map((theirs, b) => Math.max(...theirs.map((value, j) => Math.abs(value - params[j][b]) / errors[j]))).sort((a, b) => a - b);
  return { medianDifference: each[Math.floor(each.length / 2)], largestDifference: each.at(-1) };
}

/** The project's targets, as far as this run can judge them. Milliseconds are for a machine where lme4 refits cbpp in 0.13 s. */
function speedTargets() {
  const found = Object.fromEntries(rows.map((row) => [row.name, row]));
  const list = [];
  const atLeast = (name, factor, peer = 'lme4') => {
    const ratio = found[name]?.peers[peer]?.ratio;
    if (ratio !== undefined) list.push({ what: `${found[name].title}: times faster than ${peer}'s refit`, measured: digits(ratio), target: `≥ ${digits(factor)}`, holds: ratio >= factor });
  };
  const scale = (found.cbpp?.peers.lme4?.secondsPerFit ?? NaN) / 0.13;
  const atMost = (name, milliseconds) => {
    if (found[name] === undefined || Number.isNaN(scale)) return;
    const limit = milliseconds * scale;
    const measured = 1000 * found[name].secondsPerFit;
    list.push({
      what: `${found[name].title}: ms per refit`, measured: digits(measured), holds: measured <= limit,
      target: `≤ ${milliseconds} × ${digits(scale)} = ${digits(limit)}`,
    });
  };
  atLeast('cbpp', 1000);
  atMost('15x20', 0.4);
  atMost('150x20', 2.5);
  atLeast('1000x10', 200);
  for (const name of ['three-level', 'grouseticks', 'verbagg']) atLeast(name, 50);
  atLeast('salamanders', 100, 'glmmTMB');
  atLeast('wine', 100, 'ordinal');
  return list;
}
