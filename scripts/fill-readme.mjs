// Writes the accuracy and speed tables of the README from bench/results/*.json. With --check it changes nothing and fails where they differ.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const result = (name) => {
  const file = fileURLToPath(new URL(`../bench/results/${name}.json`, import.meta.url));
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
};
const table = (header, rows) =>
  [header, header.map((_, j) => (j === 0 ? '---' : '--:')), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
const scientific = (value) => value.toExponential(1);
const digits = (value) => (value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(+value.toPrecision(3)));
const machineOf = ({ machine }) => `${machine.processor}, ${machine.cores} cores, Node ${machine.node.slice(1)}, ${machine.started.slice(0, 10)}`;
const adapterOf = ({ description, software }) => description + (software ? ' (a software adapter: the arithmetic of a GPU, not its speed)' : '');

function accuracyTables({ float64, webgpu }) {
  const own = [
    'Float64 (`npm run accuracy`; largest of the fits in a row):', '',
    table(['family', 'data', 'fits', 'approximations', 'compared with', 'log-likelihood, relative', 'fixed effects, SE', 'standard deviations, SE'], float64.map((row) => [
      row.family, row.datasets.join(', '), row.fits, row.methods.join(', '), row.against.join(', '), scientific(row.logLik), scientific(row.fixed), scientific(row.sd),
    ])),
  ];
  if (webgpu.rows === undefined) return own;
  return [
    ...own, '',
    `WebGPU against float64 on ${adapterOf(webgpu.adapter)}, largest over **every** model of a bootstrap batch:`, '',
    table(['batch', 'models', 'estimates, SE', 'log-likelihood', 'statuses that differ', 'estimates at infinity in both'], webgpu.rows.map((row) => [
      row.title, row.models.toLocaleString('en-US'), scientific(row.largestInStandardErrors), scientific(row.largestInLogLik), row.statusesThatDiffer, row.atInfinity ?? 0,
    ])),
  ];
}

function speedTables(speed, peers, gpu) {
  const lines = [
    `Bootstrap refits in float64 on **one** core, and other programs' \`refit\` on the same responses (\`npm run bench:peers\`; ${machineOf(peers)}):`, '',
    table(
      ['model', 'ms per refit', ...Object.entries(peers.versions).flatMap(([name, version]) => [`${name} ${version}, ms`, 'ratio'])],
      peers.rows.map((row) => [
        row.title, digits(1000 * row.secondsPerFit),
        ...Object.keys(peers.versions).flatMap((name) => row.peers[name]?.ratio === undefined ? ['–', '–']
          : [digits(1000 * row.peers[name].secondsPerFit), `${digits(row.peers[name].ratio)}×`]),
      ])),
  ];
  if (speed !== null) {
    const { coldFit: cold, flatness } = speed;
    const largest = flatness.batches.at(-1);
    lines.push('', [
      `A cold fit of ${digits(cold.rows)} binary rows in ${digits(cold.groups)} groups takes ${digits(cold.seconds)} s and ${digits(cold.peakMiB)} MiB.`,
      `${digits(largest.models)} refits of cbpp on ${flatness.workers} threads take ${digits(largest.seconds)} s (${digits(1e6 / largest.microsecondsPerFit)} a second),`,
      `peak memory ${digits(flatness.peakMiB)} MiB; the cost per fit of 1,000 to 100,000 models differs by ${digits(100 * flatness.spread)} % (\`npm run bench\`).`,
    ].join(' '));
  }
  if (gpu !== null) {
    lines.push(
      '', `WebGPU on ${gpu.adapter.description} (\`npm run bench:gpu\`):`, '',
      table(['model', 'fits/s', 'largest error, SE'], gpu.rows.filter((row) => row.engine !== undefined).map((row) =>
        [row.title, digits(Math.max(row.engine.fitsPerSecond, ...row.engine.chunks.map((one) => one.fitsPerSecond))), scientific(row.error.largestInStandardErrors)])));
  }
  return lines;
}

/** Text with what stands between the marks of a table replaced. */
function fill(text, mark, lines) {
  const [begin, end] = [`<!-- ${mark}:begin -->`, `<!-- ${mark}:end -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`README.md has no ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n${lines.join('\n')}\n${text.slice(to)}`;
}

const before = readFileSync(readme, 'utf8');
let after = before;
const accuracy = result('accuracy');
const peers = result('peers');
if (accuracy !== null) after = fill(after, 'accuracy', accuracyTables(accuracy));
if (peers !== null) after = fill(after, 'speed', speedTables(result('speed'), peers, result('gpu')));
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('The tables of README.md are not those of bench/results; run `node scripts/fill-readme.mjs`.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(readme, after);
}
