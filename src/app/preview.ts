/** The loaded table: columns with types that can be changed, and the first rows. */
import type { ColumnType } from '../table/retype.js';
import { el, select, table } from './dom.js';
import type { TableView } from './messages.js';

const TYPES = [['numeric', 'numeric'], ['factor', 'factor'], ['ordered', 'ordered']] as const;

export function preview(name: string, view: TableView, onType: (column: string, type: ColumnType) => void): HTMLElement {
  const rows = view.columns.map(({ name: column, type, missing, levels }) => {
    const choice = select(TYPES, type, { 'aria-label': `Type of ${column}` });
    choice.addEventListener('change', () => { onType(column, choice.value as ColumnType); });
    return [column, choice, levels === 0 ? '' : String(levels), String(missing)];
  });
  return el('section', { class: 'panel', id: 'preview', 'aria-label': 'Preview' },
    el('h2', {}, `${name}: ${view.nrow} rows, ${view.columns.length} columns`),
    table('Columns', ['column', 'type', 'levels', 'missing'], rows),
    el('details', {}, el('summary', {}, 'First rows'),
      table('First rows', ['row', ...view.columns.map((column) => column.name)], view.head.map((cells, i) => [String(i + 1), ...cells]))));
}
