/** The parametric bootstrap as a study: cut anywhere, computed anywhere, put together again. */
import { checkArgument, checkFit, checkOptionNames } from '../check-arguments.js';
import type { Bootstrap } from '../fit/types.js';
import { type BootstrapOptions, type BootstrapSource, bootstrap, bootstrapOf } from './bootstrap.js';
import type { FitColumns } from './fit-columns.js';
import { plainSource } from './plain-source.js';
import { replicateFits, replicateNumbers } from './replicate-columns.js';
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

/** The study of a spec: one row per replicate, columns as `replicateFits` has them. */
export function bootstrapStudy(spec: BootstrapSpec): Study {
  checkArgument('bootstrapStudy', spec, ['source', 'nsim'], 'the spec of a bootstrap', 'bootstrapSpec makes one');
  const { source, nsim, seed, standardErrors = 'none', method = 'parametric' } = spec;
  const { columns, of } = columnsOf(spec);
  return {
    spec, total: nsim, columns,
    async run({ from, to }, { engine, signal, onProgress }) {
      const { fit } = await bootstrap(source, {
        nsim: to - from, first: from, seed, standardErrors, method, engine,
        ...(signal === undefined ? {} : { signal }),
        ...(onProgress === undefined ? {} : { onProgress: ({ done }) => { onProgress(done); } }),
      });
      return { columns: of([replicateNumbers({ from, to })], fit), backend: fit.backend };
    },
  };
}

/** What `bootstrap` would have returned, from the results of its study; all columns are in memory then. */
export async function bootstrapFromResults(spec: BootstrapSpec, results: StudyResults): Promise<Bootstrap> {
  checkArgument('bootstrapFromResults', spec, ['source', 'nsim'], 'the spec of a bootstrap', 'bootstrapSpec makes one');
  checkArgument('bootstrapFromResults', results, ['column', 'total'], 'the results of the study', 'the store that runStudy filled has them');
  return bootstrapOf(spec.source, spec, await columnsOf(spec).read(results), results.seconds);
}

function columnsOf({ source, standardErrors = 'none' }: BootstrapSpec): FitColumns {
  return replicateFits(source.frame.design, standardErrors !== 'none');
}
