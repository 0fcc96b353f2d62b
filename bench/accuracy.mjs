/**
 * `npm run accuracy`: float64 fits against lme4, glmmTMB and an independent quadrature program, and batches on the WebGPU adapter (or the
 * software adapter of the tests) against float64. Options: --quick (few models, for the smoke test), --models 2000.
 */
import { parseArgs } from 'node:util';
import { adapterWords, onAdapter } from './lib/adapter.mjs';
import { machine } from './lib/machine.mjs';
import { printTable, writeResult } from './lib/output.mjs';
import { differences, fitLike, referenceFits } from './lib/references.mjs';

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false }, models: { type: 'string', default: '2000' } } });
const { quick } = options;
/** Data sets whose references take a while; the smoke test does without. */
const LARGE = ['instevalbin', 'verbagg79'];

const host = machine();
const rows = new Map();
for (const reference of referenceFits()) {
  if (quick && LARGE.includes(reference.dataset)) continue;
  const { family, dataset } = reference;
  const row = rows.get(family) ?? { family, datasets: new Set(), methods: new Set(), fits: 0, against: new Set(), logLik: 0, fixed: 0, sd: 0 };
  rows.set(family, row);
  const fit = await fitLike(reference);
  const found = differences(fit, reference);
  row.fits++;
  row.datasets.add(dataset);
  row.methods.add(methodOf(reference));
  row.against.add(reference.package === 'own-agq' ? 'independent quadrature' : reference.package);
  for (const what of ['logLik', 'fixed', 'sd']) row[what] = Math.max(row[what], found[what]);
}
const sorted = (names) => [...names].sort();
const float64 = [...rows.values()].map((row) => ({ ...row, datasets: sorted(row.datasets), methods: sorted(row.methods), against: sorted(row.against) }));
console.log('Float64 against other programs: largest relative error of the log-likelihood, largest errors of estimates in standard errors.');
printTable(['family', 'data', 'fits', 'log-likelihood', 'fixed effects', 'standard deviations'], float64.map((row) =>
  [row.family, row.datasets.join(', '), row.fits, ...[row.logLik, row.fixed, row.sd].map((value) => value.toExponential(1))]));

const webgpu = await onAdapter('accuracy-child.mjs', {
  cases: quick ? [{ name: 'cbpp', models: 20 }] : [
    ...['cbpp', 'cbpp-9', 'toenail', 'contraception'].map((name) => ({ name, models: Number(options.models) })),
    // Larger models of a software adapter take their time.
    ...['grouseticks', 'verbagg', 'salamanders', 'wine'].map((name) => ({ name, models: Number(options.models) / 4 })),
  ],
});
if (!('unavailable' in webgpu)) {
  console.log(`WebGPU against float64 on ${adapterWords(webgpu.adapter)}: largest over all models of the batch.`);
  printTable(['batch', 'models', 'standard errors', 'log-likelihood', 'statuses that differ', 'at infinity'], webgpu.rows.map((row) =>
    [row.title, row.models, row.largestInStandardErrors.toExponential(1), row.largestInLogLik.toExponential(1), row.statusesThatDiffer, row.atInfinity]));
}
writeResult('accuracy', { machine: host, float64, webgpu });

function methodOf({ family, link, REML, nAGQ }) {
  if (family === 'gaussian' && link === 'identity') return REML ? 'REML' : 'ML';
  return nAGQ === 0 ? 'joint mode (nAGQ = 0)' : nAGQ === 1 ? 'Laplace' : 'quadrature';
}
