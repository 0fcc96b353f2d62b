/** The parametric bootstrap as a study: cut anywhere, computed anywhere, put together again. */
import { checkArgument, checkFit, checkOptionNames } from '../check-arguments.js';
import { createColumns } from '../fit/batch-chunk.js';
import type { Bootstrap } from '../fit/types.js';
import type { BatchFit } from '../model/batch-fit.js';
import { parameterLayout } from '../model/design.js';
import { statusCodes } from '../model/status.js';
import { combineBackends } from './combine-backends.js';
import { type BootstrapOptions, type BootstrapSource, bootstrap, bootstrapOf } from './bootstrap.js';
import { plainSource } from './plain-source.js';
import { LEADING_COLUMNS, replicateColumns } from './replicate-columns.js';
import type { Study, StudyResults, StudySpec } from './study.js';

type NumericOptions = Pick<BootstrapOptions, 'nsim' | 'seed' | 'standardErrors' | 'method'>;

/** Everything the replicates depend on. */
export interface BootstrapSpec extends StudySpec, NumericOptions {
  readonly kind: 'bootstrap';
  readonly source: BootstrapSource;
}

/** The spec of a bootstrap of a fitted model. The names of levels, which may be those of people, stay out of it. */
export function bootstrapSpec(fit: BootstrapSource, options: NumericOptions): BootstrapSpec {
  checkFit('bootstrapSpec', fit);
  checkOptionNames(options, { nsim: true, seed: true, standardErrors: true, method: true } satisfies Record<keyof NumericOptions, true>, 'bootstrapSpec');
  const { response, modes, covariance } = fit;
  const { nsim, seed, standardErrors = 'none', method = 'parametric' } = options;
  return {
    kind: 'bootstrap', nsim, seed, standardErrors, method,
    source: {
      ...plainSource(fit),
      // The data of the study leave the machine only with the methods that resample them.
      ...(method === 'parametric' || response === undefined ? {} : { response }),
      ...(standardErrors === 'none' || covariance === undefined ? {} : { covariance }),
      ...(method !== 'residual' || modes === undefined ? {} : { modes }),
    },
  };
}

/** The study of a spec: one row per replicate, columns as `replicateColumns` has them. */
export function bootstrapStudy(spec: BootstrapSpec): Study {
  checkArgument('bootstrapStudy', spec, ['source', 'nsim'], 'the spec of a bootstrap', 'bootstrapSpec makes one');
  const { source, nsim, seed, standardErrors = 'none', method = 'parametric' } = spec;
  return {
    spec, total: nsim,
    columns: replicateColumns(withoutReplicates(spec)).map(({ name, type }) => ({ name, type })),
    async run({ from, to }, { engine, signal, onProgress }) {
      const part = await bootstrap(source, {
        nsim: to - from, first: from, seed, standardErrors, method, engine,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress: ({ done }) => { onProgress(done); } }),
      });
      return { columns: replicateColumns(part, from).map(({ data }) => data), backend: part.backend };
    },
  };
}

/** What `bootstrap` would have returned, from the results of its study; all columns are in memory then. */
export async function bootstrapFromResults(spec: BootstrapSpec, results: StudyResults): Promise<Bootstrap> {
  checkArgument('bootstrapFromResults', spec, ['source', 'nsim'], 'the spec of a bootstrap', 'bootstrapSpec makes one');
  checkArgument('bootstrapFromResults', results, ['column', 'total'], 'the results of the study', 'the store that runStudy filled has them');
  const empty = withoutReplicates(spec);
  const { nFixed, nTheta } = parameterLayout(spec.source.frame.design);
  const nParameters = empty.parameters.length;
  const numbers = async (name: string): Promise<Float64Array> => (await results.column(name)) as Float64Array;
  const columns = await Promise.all(replicateColumns(empty).slice(LEADING_COLUMNS).map(({ name }) => numbers(name)));
  // Parameters are β, standard deviations and correlations, then what follows θ in the batch.
  const following = empty.fit.names.length - nFixed - nTheta;
  const fit: BatchFit = {
    nModels: results.total,
    names: empty.fit.names,
    params: [...columns.slice(0, nFixed), ...columns.slice(nParameters, nParameters + nTheta), ...columns.slice(nParameters - following, nParameters)],
    standardErrors: empty.fit.standardErrors === null ? null : columns.slice(nParameters + nTheta),
    logLik: await numbers('logLik'),
    status: statusCodes((await results.column('status')) as readonly string[]),
    evaluations: (await results.column('evaluations')) as Int32Array,
    decrement: await numbers('decrement'),
    backend: results.backend,
  };
  return bootstrapOf(spec.source, spec, fit, results.seconds);
}

/** The names and columns of a spec before there is any replicate. */
function withoutReplicates({ source, seed, standardErrors = 'none', method = 'parametric' }: BootstrapSpec): Bootstrap {
  const columns = createColumns(source.frame.design, 0, standardErrors !== 'none');
  return bootstrapOf(source, { nsim: 0, seed, method }, { nModels: 0, ...columns, backend: combineBackends([]) }, 0);
}
