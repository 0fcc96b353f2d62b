/**
 * The fitted model as text, in the layout that users of lme4 read every day. It depends on plain data only and works in a browser.
 */
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import type { FitJson, VarianceComponent, FixedEffect } from '../fit/types.js';
import { hasResidual } from '../fit/auxiliary-tables.js';
import { hasCommonCorrelation, isHomogeneous } from '../model/covariance-structure.js';
import { abbreviate } from './abbreviate.js';
import { formatFixed, formatNumbers, formatPValues, formatTogether, roundTo, significanceStars } from './format-numbers.js';
import { printable, type TextColumn, textTable } from './text-table.js';

/** What a summary can say beyond the fit itself. */
export interface SummaryOptions {
  /** Name of the data set for the `Data:` line; left out when absent. */
  readonly dataName?: string;
  /** Pearson residuals at the conditional modes; their quartiles are printed when they are given. */
  readonly residuals?: ArrayLike<number>;
  /** Significant digits of estimates, default 4. */
  readonly digits?: number;
}

/** More fixed effects than this and the correlation matrix is left out, as lme4 does. */
const MAX_CORRELATION_COLUMNS = 12;
const LINE_WIDTH = 80;

const OPTION_NAMES = { dataName: true, residuals: true, digits: true } as const satisfies Record<keyof SummaryOptions, true>;

/** The whole summary, lines separated by `\n`, without a newline at the end. */
export function formatSummary(fit: FitJson, options: SummaryOptions = {}): string {
  checkArgument('formatSummary', fit, ['fixed', 'random'], 'a model as plain data', 'fit.toJSON() makes it');
  checkOptionNames(options, OPTION_NAMES, 'formatSummary');
  const digits = options.digits ?? 4;
  const blocks = [
    headerLines(fit, options.dataName),
    fit.method === 'reml' ? [`REML criterion at convergence: ${formatFixed(-2 * fit.logLik, 1)}`] : informationLines(fit),
    options.residuals === undefined ? [] : residualLines(options.residuals, digits),
    [...randomEffectLines(byLevels(fit), hasResidual(fit.family) ? fit.dispersion : null, digits), groupLine(fit)],
    dispersionLines(fit, digits),
    fixedEffectLines(fit, digits),
    auxiliaryLines('Zero-inflation model:', fit.zi, digits),
    auxiliaryLines('Dispersion model:', fit.dispersion === null ? fit.disp : null, digits),
    auxiliaryLines('Threshold coefficients:', fit.thresholds, digits),
    correlationLines(fit),
    remarkLines(fit),
  ];
  return blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n')).join('\n\n');
}

function headerLines(fit: FitJson, dataName: string | undefined): string[] {
  return [
    ...titleLines(fit),
    ...wrap(`Formula: ${printable(fit.formula)}`, '    '),
    ...(fit.ziformula === null ? [] : wrap(`Zero inflation: ${printable(fit.ziformula)}`, '    ')),
    ...(fit.dispformula === null ? [] : wrap(`Dispersion: ${printable(fit.dispformula)}`, '    ')),
    ...(dataName === undefined ? [] : [`   Data: ${printable(dataName)}`]),
  ];
}

const isLinear = (method: FitJson['method']): boolean => method === 'reml' || method === 'ml';

function titleLines(fit: FitJson): string[] {
  if (isLinear(fit.method)) return [`Linear mixed model fit by ${fit.method === 'reml' ? 'REML' : 'maximum likelihood '} ['glmmgpu']`];
  return [
    ...wrap(`Generalized linear mixed model fit by ${fittingWords(fit)} [glmmgpu]`, '  ').map(printable),
    ` Family: ${fit.family}  ( ${fit.link} )`,
  ];
}

function fittingWords({ method, nAGQ }: FitJson): string {
  if (method === 'mpl' || method === 'rempl') return method === 'mpl' ? 'pseudo-likelihood (MPL)' : 'restricted pseudo-likelihood (REMPL)';
  return `maximum likelihood (${method === 'laplace' ? 'Laplace Approximation' : `Adaptive Gauss-Hermite Quadrature, nAGQ = ${nAGQ}`})`;
}

