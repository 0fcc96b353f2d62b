/** The replicates of a bootstrap as a table: what is written to `replicates.parquet`, and read back from it. */
import type { Bootstrap } from '../fit/types.js';
import { statusNames } from '../model/status.js';
import type { ParquetColumn } from '../table/write-parquet.js';

/** Columns that come before those of the parameters. */
export const LEADING_COLUMNS = 5;

/**
 * Columns `replicate` (from 1), `status` (name), `logLik`, `evaluations`, `decrement` (see `BatchFit`), then one per parameter (fixed
 * effects, `sd_…`, `cor_…`), one per entry of θ, named `theta_…`, and, where there are standard errors, one per estimate of the batch, named
 * `se_…`. A name that is taken already gets `_2`, `_3`, ….
 * @param first number of the first replicate, from 0
 */
export function replicateColumns(bootstrap: Bootstrap, first = 0): ParquetColumn[] {
  const { fit, nsim, parameters, replicates } = bootstrap;
  // Both lists begin with the fixed effects and end with what follows θ; between are standard deviations and correlations here, θ there.
  const begin = commonStart(parameters, fit.names);
  const end = fit.names.length - commonStart(parameters.slice(begin).reverse(), fit.names.slice(begin).reverse());
  const columns: ParquetColumn[] = [
    { name: 'replicate', type: 'INT32', data: Int32Array.from({ length: nsim }, (_, i) => first + i + 1) },
    { name: 'status', type: 'STRING', data: statusNames(fit.status) },
    { name: 'logLik', type: 'DOUBLE', data: fit.logLik },
    { name: 'evaluations', type: 'INT32', data: fit.evaluations },
    { name: 'decrement', type: 'DOUBLE', data: fit.decrement },
    ...parameters.map((name, j) => ({ name, type: 'DOUBLE', data: replicates[j]! }) as const),
    ...fit.params.slice(begin, end).map((data, j) => ({ name: `theta_${fit.names[begin + j]!}`, type: 'DOUBLE', data }) as const),
    ...(fit.standardErrors ?? []).map((data, j) => ({ name: `se_${fit.names[j]!}`, type: 'DOUBLE', data }) as const),
  ];
  const used = new Set<string>();
  return columns.map((column) => {
    let name = column.name;
    for (let k = 2; used.has(name); k++) name = `${column.name}_${k}`;
    used.add(name);
    return { ...column, name };
  });
}

/** How many names two lists begin with together. */
function commonStart(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((name, j) => name !== b[j]);
  return differs === -1 ? a.length : differs;
}
