/** Names and values of the standard deviations and correlations of a design's random effects, for tables with one row per model. */
import { covarianceOf } from './covariance.js';
import { freeStructure, hasCommonCorrelation, isHomogeneous } from './covariance-structure.js';
import type { Design, RandomTerm } from './design.js';

export interface CovarianceColumns {
  /**
   * `sd_(Intercept)|herd` …, `cor_x.(Intercept)|herd` … term by term: standard deviations, then correlations column by column. A standard
   * deviation or correlation that columns share is named by the structure: `sd_ar1|herd`, `cor_ar1|herd`.
   */
  readonly names: readonly string[];
  /** Values of one model in the order of the names; a correlation with a standard deviation of zero is NaN. */
  from(params: Float64Array): number[];
}

export function covarianceColumns(design: Design): CovarianceColumns {
  const names = design.random.flatMap(({ group, names: terms, covariance }) => [
    ...(isHomogeneous(covariance) ? [`sd_${covariance}|${group}`] : terms.map((term) => `sd_${term}|${group}`)),
    ...(hasCommonCorrelation(covariance) ? [`cor_${covariance}|${group}`] : correlated({ names: terms, covariance }).map(([row, column]) => `cor_${terms[row]!}.${terms[column]!}|${group}`)),
  ]);
  const pairs = design.random.map(correlated);
  return {
    names,
    from: (params) =>
      covarianceOf(design, params).flatMap(({ covariance, sd, correlation }, t) => [
        ...(isHomogeneous(covariance) ? sd.slice(0, 1) : sd), ...pairs[t]!.map(([row, column]) => correlation[row]![column]!),
      ]),
  };
}

/** Pairs of columns whose correlations are parameters: the first pair stands for a correlation that all share. */
function correlated({ names, covariance }: Pick<RandomTerm, 'names' | 'covariance'>): [number, number][] {
  if (freeStructure(covariance) === 'diagonal') return [];
  return hasCommonCorrelation(covariance) ? [[1, 0]] : lowerTriangle(names.length);
}

/** (row, column) below the diagonal, column by column. */
function lowerTriangle(q: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let column = 0; column < q; column++) for (let row = column + 1; row < q; row++) pairs.push([row, column]);
  return pairs;
}
