/** From θ to what people read: Cholesky factors, standard deviations and correlations of the random effects. */
import { type CovarianceStructure, freeStructure, structuredFactor, thetaEntries } from './covariance-structure.js';
import { type Design, type RandomTerm, thetaCount } from './design.js';

/** Lower-triangular q × q Cholesky factor Λ (row-major) of a term from its θ. */
export function termFactor({ names, covariance }: Pick<RandomTerm, 'names' | 'covariance'>, theta: ArrayLike<number>): Float64Array {
  const q = names.length;
  const entries = thetaEntries(freeStructure(covariance), q);
  let free = theta;
  if (covariance !== 'unstructured' && covariance !== 'diagonal') {
    const expanded = new Float64Array(entries.length);
    structuredFactor(covariance, q, theta, expanded, null);
    free = expanded;
  }
  const factor = new Float64Array(q * q);
  entries.forEach(({ row, column }, t) => { factor[row * q + column] = free[t]!; });
  return factor;
}

/** The θ of each term within (β, θ). */
export function thetaByTerm(design: Design, params: Float64Array): Float64Array[] {
  let at = design.fixedNames.length;
  return design.random.map((term) => {
    const theta = params.subarray(at, at + thetaCount(term));
    at += theta.length;
    return theta;
  });
}

/** Standard deviations and correlations (NaN where a standard deviation is zero) per term. */
export function covarianceOf(
  design: Design, params: Float64Array,
): { group: string; terms: string[]; covariance: CovarianceStructure; sd: number[]; correlation: number[][] }[] {
  const thetas = thetaByTerm(design, params);
  return design.random.map((term, t) => {
    const q = term.names.length;
    const factor = termFactor(term, thetas[t]!);
    const dot = (a: number, b: number): number => {
      let sum = 0;
      for (let c = 0; c < q; c++) sum += factor[a * q + c]! * factor[b * q + c]!;
      return sum;
    };
    const sd = term.names.map((_, a) => Math.sqrt(dot(a, a)));
    const correlation = sd.map((sa, a) => sd.map((sb, b) => (a === b ? 1 : dot(a, b) / (sa * sb))));
    return { group: term.group, terms: [...term.names], covariance: term.covariance, sd, correlation };
  });
}
