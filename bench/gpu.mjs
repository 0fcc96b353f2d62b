/**
 * `npm run bench:gpu`: bootstrap refits on the WebGPU adapter of this machine; without a hardware one on the software adapter of the tests,
 * whose speed says nothing. Options: --quick (tiny time boxes), --cases cbpp,15x20, --seconds 5 (time box of one measurement).
 */
import { parseArgs } from 'node:util';
import { adapterWords, onAdapter } from './lib/adapter.mjs';
import { machine } from './lib/machine.mjs';
import { digits, printTable, writeResult } from './lib/output.mjs';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, cases: { type: 'string' }, seconds: { type: 'string', default: '5' } },
});
const CASES = ['cbpp', '15x20', '150x20', '1000x10', 'toenail', 'toenail-25'];
const request = { cases: options.cases?.split(',') ?? CASES, seconds: options.quick ? 0.1 : Number(options.seconds) };

const host = machine();
const result = await onAdapter('gpu-cases.mjs', request);
if ('unavailable' in result) {
  process.exitCode = 1;
} else {
  const { adapter, rows } = result;
  console.log(`\nAdapter: ${adapterWords(adapter)}`);
  console.log(adapter.timestamps ? 'GPU time by timestamp queries.\n' : 'No timestamp queries: kernel and transfer cannot be told apart.\n');
  const done = rows.filter((row) => row.refused === undefined);
  for (const row of rows) if (row.refused !== undefined) console.log(`${row.title}: ${row.refused}`);
  const percent = (value) => value === undefined ? '–' : `${Math.round(100 * value)} %`;
  console.log('Warm, one chunk at a time:');
  printTable(
    ['case', 'chunk', 'fits/s', 'ms/round', 'GPU ms/round', 'kernel', 'transfer', 'host'],
    done.map(({ title, warm }) => [
      title, warm.chunk, digits(warm.fitsPerSecond), digits(warm.millisecondsPerRound), digits(warm.gpuMillisecondsPerRound ?? NaN),
      percent(warm.shares.kernel), percent(warm.shares.transfer), percent(warm.shares.host),
    ]));
  console.log('Two chunks in flight, as the engine runs them; and the first chunk of a shape, whose pipelines are compiled:');
  printTable(
    ['case', 'fits/s', 'cold ms', 'compile ms', 'warm ms', 'of models'],
    done.map(({ title, engine, cold }) => [
      title, digits(engine.fitsPerSecond), digits(cold.milliseconds), digits(cold.compileMilliseconds), digits(cold.warmMilliseconds), cold.models]));
  if (done.some((row) => row.engine.chunks.length > 0)) {
    console.log('Fits per second by chunk size:');
    printTable(['case', 'chunk', 'fits/s'], done.flatMap(({ title, engine }) => engine.chunks.map((row) => [title, row.chunk, digits(row.fitsPerSecond)])));
  }
  console.log('Largest error against float64:');
  printTable(['case', 'models', 'standard errors', 'log-likelihood', 'statuses that differ'], done.map(({ title, error }) =>
    [title, error.models, error.largestInStandardErrors.toExponential(1), error.largestInLogLik.toExponential(1), error.statusesThatDiffer]));
  writeResult(adapter.software ? 'gpu-software' : 'gpu', { machine: host, adapter, softwareVehicle: adapter.software, timeBoxSeconds: request.seconds, rows });
}
