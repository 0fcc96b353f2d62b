/** The figures on one fitted model: what the report shows, and `modelPlots` gives one by one. */
import { countZeros } from '../diagnostics/residual-tests.js';
import type { SimulatedResiduals } from '../diagnostics/simulated-residuals.js';
import type { GlmmFit } from '../fit/glmm.js';
import { covariatesOf, fittedCurve } from '../inference/fitted-curve.js';
import type { ProfileCurve } from '../inference/profile.js';
import { predict } from '../prediction/predict.js';
import { type RanefEntry, ranefTable } from '../prediction/ranef-table.js';
import { residuals } from '../prediction/residuals.js';
import { normalQuantilePlot } from './common-plots.js';
import type { Drawing } from './draw-svg.js';
import { formatCount } from './format-numbers.js';
import type { FigureKind } from './figure-kinds.js';
import type { Markup } from './markup.js';
import { caterpillarPlot, fittedCurvePlot, isAbridged, profilePlot, scatterPlot, uniformQuantilePlot, zerosPlot } from './model-plots.js';
import { printable } from './text-table.js';

export interface ModelFigure {
  readonly kind: FigureKind;
  /** What tells it from others of its kind: a covariate, an effect, a parameter. */
  readonly subject: string;
  readonly caption: string;
  readonly plot: Markup;
}

/** More of one kind would make a page nobody reads. */
export const MAX_FIGURES = 12;

/** Figures of all kinds but profiles. */
export function modelFigures(drawing: Drawing, fit: GlmmFit, simulated: SimulatedResiduals): ModelFigure[] {
  const effects = effectsOf(fit).slice(0, MAX_FIGURES);
  return [...curveFigures(drawing, fit), ...residualFigures(drawing, fit, simulated), ...effects.flatMap((effect) => effectFigures(drawing, effect)), ...pairFigures(drawing, fit, effects)];
}

export function profileFigures(drawing: Drawing, curves: readonly ProfileCurve[]): ModelFigure[] {
  return curves.filter(({ value }) => value.length > 1).map((curve) => ({
    kind: 'profiles', subject: curve.parameter, caption: printable(curve.parameter), plot: profilePlot(drawing, curve),
  }));
}

function curveFigures(drawing: Drawing, fit: GlmmFit): ModelFigure[] {
  // Means over factors whose combinations the data do not all tell cannot be estimated.
  if (fit.frame.droppedColumns.length > 0) return [];
  return covariatesOf(fit).slice(0, MAX_FIGURES).map((covariate) => ({
    kind: 'curves', subject: covariate, caption: `Along ${printable(covariate)}`, plot: fittedCurvePlot(drawing, fittedCurve(fit, covariate)),
  }));
}

function residualFigures(drawing: Drawing, fit: GlmmFit, { residuals: quantile, observed, draws }: SimulatedResiduals): ModelFigure[] {
  const { family, trials } = fit.design;
  const isCount = family !== 'gaussian' && family !== 'cumulative' && trials === null && observed.every(Number.isInteger) && observed.some((y) => y > 1);
  const figure = (subject: string, caption: string, plot: Markup): ModelFigure => ({ kind: 'residuals', subject, caption, plot });
  return [
    ...(family === 'cumulative' ? [] : [figure('pearson', 'Pearson residuals against fitted means', scatterPlot(drawing, predict(fit).fit, residuals(fit, { type: 'pearson' }), ['Fitted mean', 'Pearson residual']))]),
    figure('quantile', 'Simulated quantile residuals', uniformQuantilePlot(drawing, quantile)),
    ...(isCount ? [figure('zeros', 'Zeros in simulated responses; the line is the observed number', zerosPlot(drawing, countZeros(observed), draws.map(countZeros)))] : []),
  ];
}

/** Conditional modes of one effect. */
interface Effect {
  readonly name: string;
  readonly entries: readonly RanefEntry[];
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

const estimates = (entries: readonly RanefEntry[]): Float64Array => Float64Array.from(entries, ({ estimate }) => estimate);

function effectFigures(drawing: Drawing, { name, entries }: Effect): ModelFigure[] {
  return [
    { kind: 'modes', subject: name, caption: isAbridged(entries.length) ? `${name}: the largest and the smallest of ${formatCount(entries.length)}` : name, plot: caterpillarPlot(drawing, entries) },
    { kind: 'quantiles', subject: name, caption: name, plot: normalQuantilePlot(drawing, name, estimates(entries).sort()) },
  ];
}

/** Pairs of effects that the model lets correlate. */
function pairFigures(drawing: Drawing, fit: GlmmFit, effects: readonly Effect[]): ModelFigure[] {
  return fit.VarCorr.filter(({ covariance }) => covariance !== 'diagonal' && covariance !== 'isotropic').flatMap(({ group, terms }) => {
    const own = effects.filter(({ entries }) => entries[0]!.group === group && terms.includes(entries[0]!.term));
    return own.flatMap((second, i) => own.slice(0, i).map((first): ModelFigure => {
      const subject = `${second.name} against ${first.name}`;
      return { kind: 'pairs', subject, caption: subject, plot: scatterPlot(drawing, estimates(first.entries), estimates(second.entries), [first.name, second.name]) };
    }));
  }).slice(0, MAX_FIGURES);
}

/** Rows times parameters up to which profiles take seconds at most. */
const SMALL = 20_000;

/** Whether profiles can be had, and in no time worth speaking of. */
export function profilesQuickly({ settings, converged, nobs, df }: GlmmFit): boolean {
  return settings.integration.nAGQ > 0 && settings.pseudo === undefined && converged && nobs * df <= SMALL;
}
