/** The columns of each term of the fixed effects. */
import type { FixedTerms } from '../formula/model-matrix.js';

export interface TermColumns {
  /** `period`, `lbase:trt`. */
  readonly label: string;
  /** Places of its variables among those of the recipe. */
  readonly variables: readonly number[];
  /** Whether each variable is coded with all its levels. */
  readonly full: readonly boolean[];
  /** Places of its columns among the columns that the model kept. */
  readonly columns: readonly number[];
}

/** All terms but the intercept, as the model matrix has them. */
export function termColumns({ recipe, kept }: FixedTerms): TermColumns[] {
  let column = recipe.intercept ? 1 : 0;
  return recipe.terms.map(({ variables, full }) => {
    const width = variables.reduce((product, v, i) => {
      const { factor, suffixes } = recipe.variables[v]!;
      return product * (factor === null ? suffixes.length : factor.levels.length - (full[i] ? 0 : 1));
    }, 1);
    const first = column;
    column += width;
    return {
      label: variables.map((v) => recipe.variables[v]!.label).join(':'), variables, full,
      columns: kept.flatMap((own, place) => (own >= first && own < first + width ? [place] : [])),
    };
  });
}
