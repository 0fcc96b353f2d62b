/** The loaded table: columns with types that can be changed, and the first rows. */
import { formatCount } from '../report/format-numbers.js';
import type { ColumnType } from '../table/retype.js';
import { type Child, el, inSlices, nextFrame, select, table, tableRow } from './dom.js';
import type { ColumnView, TableView } from './messages.js';

const TYPES = [['numeric', 'numeric'], ['factor', 'nominal'], ['ordered', 'ordinal']] as const;

/** Columns of the table of types made at once, and the next ones per frame. */
const COLUMNS_AT_ONCE = 40;

/** Columns of which the first rows are shown. */
const COLUMNS_SHOWN = 60;

export interface Preview {
  readonly element: HTMLElement;
  /** The column stays what it was, for this reason. */
  showMistake(column: string, message: string): void;
}

/** @param onType told of the type that a column is to have */
export function preview(name: string, view: TableView, onType: (column: string, type: ColumnType) => void): Preview {
  const mistake = el('p', { class: 'error', role: 'alert', id: 'mistake-type' });
  const choices = new Map<string, HTMLSelectElement>();
  const row = ({ name: column, type, missing, nLevels }: ColumnView, i: number): Child[] => {
    const choice = select(TYPES, type, { 'aria-label': `Type of ${column}`, id: `type-${i}` });
    choice.addEventListener('change', () => { onType(column, choice.value as ColumnType); });
    choices.set(column, choice);
    return [column, choice, nLevels === 0 ? '' : formatCount(nLevels), missing === 0 ? '' : formatCount(missing)];
  };
  const types = table('Columns', ['column', 'type', 'levels', 'missing'], view.columns.slice(0, COLUMNS_AT_ONCE).map(row));
  const others = view.columns.slice(COLUMNS_AT_ONCE);
  void inSlices(others.length, COLUMNS_AT_ONCE, async (from, to) => {
    await nextFrame();
    types.querySelector('tbody')!.append(...others.slice(from, to).map((column, i) => tableRow(row(column, COLUMNS_AT_ONCE + from + i))));
  });
  const shown = view.columns.slice(0, COLUMNS_SHOWN);
  const aligned = ({ type }: ColumnView, text: string): Child => (type === 'numeric' ? text : el('span', { class: 'text' }, text));
  const firstRows = table(
    shown.length < view.columns.length ? `First rows of ${COLUMNS_SHOWN} columns` : 'First rows', ['row', ...shown.map((column) => aligned(column, column.name))],
    view.head.map((cells, i) => [String(i + 1), ...shown.map((column, j) => (typeof cells[j] === 'string' ? aligned(column, cells[j]) : el('span', { class: 'soft' }, 'NA')))]),
  );
  return {
    element: el('section', { class: 'panel', id: 'preview', 'aria-label': 'Preview' },
      el('h2', {}, `${name}: ${formatCount(view.nrow)} rows, ${formatCount(view.columns.length)} columns`), el('div', { class: 'preview' }, el('div', {}, types, mistake), firstRows)),
    showMistake(column, message) {
      mistake.textContent = message;
      for (const [of, choice] of choices) {
        choice.removeAttribute('aria-invalid');
        choice.removeAttribute('aria-describedby');
        if (of === column) {
          choice.setAttribute('aria-invalid', 'true');
          choice.setAttribute('aria-describedby', mistake.id);
          choice.value = view.columns.find((one) => one.name === column)!.type;
        }
      }
    },
  };
}
