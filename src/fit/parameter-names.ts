import { thetaEntries } from '../model/covariance-structure.js';
import { type Design, isLinearMixed } from '../model/design.js';

/** Names of the parameters: fixed effects, then θ as lme4 names it, `group.term` on the diagonal and `group.lower.upper` below it (of structured terms
 * `group.sd` or `group.root.column`, and `group.angle`), then `dispersion.column`, `zi.column` and thresholds, for linear mixed models `sigma`. */
export function parameterNames(design: Design): string[] {
  const names = [...design.fixedNames];
  for (const term of design.random) {
    for (const { kind, row, column } of thetaEntries(term.covariance, term.names.length)) {
      const lower = term.names[row]!;
      const upper = term.names[column]!;
      names.push(`${term.group}.${kind === 'factor' ? (row === column ? upper : `${lower}.${upper}`) : kind === 'root' ? `root.${lower}` : kind}`);
    }
  }
  for (const { role, names: coefficients } of design.auxiliary) for (const name of coefficients) names.push(role === 'thresholds' ? name : `${role}.${name}`);
  if (isLinearMixed(design)) names.push('sigma');
  return names;
}
