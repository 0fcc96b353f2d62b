/** What each fixed-effects term contributes: the model without it, term by term. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { FitSettings } from '../fit/fit-chunk.js';
import { fitSingle } from '../fit/single-fit.js';
import type { FixedTerms } from '../formula/model-matrix.js';
import type { Design } from '../model/design.js';
import { STATUS_NAMES, type StatusName } from '../model/status.js';
import { chisqTail } from '../numerics/tails.js';
import { type FittedModel, byMaximumLikelihood, checkLikelihood } from '../studies/fitted-model.js';
import { observedStatistic } from '../studies/lrt-pair.js';
import { termColumns } from './term-columns.js';

/** What `drop1` needs of a fitted model; `GlmmFit` is one. */
export interface DroppableModel extends FittedModel {
  readonly frame: FittedModel['frame'] & { readonly fixedTerms: FixedTerms };
  readonly settings: FitSettings;
}

/** The model without one term. */
export interface Drop1Row {
  /** Label of the term, `<none>` for the model itself. */
  readonly term: string;
  /** Parameters that go with the term; null for the model itself, like the test. */
  readonly df: number | null;
  readonly AIC: number;
  readonly chisq: number | null;
  readonly p_value: number | null;
  /** How the fit without the term ended; that of the model itself in its own row, null where it is not known. */
  readonly status: StatusName | null;
}

/**
 * Likelihood-ratio tests of the terms that are not part of a higher-order term of the model (marginality), by maximum likelihood.
 * A model found below one without a term is fitted again from there.
 * @throws OptionError for pseudo-likelihood fits, or where the columns of the model without a term are not a part of its own (no intercept, and a factor coded by that); the signal's reason when aborted.
 */
export async function drop1(fit: DroppableModel, options: { readonly signal?: AbortSignal } = {}): Promise<Drop1Row[]> {
  checkFit('drop1', fit);
  checkOptionNames(options, { signal: true }, 'drop1');
  checkLikelihood(fit.settings);
  const model = await byMaximumLikelihood(fit);
  const { design, fixedTerms } = fit.frame;
  const whole = -2 * model.logLik;
  const rows: Drop1Row[] = [{ term: '<none>', df: null, AIC: whole + 2 * model.params.length, chisq: null, p_value: null, status: model.status ?? null }];
  for (const { label, columns } of droppableTerms(fixedTerms)) {
    const rest = withoutColumns(design, columns);
    const smaller = await fitSingle(rest, fit.response, { ...fit.settings, ...(model.settings.REML === undefined ? {} : { REML: model.settings.REML }), standardErrors: 'none' }, options);
    const df = design.fixedNames.length - rest.fixedNames.length;
    const chisq = await observedStatistic({ smaller, larger: model, nesting: { embed: (params) => withZeros(params, columns, design.fixedNames.length) } });
    rows.push({
      term: label, df, AIC: -2 * smaller.logLik + 2 * (model.params.length - df), chisq, p_value: chisqTail(chisq, df), status: STATUS_NAMES[smaller.status]!,
    });
  }
  return rows;
}

/** Terms that no other term contains, with the places of their columns among the model's. */
function droppableTerms(fixedTerms: FixedTerms): { label: string; columns: ReadonlySet<number> }[] {
  const { recipe } = fixedTerms;
  const terms = termColumns(fixedTerms);
  return terms.flatMap((term) => {
    const contained = terms.some((other) => other !== term && term.variables.every((v) => other.variables.includes(v)));
    if (contained || term.columns.length === 0) return [];
    // The constant lies in the levels of this factor: without them another factor would take it over.
    const coded = term.variables.some((v, i) => term.full[i]! && recipe.variables[v]!.factor !== null);
    const others = terms.some((other) => other !== term && other.variables.some((v) => recipe.variables[v]!.factor !== null));
    if (coded && !recipe.intercept && others) throw new OptionError(`without an intercept the coding of other factors depends on '${term.label}'; write the formula with an intercept to drop it`);
    return [{ label: term.label, columns: new Set(term.columns) }];
  });
}

function withoutColumns(design: Design, dropped: ReadonlySet<number>): Design {
  const p = design.fixedNames.length;
  return {
    ...design,
    fixedNames: design.fixedNames.filter((_, j) => !dropped.has(j)),
    x: design.x.filter((_, at) => !dropped.has(at % p)),
  };
}

/** The parameters of a model without some columns as those of the whole model. */
function withZeros(params: Float64Array, dropped: ReadonlySet<number>, p: number): Float64Array {
  let next = 0;
  return Float64Array.from({ length: params.length + dropped.size }, (_, j) => (j < p && dropped.has(j) ? 0 : params[next++]!));
}
