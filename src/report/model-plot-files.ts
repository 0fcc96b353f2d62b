/** The figures on one fitted model as files of their own. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { simulatedResiduals } from '../diagnostics/simulated-residuals.js';
import { checkChoice, checkChoices } from '../fit/check-options.js';
import type { GlmmFit } from '../fit/glmm.js';
import { profile } from '../inference/profile.js';
import { loadDrawing, standaloneSvg } from './draw-svg.js';
import { FIGURE_KINDS, type FigureKind } from './figure-kinds.js';
import { modelFigures, profileFigures, profilesQuickly } from './model-figures.js';
import type { Theme } from './report-style.js';

/** Which plots of a fitted model, and how they look. */
export interface ModelPlotOptions {
  /** Default: all, profiles where the model is small. */
  readonly kinds?: readonly FigureKind[];
  /** Default `light`. */
  readonly theme?: Theme;
  /** Responses simulated for the quantile residuals, default 250. */
  readonly nsim?: number;
  /** Seed of the simulation, default 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** One plot of a fitted model as a file of its own. */
export interface ModelPlot {
  readonly kind: FigureKind;
  readonly subject: string;
  readonly caption: string;
  /** Text of an SVG file that needs no other. */
  readonly svg: string;
}

const OPTION_NAMES = { kinds: true, theme: true, nsim: true, seed: true, signal: true } as const satisfies Record<keyof ModelPlotOptions, true>;

/**
 * The figures of the report as SVG files. Loads the drawing libraries on first use.
 * @throws OptionError for unknown kinds or themes; as `profile` where profiles were asked for and the fit has none.
 *
 * @example
 * const [plot] = await modelPlots(fit, { kinds: ['profiles'] });
 */
export async function modelPlots(fit: GlmmFit, options: ModelPlotOptions = {}): Promise<ModelPlot[]> {
  checkFit('modelPlots', fit);
  checkOptionNames(options, OPTION_NAMES, 'modelPlots');
  const { kinds = FIGURE_KINDS.filter((kind) => kind !== 'profiles' || profilesQuickly(fit)), theme = 'light', nsim = 250, seed = 1, signal } = options;
  checkChoices('kinds', kinds, FIGURE_KINDS);
  checkChoice('theme', theme, ['light', 'dark']);
  const drawing = await loadDrawing();
  const figures = [
    ...modelFigures(drawing, fit, simulatedResiduals(fit, { nsim, seed })),
    ...(kinds.includes('profiles') ? profileFigures(drawing, (await profile(fit, signal === undefined ? {} : { signal })).curves) : []),
  ];
  return figures.filter(({ kind }) => kinds.includes(kind)).map(({ plot, ...figure }) => ({ ...figure, svg: standaloneSvg(plot, theme) }));
}
