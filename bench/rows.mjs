/**
 * `npm run bench:gpujs`: one pass over the observations of a batch (η, μ, weight, deviance) by hand in float64, by hand as a shader, and
 * written with gpu.js in its modes. Options: --quick (tiny sizes, for the smoke test).
 */
import { parseArgs } from 'node:util';
import { adapterWords, onAdapter } from './lib/adapter.mjs';
import { machine } from './lib/machine.mjs';
import { digits, printTable, writeResult } from './lib/output.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const host = machine();
const result = await onAdapter('rows-child.mjs', options.quick ? { models: 32, milliseconds: 30 } : { models: 1024, milliseconds: 2000 });
const { problem, rows } = result;
console.log(`\n${problem.models} models of ${problem.rows} binary rows in ${problem.groups} groups, ${problem.p} coefficients; parameters in, sums of the groups out.`);
if (result.adapter !== null) console.log(`Adapter: ${adapterWords(result.adapter)}`);
printTable(['pass', 'ms', 'million rows/s', 'first ms', 'largest error'], rows.map((row) => row.failed === undefined
  ? [row.name, digits(row.milliseconds), digits(row.rowsPerSecond / 1e6), digits(row.coldMilliseconds), row.largestError.toExponential(1)]
  : [row.name, 'failed', '', '', '']));
for (const { name, failed, fallback } of rows) {
  if (failed !== undefined) console.log(`${name} failed: ${failed}`);
  if (fallback) console.log(`${name} fell back to another mode: ${fallback}`);
}
writeResult('gpujs', { machine: host, ...result });