/** Breaks a line at spaces; continuation lines are indented. A word longer than a line stays whole. */
function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.trim() !== '' && line.length + 1 + word.length >= LINE_WIDTH) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function informationLines(fit: FitJson): string[] {
  const criteria = [fit.AIC, fit.BIC, fit.logLik, -2 * fit.logLik].map((value) => formatFixed(value, 1));
  const names = ['AIC', 'BIC', 'logLik', '-2*log(L)', 'df.resid'];
  const cells = [...criteria, String(fit.nobs - fit.df)];
  return evenColumns(names, cells);
}

/** Names above numbers, all columns as wide as the widest. */
function evenColumns(names: readonly string[], cells: readonly string[]): string[] {
  const width = Math.max(...names.map((name) => name.length), ...cells.map((cell) => cell.length));
  return [names, cells].map((row) => row.map((cell) => cell.padStart(width)).join(' '));
}

/** Smallest, quartiles and largest (linear interpolation between order statistics, R's default). */
function residualLines(residuals: ArrayLike<number>, digits: number): string[] {
  const sorted = Float64Array.from(residuals).sort();
  if (sorted.length === 0) return [];
  const quantile = (p: number): number => {
    const at = (sorted.length - 1) * p;
    const below = sorted[Math.floor(at)]!;
    return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
  };
  const quantiles = [0, 0.25, 0.5, 0.75, 1].map(quantile);
  const largest = Math.max(...quantiles.map(Math.abs));
  const decimals = largest > 0 ? Math.max(0, Math.round(digits + 1 - Math.log10(largest))) : 0;
  const names = ['Min', '1Q', 'Median', '3Q', 'Max'];
  const cells = formatNumbers(quantiles.map((value) => roundTo(value, decimals)), digits);
  return ['Scaled residuals:', ...evenColumns(names, cells)];
}

/** Terms that share a grouping factor are told apart as lme4 does: `g`, `g.1`, `g.2`. */
function groupLabels(random: readonly VarianceComponent[]): string[] {
  const seen = new Map<string, number>();
  return random.map(({ group }) => {
    const before = seen.get(group) ?? 0;
    seen.set(group, before + 1);
    return before === 0 ? group : `${group}.${before}`;
  });
}

/** As lme4 prints them: the factor with most levels first. */
function byLevels({ random, groups }: FitJson): VarianceComponent[] {
  return [...random].sort((a, b) => groups[b.group]! - groups[a.group]!);
}

function randomEffectLines(random: readonly VarianceComponent[], dispersion: number | null, digits: number): string[] {
  const labels = groupLabels(random);
  const rows = random.flatMap((component, c) => componentRows(component, labels[c]!));
  if (dispersion !== null) rows.push({ group: 'Residual', name: '', sd: Math.sqrt(dispersion), correlations: [] });
  const left = (header: string, cells: readonly string[]): TextColumn => ({ header, cells, align: 'left' });
  const widest = Math.max(0, ...rows.map((row) => row.correlations.length));
  const correlationWidth = rows.some((row) => row.correlations.some((text) => text.startsWith('-'))) ? 5 : 4;
  const correlationColumns = Array.from({ length: widest }, (_, k) =>
    left(k === 0 ? 'Corr' : '', rows.map(({ correlations }) => (k < correlations.length ? alignedSign(correlations[k]!, correlationWidth) : ''))));
  const table = textTable([
    left('Groups', rows.map((row) => row.group)),
    left('Name', rows.map((row) => row.name)),
    left('Variance', padded(formatNumbers(rows.map((row) => row.sd * row.sd), digits))),
    left('Std.Dev.', padded(formatNumbers(rows.map((row) => row.sd), digits))),
    ...correlationColumns,
  ]);
  return ['Random effects:', ...table.map((line) => ` ${line}`)];
}

/** As R's format: all as wide as the widest. */
function padded(cells: readonly string[]): string[] {
  const width = Math.max(0, ...cells.map((cell) => cell.length));
  return cells.map((cell) => cell.padStart(width));
}

interface ComponentRow {
  readonly group: string;
  readonly name: string;
  readonly sd: number;
  readonly correlations: readonly string[];
}

/** One line per column; where all columns share a standard deviation one line for all. A shared correlation stands once, with its structure. */
function componentRows({ terms, covariance, sd, correlation }: VarianceComponent, label: string): ComponentRow[] {
  const shared = hasCommonCorrelation(covariance) ? [`${formatFixed(correlation[1]![0]!, 2)} (${covariance})`] : null;
  if (isHomogeneous(covariance)) return [{ group: label, name: terms.length === 1 ? terms[0]! : `${terms[0]!} … ${terms.at(-1)!}`, sd: sd[0]!, correlations: shared ?? [] }];
  return terms.map((name, j) => ({
    group: j === 0 ? label : '', name, sd: sd[j]!,
    correlations: shared !== null ? (j === 0 ? shared : []) : covariance === 'diagonal' ? [] : correlation[j]!.slice(0, j).map((value) => formatFixed(value, 2)),
  }));
}

