/** Names and values of the standard deviations and correlations of a design's random effects, for tables with one row per model. */
import { covarianceOf } from './covariance.js';
import type { Design } from './design.js';

export interface CovarianceColumns {
  /** `sd_(Intercept)|herd` …, `cor_x.(Intercept)|herd` … term by term: standard deviations, then correlations column by column. */
  readonly names: readonly string[];
  /** Values of one model in the order of the names; a correlation with a standard deviation of zero is NaN. */
  from(params: Float64Array): number[];
}

export function covarianceColumns(design: Design): CovarianceColumns {
  const names = design.random.flatMap(({ group, names: terms, covariance }) => [
    ...terms.map((term) => `sd_${term}|${group}`),
    ...(covariance === 'diagonal' ? [] : lowerTriangle(terms.length).map(([row, column]) => `cor_${terms[row]!}.${terms[column]!}|${group}`)),
  ]);
  const pairs = design.random.map((term) => (term.covariance === 'diagonal' ? [] : lowerTriangle(term.names.length)));
  return {
    names,
    from: (params) =>
      covarianceOf(design, params).flatMap(({ sd, correlation }, t) => [
        ...sd, ...pairs[t]!.map(([row, column]) => correlation[row]![column]!),
      ]),
  };
}

/** (row, column) below the diagonal, column by column. */
function lowerTriangle(q: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let column = 0; column < q; column++) for (let row = column + 1; row < q; row++) pairs.push([row, column]);
  return pairs;
}
