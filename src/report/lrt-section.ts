/** A simulated likelihood-ratio test as a section of a page. */
import type { SimulatedLrt } from '../studies/lrt-study.js';
import { estimateSample } from './estimate-sample.js';
import { formatCount, formatFixed, formatPValues } from './format-numbers.js';
import { LRT_LABELS } from './format-lrt.js';
import { html, type Markup } from './markup.js';
import type { Plots } from './report-plots.js';
import { printable } from './text-table.js';

/** Null distribution with the statistic of the data, and the p-values side by side. */
export function lrtSection(plots: Plots, test: SimulatedLrt, smaller: string, larger: string): Markup {
  const { rows, statistic, replicates, used, nsim, bootstrapInterval } = test;
  const p = formatPValues(rows.map((row) => row.p_value));
  const number = (value: number | null, digits: number): string => (value === null || Number.isNaN(value) ? '' : formatFixed(value, digits));
  const sample = estimateSample('likelihood-ratio statistic', statistic, replicates, []);
  return html`<section>
<h2>Likelihood-ratio test by simulation under the smaller model</h2>
<p class="formula"><code>${printable(smaller)}</code></p>
<p class="formula"><code>${printable(larger)}</code></p>
<figure><figcaption>Null distribution of the statistic from ${formatCount(used)} of ${formatCount(nsim)} replicates; the line is that of the data, ${formatFixed(statistic, 3)}</figcaption>${plots.distribution(sample)}</figure>
<h3>P-values</h3>
<div class="scroll"><table>
<thead><tr><th class="name">Method</th><th>Statistic</th><th>Df</th><th>Df2</th><th>p value</th><th>Monte-Carlo error</th></tr></thead>
<tbody>${rows.map((row, i) => html`<tr><td class="name">${LRT_LABELS[row.method]}</td><td>${number(row.statistic, 3)}</td><td>${row.df === null ? '' : String(row.df)}</td><td>${number(row.ddf, 1)}</td><td>${Number.isNaN(row.p_value) ? '' : p[i]!}</td><td>${row.std_error > 0 ? row.std_error.toExponential(1) : ''}</td></tr>
`)}</tbody></table></div>
${bootstrapInterval === null ? html`` : html`<p class="soft">95 % interval of the bootstrap p-value: ${bootstrapInterval[0].toPrecision(3)} to ${bootstrapInterval[1].toPrecision(3)}.</p>`}
</section>`;
}
