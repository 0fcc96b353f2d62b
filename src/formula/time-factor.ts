/** The times of an autoregressive term. */
import { DataError } from '../errors.js';
import type { FactorColumn } from '../table/table.js';
import { parseNumber } from '../table/parse-number.js';
import { levelLabel } from '../table/number-label.js';

/** Longest row of times; the factor of a term grows with its square. */
const MOST_TIMES = 500;
/** A time may be off its place by this part of a step: decimal fractions are not exact. */
const ROUNDING = 1e-6;

/**
 * A factor whose levels are equally spaced times in order, unobserved ones included. Numbers are placed by their value; other labels have
 * the order of an ordered factor.
 * @param unused whether the factor declares levels that no row holds
 * @throws DataError where the levels have no order or the times are not multiples of one step apart.
 */
export function timeFactor(column: FactorColumn, label: string, unused: boolean): FactorColumn {
  const { levels, codes } = column;
  const times = levels.map((level) => parseNumber(level) ?? NaN);
  if (!times.every(Number.isFinite)) {
    if (!column.ordered) throw new DataError(`'${label}' has no order in time (level '${levels[times.findIndex(Number.isNaN)]!}' is no number): ar1 needs numbers or an ordered factor; type it ordered and give its levels`, { column: label });
    if (unused) throw new DataError(`'${label}' has levels that no row uses, so that its times have gaps of unknown length; give ar1 whole numbers as times`, { column: label });
    return column;
  }
  const sorted = [...times].sort((a, b) => a - b);
  const step = sorted.reduce((least, time, i) => (i === 0 ? least : Math.min(least, time - sorted[i - 1]!)), Infinity);
  const place = (time: number): number => (time - sorted[0]!) / step;
  const astray = sorted.find((time) => Math.abs(place(time) - Math.round(place(time))) > ROUNDING);
  if (astray !== undefined) {
    throw new DataError(`the times of '${label}' are not equally spaced (${sorted[0]!}, ${sorted[1]!} and ${astray} fit no common step): ar1 needs times that are multiples of one step apart; round them or number them`, { column: label });
  }
  const count = Math.round(place(sorted.at(-1)!)) + 1;
  if (count > MOST_TIMES) throw new DataError(`the times of '${label}' span ${count} steps of ${step}; ar1 takes at most ${MOST_TIMES}; use coarser times`, { column: label });
  const placed = times.map((time) => Math.round(place(time)));
  const grid = Array.from({ length: count }, (_, i) => levelLabel(sorted[0]! + i * step));
  placed.forEach((at, level) => { grid[at] = levels[level]!; });
  return { ...column, levels: grid, codes: codes.map((code) => (code < 0 ? code : placed[code]!)) };
}
