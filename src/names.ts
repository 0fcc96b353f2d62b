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
  const wanted = given.toLowerCase();
  for (const name of valid) {
    const d = slip(wanted, name.toLowerCase());
    // Where no letter stays, nothing was slipped.
    if (d < bestDistance && d < Math.max(given.length, name.length)) {
      best = name;
      bestDistance = d;
    }
  }
  return best === undefined ? '' : ` (did you mean '${best}'?)`;
}

/** Shortest piece of a name that stands for it. */
const SHORTEST_PIECE = 3;

/** Letters changed, where letters in another order are one change and a piece of the name is less than that: `logti`, `gpu` for `webgpu`. */
function slip(given: string, name: string): number {
  if (given !== name && given.length >= SHORTEST_PIECE && name.includes(given)) return 0.5;
  return letters(given) === letters(name) ? Math.min(1, distance(given, name)) : distance(given, name);
}

const letters = (text: string): string => [...text].sort().join('');
