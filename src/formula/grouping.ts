/** Grouping factors of random-effects terms. */
import type { FactorColumn } from '../table/table.js';
import type { Expression } from './expression.js';

/** The single factors a grouping expression is made of, in the order they are written: `c:(b:a)` → c, b, a. */
export function groupingParts(node: Expression): Expression[] {
  if (node.kind === 'paren') return groupingParts(node.inner);
  if (node.kind === 'binary' && node.operator === ':') return [...groupingParts(node.left), ...groupingParts(node.right)];
  return [node];
}

export interface Grouping {
  /** Level of each row. */
  readonly index: Int32Array;
  /** Levels that occur; the levels of the first factor run slowest, as in R's `a:b`. */
  readonly levels: readonly string[];
}

/** Crosses factors without missing values, keeping the combinations that occur, named `a:b`. */
export function crossFactors(parts: readonly FactorColumn[]): Grouping {
  return parts.map(compress).reduce((left, right) => {
    const size = right.levels.length;
    const pairs = new Float64Array(left.index.length);
    for (let i = 0; i < pairs.length; i++) pairs[i] = left.index[i]! * size + right.index[i]!;
    const keys = [...new Set(pairs)].sort((a, b) => a - b);
    const place = new Map(keys.map((key, i) => [key, i]));
    return {
      index: Int32Array.from(pairs, (pair) => place.get(pair)!),
      levels: keys.map((key) => `${left.levels[Math.floor(key / size)]!}:${right.levels[key % size]!}`),
    };
  });
}

/** A factor without the levels that do not occur. */
export function compress(column: Pick<FactorColumn, 'codes' | 'levels'>): Grouping {
  const used = new Uint8Array(column.levels.length);
  for (const code of column.codes) if (code >= 0) used[code] = 1;
  const map = new Int32Array(used.length).fill(-1);
  const levels: string[] = [];
  used.forEach((flag, code) => {
    if (flag === 1) map[code] = levels.push(column.levels[code]!) - 1;
  });
  if (levels.length === used.length) return { index: column.codes, levels: column.levels };
  return { index: column.codes.map((code) => (code < 0 ? -1 : map[code]!)), levels };
}
