/** What reports say of a fitted model: its description and its tables. */
import { hasResidual } from '../fit/auxiliary-tables.js';
import type { FitJson } from '../fit/types.js';
import { formatCount, formatFixed, formatNumbers, formatPValues, formatTogether, significanceStars } from './format-numbers.js';
import { html, type Markup } from './markup.js';
import { printable } from './text-table.js';

/** Formula, family, link, method and size of the data. */
export function modelHeading(fit: FitJson): Markup {
  const part = (name: string, formula: string | null): string => (formula === null ? '' : `, ${name} ${printable(formula)}`);
  return html`<p class="formula"><code>${printable(fit.formula)}${part('zero inflation', fit.ziformula)}${part('dispersion', fit.dispformula)}</code></p>
<p class="soft">${modelLine(fit)}</p>`;
}

function modelLine(fit: FitJson): string {
  const groups = Object.entries(fit.groups).map(([name, levels]) => `${formatCount(levels)} levels of ${printable(name)}`).join(', ');
  return `${fit.family} with ${fit.link} link, ${methodWords(fit)}; ${formatCount(fit.nobs)} observations, ${groups}`;
}

/** How the likelihood was integrated. */
export function methodWords({ method, nAGQ }: FitJson): string {
  switch (method) {
    case 'laplace': return 'Laplace approximation';
    case 'nagq0': return 'joint mode (nAGQ = 0)';
    case 'agq': return `adaptive Gauss–Hermite quadrature with ${nAGQ} nodes`;
    case 'reml': return 'restricted maximum likelihood (REML)';
    case 'ml': return 'maximum likelihood';
    case 'mpl': return 'pseudo-likelihood (MPL)';
    case 'rempl': return 'restricted pseudo-likelihood (REMPL)';
    default: return method satisfies never;
  }
}

/** Linear mixed models: no p values, as in lme4, because their t values have no simple distribution. */
const isLinear = ({ method }: FitJson): boolean => method === 'reml' || method === 'ml';

/** Warnings, fixed effects, random effects and fit criteria. */
export function modelSection(fit: FitJson): Markup {
  return html`<section>
<h2>The fitted model</h2>
${fit.warnings.length === 0 ? html`` : html`<div class="warnings">${fit.warnings.map((text) => html`<p>${printable(text)}</p>`)}</div>`}
<h3>Fixed effects</h3>
${fixedTable(fit)}
<h3>Random effects</h3>
${randomTable(fit)}
${auxiliaryPart('Zero-inflation model', fit, fit.zi)}${auxiliaryPart('Dispersion model', fit, fit.disp)}${auxiliaryPart('Threshold coefficients', fit, fit.thresholds)}<h3>Fit</h3>
${criteriaTable(fit)}
</section>`;
}

function auxiliaryPart(title: string, fit: FitJson, rows: FitJson['zi']): Markup {
  return rows === null ? html`` : html`<h3>${title}</h3>
${fixedTable(fit, rows, null)}
`;
}

function criteriaTable(fit: FitJson): Markup {
  const { method, logLik, AIC, BIC, df, nobs } = fit;
  const columns: readonly (readonly [string, string])[] = [
    ...(method === 'reml'
      ? [['REML criterion', formatFixed(-2 * logLik, 2)] as const]
      : ([['AIC', AIC], ['BIC', BIC], ['log-likelihood', logLik], ['−2 log L', -2 * logLik]] as const).map(([name, value]) => [name, formatFixed(value, 2)] as const)),
    ['Parameters', String(df)], ['Residual df', String(nobs - df)],
  ];
  return html`<div class="scroll"><table><thead><tr>${columns.map(([name]) => html`<th>${name}</th>`)}</tr></thead>
<tbody><tr>${columns.map(([, text]) => html`<td>${text}</td>`)}</tr></tbody></table></div>`;
}

/** What exp(β) is called; null where it means nothing. */
function ratioOf({ family, link }: FitJson): string | null {
  if (link === 'logit') return 'Odds ratio';
  if (link !== 'log') return null;
  if (family === 'binomial') return 'Risk ratio';
  return /poisson|nbinom/.test(family) ? 'Rate ratio' : 'Ratio of means';
}

function fixedTable(fit: FitJson, fixed = fit.fixed, ratio = ratioOf(fit)): Markup {
  if (fixed.length === 0) return html`<p>No fixed effects.</p>`;
  const linear = isLinear(fit);
  const [estimates, errors, lows, highs] = formatTogether([
    fixed.map((row) => row.estimate), fixed.map((row) => row.std_error), fixed.map((row) => row.conf_low), fixed.map((row) => row.conf_high),
  ], 2, 4);
  const p = formatPValues(fixed.map((row) => row.p_value));
  const ratios = formatTogether([fixed, fixed, fixed].map((rows, k) => rows.map((row) => Math.exp([row.estimate, row.conf_low, row.conf_high][k]!))), 2, 3);
  const ratioCells = (i: number): Markup => (ratio === null ? html`` : html`<td>${ratios[0]![i]!}</td><td>${ratios[1]![i]!}</td><td>${ratios[2]![i]!}</td>`);
  const pCells = (i: number): Markup => (linear ? html`` : html`<td>${p[i]!}</td><td class="stars">${significanceStars(fixed[i]!.p_value)}</td>`);
  return html`<div class="scroll"><table>
<thead><tr><th class="name">Term</th><th>Estimate</th><th>Std. Error</th><th>${linear ? 't' : 'z'} value</th>${linear ? html`` : html`<th>Pr(&gt;|z|)</th><th></th>`}<th>Wald low</th><th>Wald high</th>${ratio === null ? html`` : html`<th>${ratio}</th><th>low</th><th>high</th>`}</tr></thead>
<tbody>${fixed.map((row, i) => html`<tr><td class="name">${printable(row.term)}</td><td>${estimates![i]!}</td><td>${errors![i]!}</td><td>${formatFixed(row.statistic, 3)}</td>${pCells(i)}<td>${lows![i]!}</td><td>${highs![i]!}</td>${ratioCells(i)}</tr>
`)}</tbody></table></div>`;
}

function randomTable(fit: FitJson): Markup {
  const rows = fit.random.flatMap((component) => component.terms.map((name, j) => ({
    group: j === 0 ? component.group : '', name, sd: component.sd[j]!, correlations: component.correlation[j]!.slice(0, j),
  })));
  if (fit.dispersion !== null && hasResidual(fit.family)) rows.push({ group: 'Residual', name: '', sd: Math.sqrt(fit.dispersion), correlations: [] });
  const variances = formatNumbers(rows.map((row) => row.sd * row.sd), 4);
  const deviations = formatNumbers(rows.map((row) => row.sd), 4);
  const correlated = rows.some((row) => row.correlations.some((value) => value !== 0));
  return html`<div class="scroll"><table>
<thead><tr><th class="name">Group</th><th class="name">Term</th><th>Variance</th><th>Std. Dev.</th>${correlated ? html`<th class="name">Correlation with the terms above</th>` : html``}</tr></thead>
<tbody>${rows.map((row, i) => html`<tr><td class="name">${printable(row.group)}</td><td class="name">${printable(row.name)}</td><td>${variances[i]!}</td><td>${deviations[i]!}</td>${correlated ? html`<td class="name">${row.correlations.map((value) => formatFixed(value, 2)).join('  ')}</td>` : html``}</tr>
`)}</tbody></table></div>`;
}