/** As wide as numbers of that width; what follows a number hangs over. */
function alignedSign(text: string, width: number): string {
  const number = text.split(' ')[0]!;
  return ' '.repeat(Math.max(0, width - number.length)) + text;
}

function groupLine(fit: FitJson): string {
  const groups = Object.entries(fit.groups).sort(([, a], [, b]) => b - a).map(([name, levels]) => `${printable(name)}, ${levels}`);
  return `Number of obs: ${fit.nobs}, groups:  ${groups.join('; ')}`;
}

/** As glmmTMB prints a dispersion parameter that is no residual variance. */
function dispersionLines({ family, dispersion }: FitJson, digits: number): string[] {
  if (dispersion === null || hasResidual(family)) return [];
  return [`Dispersion parameter for ${family} family: ${formatNumbers([dispersion], digits)[0]!}`];
}

function auxiliaryLines(title: string, rows: readonly FixedEffect[] | null, digits: number): string[] {
  return rows === null ? [] : coefficientLines(title, rows, false, digits);
}

function fixedEffectLines({ fixed, method }: FitJson, digits: number): string[] {
  if (fixed.length === 0) return ['No fixed effects'];
  // As lme4, no p values for linear mixed models: their t values have no simple distribution.
  return coefficientLines('Fixed effects:', fixed, isLinear(method), digits);
}

function coefficientLines(title: string, fixed: readonly FixedEffect[], linear: boolean, digits: number): string[] {
  const [estimates, errors] = formatTogether([fixed.map((row) => row.estimate), fixed.map((row) => row.std_error)], 2, digits);
  const zDecimals = digits - 1;
  const z = formatNumbers(fixed.map((row) => roundTo(row.statistic, zDecimals)), digits);
  const stars = linear ? [] : fixed.map((row) => significanceStars(row.p_value));
  const anyStars = stars.some((star) => star !== '');
  const table = textTable([
    { header: '', cells: fixed.map((row) => row.term), align: 'left' },
    { header: 'Estimate', cells: estimates!, align: 'right' },
    { header: 'Std. Error', cells: errors!, align: 'right' },
    { header: linear ? 't value' : 'z value', cells: z, align: 'right' },
    ...(linear ? [] : [{ header: 'Pr(>|z|)', cells: formatPValues(fixed.map((row) => row.p_value)), align: 'right' } as const]),
    ...(anyStars ? [{ header: '', cells: stars, align: 'left' } as const] : []),
  ]);
  const legend = anyStars ? ['---', 'Signif. codes:  0 ‘***’ 0.001 ‘**’ 0.01 ‘*’ 0.05 ‘.’ 0.1 ‘ ’ 1'] : [];
  return [title, ...table, ...legend];
}

function correlationLines(fit: FitJson): string[] {
  const p = fit.fixed.length;
  if (p < 2) return [];
  if (p > MAX_CORRELATION_COLUMNS) return [`Correlation of fixed effects not shown, as p = ${p} > ${MAX_CORRELATION_COLUMNS}; vcov has all of it.`];
  const names = fit.fixed.map((row) => row.term);
  const columnNames = abbreviate(names, 6);
  const rowNames = abbreviate(names, 11);
  const cell = (row: number, column: number): string => {
    if (column >= row) return '';
    const scale = Math.sqrt(fit.vcov[row]![row]! * fit.vcov[column]![column]!);
    return formatFixed(fit.vcov[row]![column]! / scale, 3).padStart(6);
  };
  const rows = Array.from({ length: p - 1 }, (_, i) => i + 1);
  return ['Correlation of Fixed Effects:', ...textTable([
    { header: '', cells: rows.map((row) => rowNames[row]!), align: 'left' },
    ...columnNames.slice(0, -1).map((header, column): TextColumn => ({ header, cells: rows.map((row) => cell(row, column)), align: 'left' })),
  ])];
}

function remarkLines(fit: FitJson): string[] {
  return fit.warnings.flatMap((warning) => wrap(printable(warning), '  '));
}
