/**
 * A bootstrap as one self-contained HTML file: no network, no scripts, no fonts; readable on paper and in the dark. Everything that came
 * from the user's data is escaped by the templates (`markup.ts`).
 */
import { checkArgument } from '../check-arguments.js';
import type { Bootstrap, BootstrapMethod, FitJson, IntervalKind, IntervalRow } from '../fit/types.js';
import { STATUS_NAMES, type StatusName } from '../model/status.js';
import { type EstimateSample, estimateSamples } from './estimate-sample.js';
import { formatCount, formatDuration, formatFixed, formatNumbers, formatTogether } from './format-numbers.js';
import { formatPercent, limitLabels } from './format-intervals.js';
import { backendName, formatCheck } from './format-run.js';
import { html, type Markup } from './markup.js';
import { methodWords, modelHeading, modelSection } from './model-sections.js';
import { intervalColour, loadPlots, type Plots } from './report-plots.js';
import { factTiles, reportPage } from './report-page.js';
import { countFailures, STATUS_LABELS } from './status-words.js';
import { printable } from './text-table.js';

/** What the report of a bootstrap is made of. */
export interface ReportInput {
  readonly fit: FitJson;
  readonly bootstrap: Bootstrap;
  /** Rows of `bootstrap.intervals(…)`, one level. */
  readonly intervals: readonly IntervalRow[];
  /** Name of the data set for the title. */
  readonly dataName?: string;
  /** The program that wrote the report, e.g. `glmmgpu 0.1.0`. */
  readonly generator?: string;
}

const METHOD_TITLES: Readonly<Record<BootstrapMethod, string>> = {
  parametric: 'Parametric bootstrap', residual: 'Residual bootstrap', levels: 'Cases bootstrap', rows: 'Cases bootstrap',
};
const METHOD_SENTENCES: Readonly<Record<BootstrapMethod, (count: string) => string>> = {
  parametric: (count) => `${count} responses were simulated from the fitted model`,
  residual: (count) => `${count} responses were made from predicted random effects drawn with replacement`,
  levels: (count) => `${count} data sets were made of levels of the grouping factor drawn with replacement`,
  rows: (count) => `${count} data sets were made of rows drawn with replacement within their levels`,
};

/** Plots of more parameters than this would make a page nobody reads; the tables have them all. */
const MAX_PLOTTED = 60;

const STATUS_COLOURS: Readonly<Record<StatusName, string>> = {
  converged: 'var(--good)', boundary: 'var(--edge)', separated: 'var(--bad)', maxEvaluations: 'var(--bad)', lineSearch: 'var(--bad)', nonFinite: 'var(--bad)',
};

/** The report as the text of an HTML file. Loads the drawing libraries on first use. */
export async function htmlReport(input: ReportInput): Promise<string> {
  checkArgument('htmlReport', input, ['fit', 'bootstrap', 'intervals'], 'what it reports', 'give { fit: fit.toJSON(), bootstrap, intervals }');
  const { fit, bootstrap, intervals } = input;
  const plots = await loadPlots();
  const samples = estimateSamples(bootstrap, intervals);
  const title = `${METHOD_TITLES[bootstrap.method]}${input.dataName === undefined ? '' : ` of ${printable(input.dataName)}`}`;
  return reportPage({
    title, generator: input.generator ?? 'glmmgpu',
    heading: html`${modelHeading(fit)}
${facts(bootstrap)}`,
    sections: html`${statusSection(bootstrap)}
${intervalSection(samples, intervals, plots)}
${distributionSection(samples, intervals, plots)}
${modelSection(fit)}
${quantileSection(samples, plots)}
${methodSection(fit, bootstrap)}`,
  });
}

function facts(bootstrap: Bootstrap): Markup {
  const converged = bootstrap.counts.converged + bootstrap.counts.boundary;
  const rows: readonly (readonly [string, string])[] = [
    ['Refits', formatCount(bootstrap.nsim)],
    ['Converged', `${formatFixed((100 * converged) / Math.max(1, bootstrap.nsim), 2)} %`],
    ['Refits per second', formatCount(Number(bootstrap.refitsPerSecond.toPrecision(3)))],
    ['Time', formatDuration(bootstrap.seconds)],
    ['Device', `${backendName(bootstrap.backend.backend)}, ${printable(bootstrap.backend.device)}`],
    ['Seed', String(bootstrap.seed)],
  ];
  return factTiles(rows);
}

function statusSection(bootstrap: Bootstrap): Markup {
  const { counts, nsim } = bootstrap;
  const present = STATUS_NAMES.filter((name) => counts[name] > 0);
  const failed = countFailures(counts);
  return html`<section>
<h2>How the refits ended</h2>
<div class="bar" role="img" aria-label="Shares of the statuses">${present.map((name) =>
    html`<span style="flex:${counts[name]};background:${STATUS_COLOURS[name]}"></span>`)}</div>
<ul class="key" style="margin-top:.5rem">${present.map((name) =>
    html`<li><i style="background:${STATUS_COLOURS[name]}"></i>${STATUS_LABELS[name]}: ${formatCount(counts[name])} (${formatFixed((100 * counts[name]) / Math.max(1, nsim), 2)} %)</li>`)}</ul>
<p class="soft">${failed === 0
    ? 'Every refit reached its maximum; refits on the boundary (a variance of zero, a correlation of ±1) are valid estimates and are kept.'
    : `${formatCount(failed)} ${failed === 1 ? 'refit' : 'refits'} without a maximum-likelihood estimate ${failed === 1 ? 'is' : 'are'} left out of the intervals and plots; refits on the boundary are valid estimates and are kept.`}</p>
</section>`;
}

