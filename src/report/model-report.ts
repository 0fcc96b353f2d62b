/** One fitted model as one self-contained HTML file: estimates, what they explain, and whether they can be trusted. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { ALARM, type ModeNormality, type ResidualTest, modeNormality, residualTests } from '../diagnostics/residual-tests.js';
import { simulatedResiduals } from '../diagnostics/simulated-residuals.js';
import type { GlmmFit } from '../fit/glmm.js';
import type { FitJson } from '../fit/types.js';
import { type Finding, diagnose } from '../inference/diagnose.js';
import { profile } from '../inference/profile.js';
import { type Explained, varianceExplained } from '../prediction/variance-explained.js';
import { loadDrawing } from './draw-svg.js';
import { formatCount, formatFixed, formatPValues } from './format-numbers.js';
import { html, type Markup } from './markup.js';
import { FIGURE_KINDS, type FigureKind } from './figure-kinds.js';
import { MAX_FIGURES, type ModelFigure, modelFigures, profileFigures, profilesQuickly } from './model-figures.js';
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
  /** Whether profiles of the parameters are drawn; default where the model is small. */
  readonly profiles?: boolean;
  readonly signal?: AbortSignal;
}

const OPTION_NAMES = { dataName: true, generator: true, nsim: true, seed: true, quadrature: true, profiles: true, signal: true } as const satisfies Record<keyof ModelReportOptions, true>;

/**
 * The report as the text of an HTML file: no network, no scripts. Loads the drawing libraries on first use.
 * @throws OptionError for fewer than 20 simulated responses.
 */
export async function modelReport(fit: GlmmFit, options: ModelReportOptions = {}): Promise<string> {
  checkFit('modelReport', fit);
  checkOptionNames(options, OPTION_NAMES, 'modelReport');
  const { dataName = fit.options.dataName } = options;
  const json = fit.toJSON();
  return reportPage({
    title: `Mixed model${dataName === undefined ? '' : ` of ${printable(dataName)}`}`,
    generator: options.generator ?? 'glmmgpu',
    heading: html`${modelHeading(json)}
${modelFacts(json)}`,
    sections: html`${modelSection(json)}
${explainedSection(fit)}
${await examination(fit, options)}`,
  });
}

/** Diagnosis in words, tests and figures: what is found out about a model after its estimates. @throws as `modelReport` */
export async function examination(fit: GlmmFit, { nsim = 250, seed = 1, quadrature = true, signal, profiles = profilesQuickly(fit) }: ModelReportOptions): Promise<Markup> {
  const abortable = signal === undefined ? {} : { signal };
  const simulated = simulatedResiduals(fit, { nsim, seed });
  const { findings } = await diagnose(fit, { quadrature, ...abortable });
  const drawing = await loadDrawing();
  const figures = [
    ...modelFigures(drawing, fit, simulated), ...(profiles ? profileFigures(drawing, (await profile(fit, abortable)).curves) : []),
  ];
  return html`${diagnosisSection(findings)}
${testSection(residualTests(fit, simulated), modeNormality(fit), nsim, seed)}
${FIGURE_KINDS.map((kind) => figureSection(kind, figures))}`;
}

/** Size of the data and how the fit ended, as tiles. */
export function modelFacts({ nobs, groups, status, evaluations }: FitJson): Markup {
  return factTiles([
    ['Observations', formatCount(nobs)],
    ...Object.entries(groups).map(([name, levels]) => [`Levels of ${printable(name)}`, formatCount(levels)] as const),
    ['Status', STATUS_LABELS[status]],
    ['Evaluations', formatCount(evaluations)],
  ]);
}

/** ICC, design effects and R², or why there is none. */
export function explainedSection(fit: GlmmFit): Markup {
  const { icc, designEffect, iccAdjusted, iccUnadjusted, r2Marginal, r2Conditional } = varianceExplained(fit);
  const rows: readonly (readonly [string, Explained])[] = [
    ...Object.entries(icc).map(([group, value]) => [`Intra-class correlation, ${printable(group)}`, value] as const),
    ...Object.entries(designEffect).map(([group, value]) => [`Design effect, ${printable(group)}`, value] as const),
    ['Intra-class correlation of all random effects (adjusted)', iccAdjusted], ['The same share of the whole variance (unadjusted)', iccUnadjusted],
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

/** Titles of the kinds of figures, and what is said above them. */
const HEADINGS: Readonly<Record<FigureKind, readonly [title: string, note: string | null]>> = {
  curves: ['Fitted curves', 'Means with random effects at zero and 95 % bands; other covariates at their means, factors averaged over.'],
  residuals: ['Residuals', null],
  modes: ['Conditional modes', 'Modes of the random effects with 95 % intervals given the other parameters.'],
  quantiles: ['Normal quantile plots of the modes', null],
  pairs: ['Correlated effects', null],
  profiles: ['Profiles', 'Signed root ζ of the likelihood-ratio statistic; the dashed line is where it would lie if the Wald interval were right, the grey lines are the limits of 95 and 99 %.'],
};

function figureSection(kind: FigureKind, figures: readonly ModelFigure[]): Markup {
  const own = figures.filter((figure) => figure.kind === kind);
  if (own.length === 0) return html``;
  const [title, note] = HEADINGS[kind];
  return html`<section>
<h2>${title}</h2>
${note === null ? html`` : html`<p class="soft">${note}</p>
`}<div class="grid">${own.map(({ caption, plot }) => html`<figure><figcaption>${caption}</figcaption>${plot}</figure>
`)}</div>${own.length === MAX_FIGURES ? html`
<p class="soft">The first ${MAX_FIGURES} are drawn.</p>` : html``}
</section>
`;
}
