/** Random parts that no data can tell apart, found from the design alone. */
import { DataError } from '../errors.js';
import type { RandomTerm } from '../model/design.js';

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
