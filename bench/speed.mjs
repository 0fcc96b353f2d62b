/**
 * `npm run bench`: the float64 path. Time per refit on one core, the same by the number of rows, a cold fit of a million rows,
 * flatness of the cost from 1,000 to 100,000 models and memory of 100,000 replicates.
 * Options: --quick (tiny sizes, for the smoke test), --cases cbpp,15x20.
 */
import { parseArgs } from 'node:util';
import { pickCases, prepare, threeLevels } from './lib/cases.mjs';
import { inChild } from './lib/child.mjs';
import { machine } from './lib/machine.mjs';
import { digits, printTable, writeResult } from './lib/output.mjs';
import { timeRefits } from './lib/refits.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, cases: { type: 'string' } } });
const { quick } = options;
const host = machine();
console.log(`${host.processor}, ${host.cores} cores, node ${host.node}, load average ${host.loadAverage.join(' ')}\n`);

const refits = [];
for (const one of pickCases(options.cases?.split(','))) {
  const { fit } = await prepare(one);
  const timing = await timeRefits(one.name, fit, quick ? 20 : 3000);
  refits.push({ name: one.name, title: one.title, nobs: fit.nobs, nAGQ: one.nAGQ, ...timing });
}
console.log('Refits of bootstrap replicates in float64 on one core, from the generating parameters:');
printTable(['case', 'ms per refit', '±', 'fits/s', 'evaluations', 'ms per draw'], refits.map((row) =>
  [row.title, digits(row.millisecondsPerFit), `${digits(100 * row.relativeMargin)} %`, digits(1000 / row.millisecondsPerFit), digits(row.evaluationsPerFit), digits(row.millisecondsPerDraw)]));

const byRows = [];
for (const groups of quick ? [20, 40] : [100, 200, 400, 800, 1600]) {
  const { fit } = await prepare(threeLevels(groups));
  const { millisecondsPerFit, evaluationsPerFit } = await timeRefits(`${groups}`, fit, quick ? 20 : 3000);
  byRows.push({ nobs: fit.nobs, groups, millisecondsPerFit, evaluationsPerFit, microsecondsPerRowAndEvaluation: (1000 * millisecondsPerFit) / (fit.nobs * evaluationsPerFit) });
}
console.log('Three levels (10 rows in a group, 5 groups in an outer one), by the number of rows:');
printTable(['rows', 'ms per refit', 'evaluations', 'µs per row and evaluation'], byRows.map((row) =>
  [row.nobs.toLocaleString('en-US'), digits(row.millisecondsPerFit), digits(row.evaluationsPerFit), digits(row.microsecondsPerRowAndEvaluation)]));

const cold = await inChild('cold-fit.mjs', quick ? { groups: 50, perGroup: 20, nFixed: 3 } : { groups: 10_000, perGroup: 100, nFixed: 3 });
console.log(`Cold fit of ${cold.rows.toLocaleString('en-US')} binary rows in ${cold.groups.toLocaleString('en-US')} groups:`,
  `${digits(cold.seconds)} s, peak memory ${cold.peakMiB} MiB (targets: 20 s, 2,048 MiB)\n`);

const flatness = await inChild('batch-cost.mjs', {
  name: 'cbpp', workers: 2, ...(quick ? { sizes: [50, 100], warmUp: 100 } : { sizes: [1000, 10_000, 100_000], warmUp: 30_000 }),
});
console.log(`cbpp batches on ${flatness.workers} threads:`);
printTable(['models', 'seconds', 'µs per fit', 'fits/s'], [...flatness.batches, flatness.cold].map((row) =>
  [`${row.models.toLocaleString('en-US')}${row === flatness.cold ? ', first of a process' : ''}`, digits(row.seconds), digits(row.microsecondsPerFit),
    digits(1e6 / row.microsecondsPerFit)]));
console.log(`Largest cost per fit above the smallest, warm: ${digits(100 * flatness.spread)} % (target: 20 %);`,
  `peak memory ${flatness.peakMiB} MiB (target: 1,024 MiB)`);

writeResult('speed', { machine: host, refits, byRows, coldFit: cold, flatness });
