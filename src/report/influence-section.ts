/** Influence of levels or rows as a section of a page. */
import type { Influence } from '../studies/influence.js';
import type { CsvRow } from './csv-text.js';
import { type Drawing, loadDrawing } from './draw-svg.js';
import { intervalPlot } from './common-plots.js';
import { formatCount, formatNumbers } from './format-numbers.js';
import { formatBackend } from './format-run.js';
import { html, type Markup } from './markup.js';
import { reportPage } from './report-page.js';
import { STATUS_LABELS } from './status-words.js';
import { printable } from './text-table.js';

/** Units shown; nobody reads more. */
const SHOWN = 20;

/** The units with the largest Cook's distances, and what the estimates change without them. */
export function influenceSection(drawing: Drawing, { by, rows, parameters }: Influence): Markup {
  const most = [...rows].sort((a, b) => (b.cooks_distance || 0) - (a.cooks_distance || 0)).slice(0, SHOWN);
  const distances = formatNumbers(most.map((row) => row.cooks_distance), 4);
  const changes = parameters.map((_, j) => formatNumbers(most.map((row) => row.dfbeta[j]!), 3));
  const failed = rows.filter(({ cooks_distance }) => Number.isNaN(cooks_distance)).length;
  return html`<section>
<h2>Influence of ${printable(by)}</h2>
<p class="soft">${formatCount(rows.length)} fits, each without one of them${failed === 0 ? '' : `; ${formatCount(failed)} without an estimate`}. The ${most.length} largest Cook’s distances:</p>
<figure><figcaption>Cook’s distance</figcaption>${intervalPlot(drawing, {
    label: 'Cook’s distances', width: 480, rowHeight: 16, colour: 'var(--percentile)',
    rows: most.filter((row) => Number.isFinite(row.cooks_distance)).map(({ unit, cooks_distance }) => ({ name: printable(unit), estimate: cooks_distance, low: 0, high: cooks_distance })),
  })}</figure>
<h3>Changes of the estimates without them</h3>
<div class="scroll"><table>
<thead><tr><th class="name">${printable(by)}</th><th class="name">Status</th><th>Cook’s distance</th>${parameters.map((name) => html`<th>${printable(name)}</th>`)}</tr></thead>
<tbody>${most.map(({ unit, status }, i) => html`<tr><td class="name">${printable(unit)}</td><td class="name">${STATUS_LABELS[status]}</td><td>${distances[i]!}</td>${changes.map((column) => html`<td>${column[i]!}</td>`)}</tr>
`)}</tbody></table></div>
</section>`;
}

/** The section as a self-contained HTML file. @param generator the program that wrote it */
export async function influenceReport(influence: Influence, formula: string, generator: string): Promise<string> {
  return reportPage({
    title: `Influence of ${printable(influence.by)}`, generator,
    heading: html`<p class="formula"><code>${printable(formula)}</code></p>`,
    sections: html`${influenceSection(await loadDrawing(), influence)}
<section><h2>How it was made</h2><p>${formatBackend(influence.fit.backend)}</p></section>`,
  });
}

/** One row per unit for other programs. */
export function influenceRows({ rows, parameters }: Influence): CsvRow[] {
  return rows.map(({ unit, status, cooks_distance, logLik, dfbeta, dfbetas }) => ({
    unit, status, cooks_distance, logLik,
    ...Object.fromEntries(dfbeta.map((change, j) => [`dfbeta_${parameters[j]!}`, change])),
    ...Object.fromEntries(dfbetas.map((change, j) => [`dfbetas_${parameters[j]!}`, change])),
  }));
}
