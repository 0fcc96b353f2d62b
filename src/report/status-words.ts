/** Statuses of a fit in words a reader understands without the code. */
import type { StatusName } from '../model/status.js';

/** Short label of a status, for tables and legends. */
export const STATUS_LABELS: Readonly<Record<StatusName, string>> = {
  converged: 'converged',
  boundary: 'converged on the boundary',
  separated: 'separated',
  maxEvaluations: 'evaluation limit reached',
  lineSearch: 'no further improvement found',
  nonFinite: 'likelihood not finite',
};

/** Statuses whose estimates are not maximum-likelihood estimates, in the order in which they are reported. */
export const FAILURES = ['separated', 'maxEvaluations', 'lineSearch', 'nonFinite'] as const satisfies readonly StatusName[];

/** Number of models that did not converge, separated ones included. */
export function countFailures(counts: Readonly<Record<StatusName, number>>): number {
  return FAILURES.reduce((sum, name) => sum + counts[name], 0);
}
