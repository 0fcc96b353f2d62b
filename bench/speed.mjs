/**
 * `npm run bench`: the float64 path. Time per bootstrap refit on one core, a cold fit of a million rows, flatness of the cost from 1,000
 * to 100,000 models and memory of 100,000 replicates.
 * Options: --quick (tiny sizes, for the smoke test), --cases cbpp,15x20.
 */
import { parseArgs } from 'node:util';
import { pickCases, prepare } from './lib/cases.mjs';
import { inChild } from './lib/child.mjs';
import { machine } from './lib/machine.mjs';
import { digits, printTable, writeResult } from './lib/output.mjs';
import { timeRefits } from './lib/refits.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, cases: { type: 'string' } } });
const quick = options.quick;
const host = machine();
console.log(`${host.processor}, ${host.cores} cores, node ${host.node}, load average ${host.loadAverage.join(' ')}\n`);

const refits = [];
for (const one of pickCases(options.cases?.split(','))) {
  const { fit } = await prepare(one);
  const timing = await timeRefits(one.name, fit, quick ? 20 : 3000);
  refits.push({ name: one.name, title: one.title, nobs: fit.nobs, nAGQ: one.nAGQ, ...timing });
}
console.log('Bootstrap refits in float64 on one core (draw, fit from the generating parameters):');
printTable(['case', 'ms per refit', '±', 'fits/s', 'evaluations'], refits.map((row) =>
  [row.title, digits(row.millisecondsPerFit), `${digits(100 * row.relativeMargin)} %`, digits(1000 / row.millisecondsPerFit), digits(row.evaluationsPerFit)]));

const cold = await inChild('cold-fit.mjs', quick ? { groups: 50, perGroup: 20, nFixed: 3 } : { groups: 10_000, perGroup: 100, nFixed: 3 });
console.log(`Cold fit of ${cold.rows.toLocaleString('en-US')} binary rows in ${cold.groups.toLocaleString('en-US')} groups:`,
  `${digits(cold.seconds)} s, peak memory ${cold.peakMiB} MiB (targets: 20 s, 2,048 MiB)\n`);

const workers = 2;
const flatness = [];
for (const models of quick ? [50, 100] : [1000, 10_000, 100_000]) {
  // Small batches are over in tens of milliseconds: the median of several.
  const runs = [];
  for (let i = 0; i < (models <= 10_000 && !quick ? 5 : 1); i++) runs.push(await inChild('batch-cost.mjs', { name: 'cbpp', models, workers }));
  runs.sort((a, b) => a.microsecondsPerFit - b.microsecondsPerFit);
  flatness.push(runs[Math.floor(runs.length / 2)]);
}
const costs = flatness.map((row) => row.microsecondsPerFit);
const spread = Math.max(...costs) / Math.min(...costs) - 1;
console.log(`cbpp batches on ${workers} threads:`);
printTable(['models', 'seconds', 'µs per fit', 'fits/s', 'peak MiB'], flatness.map((row) =>
  [row.models.toLocaleString('en-US'), digits(row.seconds), digits(row.microsecondsPerFit), digits(1e6 / row.microsecondsPerFit), row.peakMiB]));
console.log(`Largest cost per fit above the smallest: ${digits(100 * spread)} % (target: 20 %; memory of the largest batch: 1,024 MiB)`);

writeResult('speed', { machine: host, refits, coldFit: cold, flatness: { workers, spread, batches: flatness } });
