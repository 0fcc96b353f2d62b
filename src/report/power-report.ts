/** A study of power as one self-contained HTML file: curves with their intervals, and the table. */
import type { PowerRow, PowerStudy } from '../studies/power-rows.js';
import { type Drawing, loadDrawing } from './draw-svg.js';
import { formatCount, formatFixed } from './format-numbers.js';
import { formatBackend } from './format-run.js';
import { html, type Markup } from './markup.js';
import { reportPage } from './report-page.js';
import { printable } from './text-table.js';

/** The report as the text of an HTML file. @param generator the program that wrote it */
export async function powerReport(study: PowerStudy, formula: string, generator: string): Promise<string> {
  const drawing = await loadDrawing();
  const title = `Power of ${study.tested.map(printable).join(', ')}`;
  return reportPage({
    title, generator,
    heading: html`<p class="formula"><code>${printable(formula)}</code></p>`,
    sections: html`${curveSection(drawing, study)}
<section><h2>All cells</h2>${powerTable(study.rows)}</section>
<section><h2>How it was made</h2><p>Seed ${study.seed}; replicate i of every cell has the same random numbers. ${formatBackend(study.backend)}</p></section>`,
  });
}

/** Power against the effect, one plot per test, size and distribution. */
export function curveSection(drawing: Drawing, study: PowerStudy): Markup {
  return html`<section><h2>Power curves</h2>
<p class="soft">Share of replicates in which the test rejects at level ${study.alpha}, with exact 95 % intervals. At effect 0 it is the type-I error; the dashed line is the level.</p>
<div class="grid">${curves(study).map(({ label, rows }) => html`<figure><figcaption>${label}</figcaption>${curve(drawing, study, label, rows)}</figure>`)}</div>
</section>`;
}

interface Curve {
  readonly label: string;
  readonly rows: readonly PowerRow[];
}

/** Rows that differ in one thing alone, the effect: one curve per test, size and distribution. */
function curves({ rows }: PowerStudy): Curve[] {
  const byLabel = new Map<string, PowerRow[]>();
  for (const row of rows) {
    const label = [
      row.test, row.distribution === 'normal' ? '' : `${row.distribution} effects`, row.along === null ? '' : `${formatCount(row.along)} levels`,
      row.within === null ? '' : `${formatCount(row.within)} per cell`,
    ].filter((part) => part !== '').join(', ');
    byLabel.set(label, [...(byLabel.get(label) ?? []), row]);
  }
  return [...byLabel].map(([label, own]) => ({ label, rows: own }));
}

function curve({ Plot, draw }: Drawing, { alpha, tested }: PowerStudy, label: string, rows: readonly PowerRow[]): Markup {
  const data = [...rows].sort((a, b) => a.effect - b.effect);
  return draw(`Power curve, ${label}`, {
    height: 220, marginTop: 10, marginBottom: 34, marginLeft: 40,
    x: { label: tested.length === 1 ? printable(tested[0]!) : 'multiple of the stated effects', labelAnchor: 'center', labelArrow: 'none', ticks: 5 },
    y: { domain: [0, 1], label: null, grid: true, ticks: 5 },
    marks: [
      Plot.ruleY([alpha], { stroke: 'var(--soft)', strokeDasharray: '4 3' }),
      Plot.link(data, { x1: 'effect', x2: 'effect', y1: 'rejected_low', y2: 'rejected_high', stroke: 'var(--percentile)', strokeWidth: 2 }),
      Plot.line(data, { x: 'effect', y: 'rejected', stroke: 'var(--percentile)' }),
      Plot.dot(data, { x: 'effect', y: 'rejected', r: 3.5, fill: 'var(--estimate)' }),
    ],
  });
}

/** One row per cell and test. */
export function powerTable(rows: readonly PowerRow[]): Markup {
  const share = (value: number): string => (Number.isNaN(value) ? '' : formatFixed(value, 3));
  return html`<div class="scroll"><table>
<thead><tr><th>Effect</th><th>Levels</th><th>Per cell</th><th class="name">Random effects</th><th class="name">Test</th><th>Replicates</th><th>Failed</th><th>Rejected</th><th>low</th><th>high</th><th>Bias</th><th>Coverage</th></tr></thead>
<tbody>${rows.map((row) => html`<tr><td>${String(row.effect)}</td><td>${row.along === null ? '' : String(row.along)}</td><td>${row.within === null ? '' : String(row.within)}</td><td class="name">${row.distribution}</td><td class="name">${row.test}</td><td>${formatCount(row.nsim)}</td><td>${formatCount(row.failed)}</td><td>${share(row.rejected)}</td><td>${share(row.rejected_low)}</td><td>${share(row.rejected_high)}</td><td>${Number.isNaN(row.bias) ? '' : row.bias.toPrecision(3)}</td><td>${share(row.coverage)}</td></tr>
`)}</tbody></table></div>`;
}
