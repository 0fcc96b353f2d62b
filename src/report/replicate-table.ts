/** The replicates of a bootstrap as a table: what is written to `replicates.parquet`. */
import type { Bootstrap } from '../fit/types.js';
import { STATUS_NAMES } from '../model/status.js';

export type ReplicateColumn =
  | { readonly name: string; readonly type: 'DOUBLE'; readonly data: Float64Array }
  | { readonly name: string; readonly type: 'INT32'; readonly data: Int32Array }
  | { readonly name: string; readonly type: 'STRING'; readonly data: readonly string[] };

/**
 * Columns `replicate` (from 1), `status` (name), `logLik`, `evaluations`, then one per parameter (fixed effects, `sd_…`, `cor_…`) and one
 * per entry of θ, named `theta_…`. A name that is taken already gets `_2`, `_3`, ….
 */
export function replicateColumns(bootstrap: Bootstrap): ReplicateColumn[] {
  const { fit, nsim, parameters, replicates } = bootstrap;
  // Both lists begin with the fixed effects; then one has standard deviations, the other θ.
  const differs = parameters.findIndex((name, j) => name !== fit.names[j]);
  const thetaStart = differs === -1 ? parameters.length : differs;
  // The residual standard deviation closes both lists of a gaussian model.
  const hasSigma = parameters.at(-1) === 'sigma' && replicates.at(-1) === fit.params.at(-1);
  const columns: ReplicateColumn[] = [
    { name: 'replicate', type: 'INT32', data: Int32Array.from({ length: nsim }, (_, i) => i + 1) },
    { name: 'status', type: 'STRING', data: Array.from(fit.status, (code) => STATUS_NAMES[code]!) },
    { name: 'logLik', type: 'DOUBLE', data: fit.logLik },
    { name: 'evaluations', type: 'INT32', data: fit.evaluations },
    ...parameters.map((name, j) => ({ name, type: 'DOUBLE', data: replicates[j]! }) as const),
    ...fit.params.slice(thetaStart, fit.names.length - (hasSigma ? 1 : 0)).map((data, j) => ({ name: `theta_${fit.names[thetaStart + j]!}`, type: 'DOUBLE', data }) as const),
  ];
  const used = new Set<string>();
  return columns.map((column) => {
    let name = column.name;
    for (let k = 2; used.has(name); k++) name = `${column.name}_${k}`;
    used.add(name);
    return { ...column, name };
  });
}

/** The replicates as the bytes of a Parquet file, with formula, seed and number of replicates in its metadata. */
export async function replicatesParquet(bootstrap: Bootstrap, formula: string): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const buffer = parquetWriteBuffer({
    columnData: replicateColumns(bootstrap).map(({ name, type, data }) => ({ name, type, data: data as Parameters<typeof parquetWriteBuffer>[0]['columnData'][number]['data'] })),
    kvMetadata: [
      { key: 'formula', value: formula },
      { key: 'seed', value: String(bootstrap.seed) },
      { key: 'nsim', value: String(bootstrap.nsim) },
    ],
  });
  return new Uint8Array(buffer);
}
