import type { Design, RandomTerm } from './design.js';

/** Where the spherical effects u of a term lie: effect c of a level is u[first + level · stride + c]. */
export interface EffectPlace {
  readonly term: RandomTerm;
  /** Columns of the term. */
  readonly q: number;
  /** Its first column among the columns of all terms side by side. */
  readonly column: number;
  readonly first: number;
  readonly stride: number;
}

/**
 * The layout of u: with one grouping factor level by level, the columns of all terms side by side; with several factors term by term.
 */
export function effectPlaces({ random }: Pick<Design, 'random'>): { readonly places: readonly EffectPlace[]; readonly effects: number; readonly columns: number } {
  const columns = random.reduce((sum, term) => sum + term.names.length, 0);
  const together = random.every((term) => term.group === random[0]!.group);
  let column = 0;
  let effects = 0;
  const places = random.map((term): EffectPlace => {
    const q = term.names.length;
    const place = { term, q, column, first: together ? column : effects, stride: together ? columns : q };
    column += q;
    effects += term.levels.length * q;
    return place;
  });
  return { places, effects, columns };
}
