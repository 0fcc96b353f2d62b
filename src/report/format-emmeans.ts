/** Estimated marginal means and their differences as text. */
import type { Adjustment } from '../inference/adjust.js';
import type { Emmeans } from '../inference/emmeans.js';
import { limitLabels } from './format-intervals.js';
import { formatNumbers, formatPValues, formatTogether } from './format-numbers.js';
import { type TextColumn, textTable } from './text-table.js';

const ADJUSTED: Readonly<Record<Adjustment, string>> = { none: 'not adjusted', tukey: 'Tukey', bonferroni: 'Bonferroni', holm: 'Holm (limits: Bonferroni)', sidak: 'Šidák' };

const right = (header: string, cells: readonly string[]): TextColumn => ({ header, cells, align: 'right' });

/** @param digits significant digits, default 4 */
export function formatEmmeans({ means, contrasts, adjust, type, level, covariates, averagedOver }: Emmeans, digits = 4): string {
  const [low, high] = limitLabels(level);
  const factors = Object.keys(means[0]?.levels ?? {});
  const [emmean, errors, lows, highs] = formatTogether([means.map((row) => row.emmean), means.map((row) => row.std_error), means.map((row) => row.conf_low), means.map((row) => row.conf_high)], 2, digits);
  const held = Object.entries(covariates);
  const lines = [
    `Estimated marginal means, ${type === 'link' ? 'link scale' : 'response scale'}`,
    ...(averagedOver.length === 0 ? [] : [`Averaged over: ${averagedOver.join(', ')}`]),
    ...(held.length === 0 ? [] : [`Covariates: ${held.map(([name, value]) => `${name} = ${formatNumbers([value], digits)[0]!}`).join(', ')}`]),
    ...textTable([
      ...factors.map((name): TextColumn => ({ header: name, cells: means.map((row) => row.levels[name]!), align: 'left' })),
      right('Mean', emmean!), right('Std. Error', errors!), right(low, lows!), right(high, highs!),
    ]),
  ];
  if (contrasts === null) return lines.join('\n');
  const [estimates, deviations, lower, upper] = formatTogether(
    [contrasts.map((row) => row.estimate), contrasts.map((row) => row.std_error), contrasts.map((row) => row.conf_low), contrasts.map((row) => row.conf_high)], 2, digits);
  return [
    ...lines, '', `Differences, link scale, p-values and limits ${adjust === 'none' ? ADJUSTED.none : `adjusted: ${ADJUSTED[adjust]}`}`,
    ...textTable([
      { header: '', cells: contrasts.map((row) => row.contrast), align: 'left' },
      right('Estimate', estimates!), right('Std. Error', deviations!), right('Statistic', formatNumbers(contrasts.map((row) => row.statistic), digits)),
      right('p value', formatPValues(contrasts.map((row) => row.p_value))), right(low, lower!), right(high, upper!),
    ]),
  ].join('\n');
}
