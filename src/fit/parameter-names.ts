import type { Design } from '../model/design.js';

/** Names of (β, θ) and, for gaussian models, σ: fixed effects, then θ as lme4 names it, `group.term` on the diagonal and `group.lower.upper` below it, then `sigma`. */
export function parameterNames(design: Design): string[] {
  const names = [...design.fixedNames];
  for (const term of design.random) {
    term.names.forEach((column, j) => {
      names.push(`${term.group}.${column}`);
      if (term.covariance === 'unstructured') for (const row of term.names.slice(j + 1)) names.push(`${term.group}.${row}.${column}`);
    });
  }
  if (design.family === 'gaussian') names.push('sigma');
  return names;
}
