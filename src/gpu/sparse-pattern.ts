/** The pattern of a sparse factorisation as lists that a shader can follow without searching. */
import { type SymbolicFactor, entryOf } from '../numerics/sparse-cholesky.js';

export interface SparsePattern {
  /** All lists one after another. */
  readonly words: Uint32Array;
  /** Constants of the shader: where each list begins, and sizes. */
  readonly places: Readonly<Record<string, number>>;
}

export interface PatternInput {
  readonly rows: number;
  readonly q: number;
  readonly symbolic: SymbolicFactor;
  readonly effectOfRow: Int32Array;
  readonly pairEntry: Int32Array;
  /** Row, column and component of each θ. */
  readonly thetas: readonly (readonly [number, number, number])[];
}

/** Pairs that a factor's lists may hold: 128 MiB of words. */
const MAX_PAIRS = 8 * 2 ** 20;

/** Null when the lists would be too long for a device's buffers: the factor is nearly dense and large. */
export function sparsePattern(input: PatternInput): SparsePattern | null {
  const { symbolic } = input;
  const { size, starts, rows } = symbolic;
  const entries = rows.length;
  const count = factorPairs(symbolic);
  if (count === null) return null;

  const factorAt = new Uint32Array(entries + 1);
  const factorTerms: number[] = [];
  const inverseAt = new Uint32Array(entries + 1);
  const inverseTerms: number[] = [];
  // Entry (i, j) of the factor loses Σ_k L_ik L_jk over the columns k that hold both rows.
  const products: number[][] = Array.from({ length: entries }, () => []);
  for (let k = 0; k < size; k++) {
    for (let b = starts[k]! + 1; b < starts[k + 1]!; b++) {
      for (let a = b; a < starts[k + 1]!; a++) products[entryOf(symbolic, rows[a]!, rows[b]!)]!.push(a, b);
    }
  }
  products.forEach((list, at) => {
    factorAt[at] = factorTerms.length / 2;
    for (const word of list) factorTerms.push(word);
  });
  factorAt[entries] = factorTerms.length / 2;
  // Entry (r, j) of the inverse is −Σ_k (inverse)_rk L_kj / L_jj over the rows k > j of column j.
  for (let j = 0; j < size; j++) {
    for (let at = starts[j]!; at < starts[j + 1]!; at++) {
      inverseAt[at] = inverseTerms.length / 2;
      if (at === starts[j]!) continue;
      for (let k = starts[j]! + 1; k < starts[j + 1]!; k++) {
        const [low, high] = rows[k]! < rows[at]! ? [rows[k]!, rows[at]!] : [rows[at]!, rows[k]!];
        inverseTerms.push(entryOf(symbolic, high, low), k);
      }
    }
  }
  inverseAt[entries] = inverseTerms.length / 2;

  const lists: Record<string, ArrayLike<number>> = {
    EFFECT_AT: input.effectOfRow, PAIR_AT: input.pairEntry, COLUMN_AT: starts, ROW_AT: rows, FACTOR_AT: factorAt, INVERSE_AT: inverseAt,
    TERM_AT: factorTerms, INVERSE_TERM_AT: inverseTerms, THETA_AT: input.thetas.flat(),
  };
  const places: Record<string, number> = { EFFECTS: size, ENTRIES: entries, THETAS: input.thetas.length };
  let words = 0;
  for (const [name, list] of Object.entries(lists)) {
    places[name] = words;
    words += list.length;
  }
  const all = new Uint32Array(words);
  for (const [name, list] of Object.entries(lists)) all.set(list, places[name]);
  return { words: all, places };
}

/** Pairs in the lists, or null when they are too many. */
function factorPairs({ size, starts }: SymbolicFactor): number | null {
  let pairs = 0;
  for (let j = 0; j < size; j++) {
    const below = starts[j + 1]! - starts[j]! - 1;
    pairs += (below * (below + 1)) / 2 + below * below;
  }
  return pairs <= MAX_PAIRS ? pairs : null;
}

/** Words of work space of one model, and where each part begins. */
export function sparseScratch(rows: number, nFixed: number, effects: number, entries: number, auxiliary: boolean): Readonly<Record<string, number>> & { readonly WORDS: number } {
  const places: Record<string, number> = {};
  let words = 0;
  const take = (name: string, size: number): void => {
    places[name] = words;
    words += size;
  };
  take('ETA', rows);
  take('RESIDUAL', rows);
  if (auxiliary) take('LEVERAGE', rows);
  for (const name of ['U', 'SLOPE', 'HOP', 'HOP_SLOPE', 'T']) take(name, effects);
  for (const name of ['FACTOR', 'OBSERVED', 'INVERSE']) take(name, entries);
  take('BORDER', nFixed * effects);
  return { ...places, WORDS: words };
}
