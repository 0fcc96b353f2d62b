/** Arithmetic of ranges of replicates. */
import type { Range } from '../fit/batch-ranges.js';

/** What of a range none of the others covers, ascending. */
export function missingRanges({ from, to }: Range, covered: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let end = from;
  for (const piece of [...covered].sort((a, b) => a.from - b.from)) {
    if (piece.from > end) gaps.push({ from: end, to: Math.min(piece.from, to) });
    end = Math.max(end, piece.to);
  }
  return end < to ? [...gaps, { from: end, to }] : gaps;
}

/** What a range has in common with others. */
export function commonRanges({ from, to }: Range, others: readonly Range[]): Range[] {
  return others.map((other) => ({ from: Math.max(from, other.from), to: Math.min(to, other.to) })).filter((part) => part.to > part.from);
}

/** Replicates in ranges that do not overlap. */
export function countRanges(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
