/** The fitted model: tables, diagnosis in words, plots, exports. */
import type { Explained, RanefEntry } from '../index.js';
import type { FixedEffect } from '../fit/types.js';
import { csvText } from '../report/csv-text.js';
import { formatNumbers, formatPValues } from '../report/format-numbers.js';
import { type Analysis, cliCode, rCode, typescriptCode } from './code.js';
import { button, download, el, facts, table } from './dom.js';
import type { FitView } from './messages.js';
import { caterpillar, residualPlot } from './plots.js';

const MODES_SHOWN = 50;

const digits = (value: number, count = 4): string => formatNumbers([value], count)[0]!;

/** What exp(estimate) is called; null where it means nothing. */
function ratioName(family: string, link: string): string | null {
  if (link === 'logit') return 'odds ratio';
  if (link !== 'log') return null;
  return family === 'binomial' ? 'risk ratio' : /poisson|nbinom/.test(family) ? 'rate ratio' : 'exp(estimate)';
}

export function resultsPanel(view: FitView, level: number, analysis: Analysis): HTMLElement {
  const { json, coefficients, icc, r2, ranef, findings } = view;
  const percent = `${Number((100 * level).toPrecision(6))} %`;
  const plots = el('div', { class: 'plots' });
  void drawPlots(plots, view);
  return el('section', { class: 'panel', id: 'results', tabindex: -1, 'aria-labelledby': 'results-title' },
    el('h2', { id: 'results-title' }, '3 · Fitted model'),
    el('p', {}, el('code', {}, json.formula)),
    facts([
      ['Status', json.status], ['Family', `${json.family}, ${json.link}`], ['Method', json.method], ['Rows', String(json.nobs)], ['Log-likelihood', json.logLik.toFixed(4)],
      ['AIC', json.AIC.toFixed(2)], ['BIC', json.BIC.toFixed(2)], ['Deviance', json.deviance.toFixed(2)], ['Parameters', String(json.df)], ['Time', `${digits(view.seconds, 2)} s`],
    ]),
    el('h3', {}, 'Fixed effects'), coefficientTable(coefficients, percent, ratioName(json.family, json.link)),
    el('h3', {}, 'Random effects'), randomTable(view),
    el('h3', {}, 'Variance explained'),
    table('Intraclass correlation and R²', ['measure', 'value'], [
      ...icc.map(([group, value]) => [`ICC ${group}`, explained(value)]), ['R² marginal', explained(r2[0])], ['R² conditional', explained(r2[1])],
    ]),
    el('h3', {}, 'Diagnosis'),
    el('ul', { class: 'findings' }, ...json.warnings.map((text) => el('li', { class: 'problem' }, text)),
      ...findings.map(({ severity, message, advice }) => el('li', { class: severity }, advice === null ? message : `${message} – ${advice}`))),
    el('h3', {}, 'Plots'), plots,
    el('h3', {}, 'Conditional modes'), modesTable(ranef, percent),
    el('h3', {}, 'Export'),
    el('div', { class: 'row' },
      button('Coefficients (CSV)', () => { download('coefficients.csv', 'text/csv', csvText(coefficients.map((row) => ({ ...row })))); }),
      button('Conditional modes (CSV)', () => { download('modes.csv', 'text/csv', csvText(ranef.map((row) => ({ ...row })))); }),
      button('Model (JSON)', () => { download('fit.json', 'application/json', JSON.stringify(json, null, 2)); })),
    el('details', { id: 'code' }, el('summary', {}, 'The same in R, on the command line and in TypeScript'),
      ...([['R', rCode], ['Command line', cliCode], ['TypeScript', typescriptCode]] as const).flatMap(([name, make]) => [
        el('h3', {}, name), el('pre', { tabindex: 0, role: 'region', 'aria-label': `${name} code` }, make(analysis))])));
}

function explained(value: Explained): string {
  return typeof value === 'number' ? digits(value) : `N/A: ${value.unavailable}`;
}

function coefficientTable(rows: readonly FixedEffect[], percent: string, ratio: string | null): HTMLElement {
  const p = formatPValues(rows.map((row) => row.p_value));
  const heads = ['term', 'estimate', 'std. error', 'z', 'p', `${percent} low`, `${percent} high`, ...(ratio === null ? [] : [ratio, 'low', 'high'])];
  return table('Fixed effects with Wald intervals', heads, rows.map((row, i) => [
    row.term, digits(row.estimate), digits(row.std_error), digits(row.statistic), p[i]!, digits(row.conf_low), digits(row.conf_high),
    ...(ratio === null ? [] : [row.estimate, row.conf_low, row.conf_high].map((value) => digits(Math.exp(value)))),
  ]));
}

function randomTable({ json }: FitView): HTMLElement {
  const rows = json.random.flatMap(({ group, terms, sd, correlation }) => terms.map((term, i) => [
    `${group} (${json.groups[group] ?? ''} levels)`, term, digits(sd[i]! ** 2), digits(sd[i]!), correlation[i]!.slice(0, i).map((value) => digits(value, 3)).join(', '),
  ]));
  const residual = json.dispersion === null ? [] : [['Residual', '', digits(json.dispersion), digits(Math.sqrt(json.dispersion)), '']];
  return table('Variances on the scale of the link', ['group', 'effect', 'variance', 'std. dev.', 'correlations'], [...rows, ...residual]);
}

function modesTable(rows: readonly RanefEntry[], percent: string): HTMLElement {
  const holder = el('div');
  const show = (count: number): void => {
    holder.replaceChildren(table('Conditional modes', ['group', 'level', 'effect', 'mode', 'std. dev.', `${percent} low`, `${percent} high`, 'rank'], rows.slice(0, count).map((row) => [
      row.group, row.level, row.term, digits(row.estimate), digits(row.std_error), digits(row.conf_low), digits(row.conf_high), String(row.rank),
    ])));
    if (count < rows.length) holder.append(el('p', {}, button(`Show all ${rows.length}`, () => { show(rows.length); })));
  };
  show(MODES_SHOWN);
  return holder;
}

/** One plot per random effect, and the residuals; they fill their places when they are ready. */
async function drawPlots(holder: HTMLElement, { ranef, residuals }: FitView): Promise<void> {
  const effects = new Map<string, RanefEntry[]>();
  for (const row of ranef) {
    const key = JSON.stringify([row.group, row.term]);
    const rows = effects.get(key);
    if (rows === undefined) effects.set(key, [row]);
    else rows.push(row);
  }
  const figures = await Promise.all([
    ...[...effects.values()].map((rows) => caterpillar(rows)), ...(residuals === null ? [] : [residualPlot(residuals.fitted, residuals.pearson)]),
  ]);
  holder.append(...figures);
}
