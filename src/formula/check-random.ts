/** Random parts that no data can tell apart, found from the design alone. */
import { DataError } from '../errors.js';
import type { RandomTerm } from '../model/design.js';
import { independentColumns } from './rank.js';

/** Throws DataError where two grouping factors divide the rows alike and their terms share an effect. */
export function checkGroupings(random: readonly RandomTerm[]): void {
  random.forEach((second, s) => {
    for (const first of random.slice(0, s)) {
      if (first.group === second.group || !samePartition(first, second)) continue;
      const shared = first.names.find((_, a) => second.names.some((_, b) => sameColumn(first, a, second, b)));
      if (shared !== undefined) throw new DataError(confounded(first.group, second.group, shared), { column: second.group });
    }
  });
}

/**
 * Sentences about terms of one factor, or of two that divide the rows alike, of which the covariance of one holds whatever the other could add:
 * an unstructured one that of any combination of its effects, homogeneous compound symmetry that of their sum. No error, because lme4's
 * `(1 + f || g)` is such a pair: the likelihood is right, how it is shared out is not determined.
 */
export function containedEffects(random: readonly RandomTerm[]): string[] {
  return random.flatMap((outer) => {
    if (outer.covariance !== 'unstructured' && outer.covariance !== 'homcs') return [];
    return random.flatMap((inner) => {
      if (inner === outer || !samePartition(inner, outer)) return [];
      const contained = inner.names.find((name, column) => !outer.names.includes(name)
        && (outer.covariance === 'homcs' ? isSum(inner, column, outer) : isCombination(inner, column, outer)));
      if (contained === undefined) return [];
      const effects = outer.names.map((name) => `'${name}'`).join(', ');
      return [`the random effect '${contained}' of '${inner.group}' is a combination of ${effects} of '${outer.group}', whose covariance holds it already: their variances are not determined one by one; leave one of the two terms out or make the second diag()`];
    });
  });
}

function isSum(inner: RandomTerm, column: number, outer: RandomTerm): boolean {
  const q = outer.names.length;
  return q > 1 && inner.index.every((_, i) => inner.z[i * inner.names.length + column] === outer.z.subarray(i * q, (i + 1) * q).reduce((sum, value) => sum + value, 0));
}

function isCombination(inner: RandomTerm, column: number, outer: RandomTerm): boolean {
  const q = outer.names.length;
  const rows = inner.index.length;
  const joined = new Float64Array(rows * (q + 1));
  for (let i = 0; i < rows; i++) {
    joined.set(outer.z.subarray(i * q, (i + 1) * q), i * (q + 1));
    joined[i * (q + 1) + q] = inner.z[i * inner.names.length + column]!;
  }
  return q > 1 && !independentColumns(joined, rows, q + 1).includes(q);
}

function confounded(first: string, second: string, effect: string): string {
  const [fine, coarse] = first.length > second.length ? [first, second] : [second, first];
  const parts = fine.split(':');
  const alike = `the grouping factors '${first}' and '${second}' divide the rows alike, so that their effects '${effect}' cannot be told apart`;
  if (!parts.includes(coarse)) return `${alike}; drop one of the two terms`;
  const outer = parts.filter((part) => part !== coarse).join(':');
  return `${alike}: '${coarse}' is nested in '${outer}'; write (1 | ${outer}/${coarse}) or drop one of the two terms`;
}

/** Whether two factors, all of whose levels occur, have the same groups of rows. */
function samePartition(a: RandomTerm, b: RandomTerm): boolean {
  if (a.levels.length !== b.levels.length) return false;
  const partner = new Int32Array(a.levels.length).fill(-1);
  return a.index.every((level, i) => {
    if (partner[level] === -1) partner[level] = b.index[i]!;
    return partner[level] === b.index[i];
  });
}

function sameColumn(a: RandomTerm, aColumn: number, b: RandomTerm, bColumn: number): boolean {
  return a.index.every((_, i) => a.z[i * a.names.length + aColumn] === b.z[i * b.names.length + bColumn]);
}

/** Sentences about correlated effects of which no level shows more than one combination: their covariances rest on the model's form alone. */
export function constantEffects(random: readonly RandomTerm[]): string[] {
  return random.flatMap((term) => {
    if (term.covariance === 'diagonal' || term.covariance === 'isotropic') return [];
    const constant = term.names.filter((_, column) => constantWithinLevels(term, column));
    if (constant.length < 2) return [];
    const [first, ...others] = constant;
    return [`${others.map((name) => `'${name}'`).join(', ')} ${others.length === 1 ? 'is' : 'are'} constant within every level of '${term.group}', so that the data hardly tell ${others.length === 1 ? 'its effect' : 'their effects'} from '${first!}'; use (1 | ${term.group}) or diag()`];
  });
}

function constantWithinLevels({ index, levels, names, z }: RandomTerm, column: number): boolean {
  const value = new Float64Array(levels.length).fill(NaN);
  return index.every((level, i) => {
    const own = z[i * names.length + column]!;
    if (Number.isNaN(value[level]!)) value[level] = own;
    return value[level] === own;
  });
}
