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

/** Remark under a fitted model, or null when there is nothing to remark. */
export function statusRemark(status: StatusName): string | null {
  switch (status) {
    case 'converged': return null;
    case 'boundary': return 'boundary (singular) fit: a variance is zero or a correlation is ±1';
    case 'separated': return 'separation: the response is predicted perfectly somewhere, so some coefficients have no finite estimate';
    case 'maxEvaluations': return 'not converged: the evaluation limit was reached before the gradient was small';
    case 'lineSearch': return 'not converged: no step improved the likelihood although the gradient is not small';
    case 'nonFinite': return 'failed: the likelihood is not finite';
    default: return status satisfies never;
  }
}
