import { type Design, isLinearMixed } from '../model/design.js';

/** Names of the parameters: fixed effects, then θ as lme4 names it, `group.term` on the diagonal and `group.lower.upper` below it, then
 * `dispersion.column`, `zi.column` and thresholds, for linear mixed models `sigma`. */
export function parameterNames(design: Design): string[] {
  const names = [...design.fixedNames];
  for (const term of design.random) {
    term.names.forEach((column, j) => {
      names.push(`${term.group}.${column}`);
      if (term.covariance === 'unstructured') for (const row of term.names.slice(j + 1)) names.push(`${term.group}.${row}.${column}`);
    });
  }
  for (const { role, names: coefficients } of design.auxiliary) for (const name of coefficients) names.push(role === 'thresholds' ? name : `${role}.${name}`);
  if (isLinearMixed(design)) names.push('sigma');
  return names;
}