/** Table of the intervals, and all estimates with their first interval on one axis. */
export function intervalSection(samples: readonly EstimateSample[], intervals: readonly IntervalRow[], plots: Plots): Markup {
  const first = intervals[0];
  if (first === undefined) return html``;
  const [low, high] = limitLabels(first.level);
  const [estimates, errors, biases, lows, highs] = formatTogether([
    intervals.map((row) => row.estimate), intervals.map((row) => row.std_error), intervals.map((row) => row.bias),
    intervals.map((row) => row.conf_low), intervals.map((row) => row.conf_high),
  ], 2, 4);
  const kinds = [...new Set(intervals.map((row) => row.kind))];
  return html`<section>
<h2>Bootstrap intervals, ${formatPercent(first.level)}</h2>
<div class="scroll"><table>
<thead><tr><th class="name">Parameter</th><th>Estimate</th><th>Bias</th><th>Std. Error</th><th class="name">Interval</th><th>${low}</th><th>${high}</th><th>Refits used</th></tr></thead>
<tbody>${intervals.map((row, i) => {
    const leads = row.parameter !== intervals[i - 1]?.parameter;
    const once = (text: string): string => (leads ? text : '');
    return html`<tr class="${leads ? 'lead' : ''}"><td class="name">${once(printable(row.parameter))}</td><td>${once(estimates![i]!)}</td><td>${once(biases![i]!)}</td><td>${once(errors![i]!)}</td><td class="name">${row.kind}</td><td>${lows![i]!}</td><td>${highs![i]!}</td><td>${once(formatCount(row.replicates))}</td></tr>
`;
  })}</tbody>
</table></div>
${samples.length > MAX_PLOTTED ? html`` : html`<h3>At a glance</h3>
<figure class="wide"><figcaption>Estimates with ${kinds[0]!} intervals</figcaption>${plots.forest(samples, kinds[0]!)}</figure>`}
</section>`;
}

/** What the colours of a distribution mean. */
export function intervalKey(kinds: readonly IntervalKind[]): Markup {
  return html`<ul class="key"><li><i style="background:var(--bars)"></i>refits</li><li><i class="line" style="border-color:var(--estimate)"></i>estimate</li>${kinds.map((kind) =>
    html`<li><i class="line" style="border-color:${intervalColour(kind)}"></i>${kind} interval</li>`)}</ul>`;
}

function plotted(samples: readonly EstimateSample[]): readonly EstimateSample[] {
  return samples.filter((sample) => sample.sorted.length > 0).slice(0, MAX_PLOTTED);
}

function omission(samples: readonly EstimateSample[]): Markup {
  return samples.length <= MAX_PLOTTED ? html``
    : html`<p class="soft">The first ${MAX_PLOTTED} of ${samples.length} parameters are drawn; the table has them all.</p>`;
}

function distributionSection(samples: readonly EstimateSample[], intervals: readonly IntervalRow[], plots: Plots): Markup {
  const kinds = [...new Set(intervals.map((row) => row.kind))];
  return html`<section>
<h2>Distributions of the estimates</h2>
${intervalKey(kinds)}
${omission(samples)}
<div class="grid">${plotted(samples).map((sample) => html`<figure><figcaption><strong>${printable(sample.parameter)}</strong> <span class="soft">${caption(sample)}</span></figcaption>${plots.distribution(sample)}</figure>
`)}</div>
</section>`;
}

/** Estimate and first interval, with as many decimals as give the standard error two digits. */
function caption(sample: EstimateSample): string {
  const row = sample.intervals[0];
  const beyond = sample.beyond === 0 ? '' : `; ${formatCount(sample.beyond)} beyond the axis`;
  if (row === undefined) return `${formatNumbers([sample.estimate], 4)[0]!}${beyond}`;
  const [, estimate, low, high] = formatTogether([[row.std_error], [sample.estimate], [row.conf_low], [row.conf_high]], 1, 2);
  return `${estimate![0]!} [${low![0]!}, ${high![0]!}]${beyond}`;
}

function quantileSection(samples: readonly EstimateSample[], plots: Plots): Markup {
  return html`<section>
<h2>Normal quantile plots</h2>
<p class="soft">Points on the line mean that a normal interval would do; curves and flat ends (boundary estimates) mean that it would not.</p>
${omission(samples)}
<div class="grid">${plotted(samples).map((sample) => html`<figure><figcaption><strong>${printable(sample.parameter)}</strong></figcaption>${plots.quantiles(sample)}</figure>
`)}</div>
</section>`;
}

function methodSection(fit: FitJson, bootstrap: Bootstrap): Markup {
  const { backend } = bootstrap;
  return html`<section>
<h2>How it was made</h2>
<p>${METHOD_SENTENCES[bootstrap.method](formatCount(bootstrap.nsim))} (Philox 4×32-10, seed ${bootstrap.seed}; replicate i depends on the seed and i alone) and the model was fitted to each of them (${methodWords(fit)}).</p>
<p>Device: ${backendName(backend.backend)} on ${printable(backend.device)} (${printable(backend.reason)}).${backend.devicesLost > 0 ? ` Devices lost and replaced: ${backend.devicesLost}; no replicate was lost or repeated.` : ''}</p>
<p>${backend.check === null
    ? backend.backend === 'cpu' ? 'All refits were made in float64.' : 'No refit was repeated in float64.'
    : `Precision: ${formatCheck(backend.check)}.`}</p>
</section>`;
}
