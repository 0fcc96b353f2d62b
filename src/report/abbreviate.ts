/**
 * Short labels for the columns of a correlation matrix: lower-case vowels go first, then lower-case letters, then anything, each from the
 * right, never the first letter of a word; if two labels would become equal all are kept longer.
 */

const isWordStart = (text: readonly string[], i: number): boolean => i === 0 || text[i - 1] === ' ';

function shorten(label: string, length: number): string {
  const letters = [...label];
  const spaces = () => letters.filter((letter) => letter === ' ').length;
  const drop = (removable: (letter: string) => boolean): void => {
    for (let i = letters.length - 1; i > 0 && letters.length - spaces() > length; i--) {
      if (removable(letters[i]!) && !isWordStart(letters, i)) letters.splice(i, 1);
    }
  };
  drop((letter) => 'aeiou'.includes(letter));
  drop((letter) => /^[a-z]$/.test(letter));
  drop((letter) => letter !== ' ');
  return letters.join('').replaceAll(' ', '');
}

/** Labels of at most `length` characters where that keeps them different from each other; labels that are short enough stay as they are. */
export function abbreviate(labels: readonly string[], length: number): string[] {
  const longest = labels.reduce((most, label) => Math.max(most, label.length), 0);
  for (let size = length; size < longest; size++) {
    const short = labels.map((label) => (label.length <= size ? label : shorten(label, size)));
    if (new Set(short).size === new Set(labels).size) return short;
  }
  return [...labels];
}
