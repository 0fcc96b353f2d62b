/**
 * `curves`: means along covariates; `residuals`: against fitted means, quantile residuals, zeros; `modes`: conditional modes with intervals; `quantiles`: their normal
 * quantile plots; `pairs`: correlated effects against each other; `profiles`: ζ of every parameter.
 */
export const FIGURE_KINDS = ['curves', 'residuals', 'modes', 'quantiles', 'pairs', 'profiles'] as const;
/** What a plot of a fitted model shows. */
export type FigureKind = (typeof FIGURE_KINDS)[number];
