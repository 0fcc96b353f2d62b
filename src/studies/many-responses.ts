/** One model fitted to many responses: genes, items, voxels. */
import { checkOptionNames } from '../check-arguments.js';
import { GLMM_OPTION_NAMES } from '../fit/options.js';
import type { TableInput } from '../table/from-values.js';
import { type ManyModel, type ManyResponses, manyFromResults, manySpec, manyStudy } from './many-study.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions, runInMemory } from './run-study.js';

/** The responses, the model they share, and where it is fitted. */
export interface ManyResponsesOptions extends ManyModel, StudyRunOptions {}

// A start is for one response.
const { start: _, ...MODEL_OPTION_NAMES } = GLMM_OPTION_NAMES;
const OPTION_NAMES = { responses: true, ...MODEL_OPTION_NAMES, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof ManyResponsesOptions, true>;

/**
 * Fits the formula to every response, on one design. The response of the formula is a name that stands for each of `responses` in turn, and what the left
 * side makes of it is computed for each: `sqrt(y) ~ x + (1 | g)`, `cbind(y, size - y) ~ x + (1 | g)`. In an expression it must be a name that the data do
 * not have. A missing value leaves its row out of that response's fit only. A response that the family does not allow, or that is constant, has a status and
 * no estimates. Ordered responses (family cumulative) may differ in their categories: each has the thresholds between those that occur in it.
 * @throws GlmmError for a formula, options or names that do not fit.
 *
 * @example
 * const { rows } = await manyResponses('y ~ treatment + (1 | donor)', cells, { family: 'poisson', responses: genes });
 * rows.filter((row) => row.term === 'treatmentb' && row.p_adjusted < 0.05);
 */
export async function manyResponses(formula: string, data: TableInput, options: ManyResponsesOptions): Promise<ManyResponses> {
  checkOptionNames(options, OPTION_NAMES, 'manyResponses');
  const { backend, workers, engine, onProgress, signal, ...model } = options;
  const spec = manySpec(formula, data, model);
  return manyFromResults(spec, await runInMemory(manyStudy(spec), {
    ...(backend === undefined ? {} : { backend }), ...(workers === undefined ? {} : { workers }), ...(engine === undefined ? {} : { engine }),
    ...(onProgress === undefined ? {} : { onProgress }), ...(signal === undefined ? {} : { signal }),
  }));
}
