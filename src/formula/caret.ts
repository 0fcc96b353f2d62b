/** Shows where a formula went wrong. */
import type { FormulaError } from '../errors.js';

/** Characters of the formula shown around the fault. */
const WINDOW = 72;

/** Two lines: the formula (cut to the neighbourhood of the fault when long) and a caret below the place. */
export function renderCaret(error: FormulaError): string {
  const text = error.formula.replace(/\s/g, ' ');
  const position = Math.min(Math.max(error.position, 0), text.length);
  const from = text.length <= WINDOW ? 0 : Math.max(0, Math.min(position - WINDOW / 2, text.length - WINDOW));
  const to = Math.min(text.length, from + WINDOW);
  const head = from > 0 ? '…' : '';
  const tail = to < text.length ? '…' : '';
  return `${head}${text.slice(from, to)}${tail}\n${' '.repeat(head.length + position - from)}^`;
}
