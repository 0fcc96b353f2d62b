/** One fitted model as one self-contained HTML file: estimates, what they explain, and whether they can be trusted. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { ALARM, type ModeNormality, type ResidualTest, countZeros, modeNormality, residualTests } from '../diagnostics/residual-tests.js';
import { type SimulatedResiduals, simulatedResiduals } from '../diagnostics/simulated-residuals.js';
import type { GlmmFit } from '../fit/glmm.js';
import type { FitJson } from '../fit/types.js';
import { type Finding, diagnose } from '../inference/diagnose.js';
import { predict } from '../prediction/predict.js';
import { type RanefEntry, ranefTable } from '../prediction/ranef-table.js';
import { residuals } from '../prediction/residuals.js';
import { type Explained, varianceExplained } from '../prediction/variance-explained.js';
import { normalQuantilePlot } from './common-plots.js';
import { type Drawing, loadDrawing } from './draw-svg.js';
import { formatCount, formatFixed, formatPValues } from './format-numbers.js';
import { html, type Markup } from './markup.js';
import { caterpillarPlot, isAbridged, scatterPlot, uniformQuantilePlot, zerosPlot } from './model-plots.js';
import { modelHeading, modelSection } from './model-sections.js';
import { factTiles, reportPage } from './report-page.js';
import { STATUS_LABELS } from './status-words.js';
import { printable } from './text-table.js';

/** What the report of a model says and computes. */
export interface ModelReportOptions {
  /** Name of the data set for the title; default the one the model was fitted with. */
  readonly dataName?: string;
  /** The program that wrote the report, e.g. `glmmgpu 0.1.0`. */
  readonly generator?: string;
  /** Responses simulated for the quantile residuals, default 250. */
  readonly nsim?: number;
  /** Seed of the simulation, default 1. */
  readonly seed?: number;
  /** Whether the model is fitted again with more nodes to judge the approximation (default). */
  readonly quadrature?: boolean;
  readonly signal?: AbortSignal;
}

/** Effects of more terms than this would make a page nobody reads. */
const MAX_EFFECTS = 12;

/** Conditional modes of one effect. */
interface Effect {
  readonly name: string;
  readonly entries: readonly RanefEntry[];
}

const OPTION_NAMES = { dataName: true, generator: true, nsim: true, seed: true, quadrature: true, signal: true } as const satisfies Record<keyof ModelReportOptions, true>;

/**
 * The report as the text of an HTML file: no network, no scripts. Loads the drawing libraries on first use.
 * @throws OptionError for fewer than 20 simulated responses.
 */
export async function modelReport(fit: GlmmFit, options: ModelReportOptions = {}): Promise<string> {
  checkFit('modelReport', fit);
  checkOptionNames(options, OPTION_NAMES, 'modelReport');
  const { nsim = 250, seed = 1, quadrature = true, signal, dataName = fit.options.dataName } = options;
  const simulated = simulatedResiduals(fit, { nsim, seed });
  const { findings } = await diagnose(fit, { quadrature, ...(signal === undefined ? {} : { signal }) });
  const drawing = await loadDrawing();
  const json = fit.toJSON();
  const effects = effectsOf(fit);
  return reportPage({
    title: `Mixed model${dataName === undefined ? '' : ` of ${printable(dataName)}`}`,
    generator: options.generator ?? 'glmmgpu',
    heading: html`${modelHeading(json)}
${facts(json)}`,
    sections: html`${modelSection(json)}
${explainedSection(fit)}
${diagnosisSection(findings)}
${testSection(residualTests(fit, simulated), modeNormality(fit), nsim, seed)}
${residualSection(drawing, fit, simulated)}
${effectSection(drawing, fit, effects)}`,
  });
}

function effectsOf(fit: GlmmFit): Effect[] {
  const byName = new Map<string, RanefEntry[]>();
  for (const entry of ranefTable(fit)) {
    const name = `${entry.term} | ${entry.group}`;
    const own = byName.get(name);
    if (own === undefined) byName.set(name, [entry]);
    else own.push(entry);
  }
  return [...byName].map(([name, entries]) => ({ name: printable(name), entries }));
}

function facts({ nobs, groups, status, evaluations }: FitJson): Markup {
  return factTiles([
    ['Observations', formatCount(nobs)],
    ...Object.entries(groups).map(([name, levels]) => [`Levels of ${printable(name)}`, formatCount(levels)] as const),
    ['Status', STATUS_LABELS[status]],
    ['Evaluations', formatCount(evaluations)],
  ]);
}

function explainedSection(fit: GlmmFit): Markup {
  const { icc, designEffect, r2Marginal, r2Conditional } = varianceExplained(fit);
  const rows: readonly (readonly [string, Explained])[] = [
    ...Object.entries(icc).map(([group, value]) => [`Intra-class correlation, ${printable(group)}`, value] as const),
    ...Object.entries(designEffect).map(([group, value]) => [`Design effect, ${printable(group)}`, value] as const),
    ['R² of the fixed effects (marginal)', r2Marginal], ['R² with the random effects (conditional)', r2Conditional],
  ];
  return html`<section>
<h2>Variance explained</h2>
<div class="scroll"><table><tbody>${rows.map(([name, value]) => html`<tr><td class="words">${name}</td>${typeof value === 'number'
    ? html`<td class="words">${formatFixed(value, 3)}</td>` : html`<td class="words soft">not available: ${printable(value.unavailable)}</td>`}</tr>
`)}</tbody></table></div>
</section>`;
}

