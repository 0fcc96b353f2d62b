/** Suggestions for misspelt names. */
// fastest-levenshtein: tiny, well kept, no dependencies.
import { distance } from 'fastest-levenshtein';

/** ` (did you mean 'x'?)` for the nearest of the valid names when it is near enough to be a slip, else an empty string. */
export default function closestName(given: string, valid: Iterable<string>): string {
  let best: string | undefined;
  // A slip changes at most a third of the letters.
  let bestDistance = Math.floor(Math.max(given.length, 3) / 3) + 1;
  // Names longer than any column name are no slips; the bound keeps the search linear.
  if (given.length > 200) return '';
  for (const name of valid) {
    const d = distance(given.toLowerCase(), name.toLowerCase());
    if (d < bestDistance) {
      best = name;
      bestDistance = d;
    }
  }
  return best === undefined ? '' : ` (did you mean '${best}'?)`;
}
