/** Tables of any length: the first rows at once, all on demand, a slice per frame. */
import { type Child, button, el, inSlices, messageOf, table, tableRow } from './dom.js';

/** Rows of a slice: what a browser makes within a frame. */
const SLICE = 100;

/**
 * A table that begins with some rows; a button adds the others. They are not laid out before they are scrolled to, so that their number does not matter.
 * @param rowsOf cells of the rows [from, to)
 */
export function longTable(caption: string, heads: readonly Child[], first: readonly (readonly Child[])[], count: number, rowsOf: (from: number, to: number) => Promise<readonly (readonly Child[])[]>): HTMLElement {
  const frame = table(caption, heads, first);
  if (count <= first.length) return frame;
  const more = button(`Show all ${count}`, () => {
    more.remove();
    frame.focus({ preventScroll: true });
    showAll().catch((cause: unknown) => { whole.append(el('p', { class: 'error', role: 'alert' }, messageOf(cause))); });
  });
  const showAll = async (): Promise<void> => {
    const body = asColumns(frame);
    await inSlices(count - first.length, SLICE, async (from, to) => {
      const rows = await rowsOf(first.length + from, first.length + to);
      const slice = el('tbody', { style: `--rows: ${rows.length}` }, ...rows.map(tableRow));
      body.append(slice);
      giveRoles(slice);
    });
  };
  const whole = el('div', {}, frame, more);
  return whole;
}

/** Fixes the widths of columns, so that rows can be laid out apart from each other; returns the table. */
function asColumns(frame: HTMLElement): HTMLTableElement {
  const element = frame.querySelector('table')!;
  const widths = [...element.tHead!.rows[0]!.cells].map((cell) => cell.getBoundingClientRect().width);
  element.style.setProperty('--columns', widths.map((width) => `${width}px`).join(' '));
  element.style.setProperty('--width', `${widths.reduce((sum, width) => sum + width, 0)}px`);
  frame.classList.add('long');
  element.setAttribute('role', 'table');
  for (const part of [element.tHead!, ...element.tBodies]) giveRoles(part);
  return element;
}

/** What is not laid out as a table has to say that it is one. */
function giveRoles(part: HTMLTableSectionElement): void {
  part.setAttribute('role', 'rowgroup');
  for (const row of part.rows) {
    row.setAttribute('role', 'row');
    for (const cell of row.cells) cell.setAttribute('role', cell.tagName === 'TD' ? 'cell' : cell.getAttribute('scope') === 'col' ? 'columnheader' : 'rowheader');
  }
}