const SEVERITY_COLOURS: Readonly<Record<Finding['severity'], string>> = { fine: 'var(--good)', remark: 'var(--edge)', problem: 'var(--bad)' };

function diagnosisSection(findings: readonly Finding[]): Markup {
  return html`<section>
<h2>Can the fit be trusted?</h2>
<ul class="findings">${findings.map(({ severity, topic, message, advice }) =>
    html`<li style="border-color:${SEVERITY_COLOURS[severity]}"><strong>${topic}</strong> (${severity}): ${printable(message)}.${advice === null ? html`` : html` <em>${printable(advice)}.</em>`}</li>
`)}</ul>
</section>`;
}

function testSection(tests: readonly ResidualTest[], normality: readonly ModeNormality[], nsim: number, seed: number): Markup {
  const rows = [
    ...tests.map(({ test, statistic, p_value, meaning, advice }) => ({ name: test.replaceAll('_', ' '), statistic, p_value, meaning, advice })),
    ...normality.flatMap(({ group, term, result }) => (result === null ? [] : [{
      name: 'normal modes', ...result, meaning: `Shapiro–Wilk of the conditional modes of ${term} by ${group}`,
      advice: result.p_value < ALARM ? 'the modes are not normal; look at their quantile plot for a skew or for single levels far out' : 'no sign that the modes are not normal',
    }])),
  ];
  const p = formatPValues(rows.map((row) => row.p_value));
  return html`<section>
<h2>Tests of the residuals</h2>
<p class="soft">From ${formatCount(nsim)} responses simulated with new random effects (seed ${seed}).</p>
<div class="scroll"><table>
<thead><tr><th class="words">Test</th><th>Statistic</th><th>p value</th><th class="words">What it says</th></tr></thead>
<tbody>${rows.map(({ name, statistic, meaning, advice }, i) => html`<tr><td class="words">${name}</td><td class="top">${formatFixed(statistic, 3)}</td><td class="top">${p[i]!}</td><td class="words">${printable(advice)}<br><span class="soft">${printable(meaning)}</span></td></tr>
`)}</tbody></table></div>
</section>`;
}

const figure = (caption: string, plot: Markup): Markup => html`<figure><figcaption>${caption}</figcaption>${plot}</figure>
`;

function residualSection(drawing: Drawing, fit: GlmmFit, { residuals: quantile, observed, draws }: SimulatedResiduals): Markup {
  const { family, trials } = fit.design;
  const isCount = family !== 'gaussian' && family !== 'cumulative' && trials === null && observed.every(Number.isInteger) && observed.some((y) => y > 1);
  return html`<section>
<h2>Residuals</h2>
<div class="grid">${family === 'cumulative' ? html`` : figure('Pearson residuals against fitted means', scatterPlot(drawing, predict(fit).fit, residuals(fit, { type: 'pearson' }), ['Fitted mean', 'Pearson residual']))}
${figure('Simulated quantile residuals', uniformQuantilePlot(drawing, quantile))}
${isCount ? figure('Zeros in simulated responses; the line is the observed number', zerosPlot(drawing, countZeros(observed), draws.map(countZeros))) : html``}</div>
</section>`;
}

function effectSection(drawing: Drawing, fit: GlmmFit, effects: readonly Effect[]): Markup {
  const drawn = effects.slice(0, MAX_EFFECTS);
  const pairs = pairsOf(fit, drawn);
  return html`<section>
<h2>Conditional modes</h2>
<p class="soft">Modes of the random effects with 95 % intervals given the other parameters.${effects.length > MAX_EFFECTS ? ` The first ${MAX_EFFECTS} of ${effects.length} effects are drawn.` : ''}</p>
<div class="grid">${drawn.map(({ name, entries }) =>
    figure(isAbridged(entries.length) ? `${name}: the largest and the smallest of ${formatCount(entries.length)}` : name, caterpillarPlot(drawing, entries)))}</div>
<h3>Normal quantile plots of the modes</h3>
<div class="grid">${drawn.map(({ name, entries }) => figure(name, normalQuantilePlot(drawing, name, estimates(entries).sort())))}</div>
${pairs.length === 0 ? html`` : html`<h3>Correlated effects</h3>
<div class="grid">${pairs.map(([first, second]) => figure(`${second.name} against ${first.name}`, scatterPlot(drawing, estimates(first.entries), estimates(second.entries), [first.name, second.name])))}</div>`}
</section>`;
}

const estimates = (entries: readonly RanefEntry[]): Float64Array => Float64Array.from(entries, ({ estimate }) => estimate);

/** Pairs of effects that the model lets correlate. */
function pairsOf(fit: GlmmFit, effects: readonly Effect[]): (readonly [Effect, Effect])[] {
  return fit.VarCorr.filter(({ covariance }) => covariance !== 'diagonal' && covariance !== 'isotropic').flatMap(({ group, terms }) => {
    const own = effects.filter(({ entries }) => entries[0]!.group === group && terms.includes(entries[0]!.term));
    return own.flatMap((second, i) => own.slice(0, i).map((first) => [first, second] as const));
  }).slice(0, MAX_EFFECTS);
}
