/** Fits of one design as columns of a study, behind columns of the study's own, and back. */
import { parameterNames } from '../fit/parameter-names.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type Design, parameterLayout } from '../model/design.js';
import { statusCodes, statusNames } from '../model/status.js';
import { reportedParameters } from './reported-parameters.js';
import type { ColumnValues, StudyColumn, StudyResults } from './study.js';

/** The columns of fits, and the way there and back. */
export interface FitColumns {
  /** Those of the study, then `status` (name), `logLik`, `evaluations`, `decrement` (see `BatchFit`), one per reported parameter, `theta_…`, and `se_…`. */
  readonly columns: readonly StudyColumn[];
  /** Values of `columns`. @param own values of the study's own columns, one per fit */
  readonly of: (own: readonly ColumnValues[], fit: BatchFit) => ColumnValues[];
  /** The fits again; all columns are in memory then. */
  read(results: StudyResults): Promise<BatchFit>;
}

/**
 * Columns of the fits of a design: after those of the study one per parameter (fixed effects, `sd_…`, `cor_…`), one per entry of θ, named `theta_…`, and,
 * with standard errors, one per estimate of the batch, named `se_…`. A name that is taken already gets `_2`, `_3`, ….
 */
export function fitColumns(own: readonly StudyColumn[], design: Design, withErrors: boolean): FitColumns {
  const reported = reportedParameters(design);
  const names = parameterNames(design);
  const { nFixed, nTheta } = parameterLayout(design);
  const end = nFixed + nTheta;
  const double = (name: string): StudyColumn => ({ name, type: 'DOUBLE' });
  const columns = distinct([
    ...own, { name: 'status', type: 'STRING' }, double('logLik'), { name: 'evaluations', type: 'INT32' }, double('decrement'),
    ...reported.names.map(double), ...names.slice(nFixed, end).map((name) => double(`theta_${name}`)), ...(withErrors ? names.map((name) => double(`se_${name}`)) : []),
  ]);
  return {
    columns,
    of: (values, fit) => [
      ...values, statusNames(fit.status), fit.logLik, fit.evaluations, fit.decrement,
      ...reported.columns(fit), ...fit.params.slice(nFixed, end), ...(withErrors ? fit.standardErrors! : []),
    ],
    async read(results) {
      const [status, logLik, evaluations, decrement, ...numbers] = await Promise.all(columns.slice(own.length).map(({ name }) => results.column(name)));
      const doubles = numbers as Float64Array[];
      // Reported are β, standard deviations and correlations in the place of θ, then what follows θ in the batch.
      const [theta, errors] = [reported.names.length, reported.names.length + nTheta];
      return {
        nModels: results.total, names,
        params: [...doubles.slice(0, nFixed), ...doubles.slice(theta, errors), ...doubles.slice(theta - (names.length - end), theta)],
        standardErrors: withErrors ? doubles.slice(errors) : null,
        logLik: logLik as Float64Array, status: statusCodes(status as readonly string[]), evaluations: evaluations as Int32Array, decrement: decrement as Float64Array,
        backend: results.backend,
      };
    },
  };
}

function distinct(columns: readonly StudyColumn[]): StudyColumn[] {
  const used = new Set<string>();
  return columns.map((column) => {
    let { name } = column;
    for (let k = 2; used.has(name); k++) name = `${column.name}_${k}`;
    used.add(name);
    return { ...column, name };
  });
}
