/** The loaded table: columns with types that can be changed, and the first rows. */
import { formatCount } from '../report/format-numbers.js';
import type { ColumnType } from '../table/retype.js';
import { el, select, table } from './dom.js';
import type { TableView } from './messages.js';

const TYPES = [['numeric', 'numeric'], ['factor', 'nominal'], ['ordered', 'ordinal']] as const;

export function preview(name: string, view: TableView, onType: (column: string, type: ColumnType) => void): HTMLElement {
  const rows = view.columns.map(({ name: column, type, missing, nLevels }, i) => {
    const choice = select(TYPES, type, { 'aria-label': `Type of ${column}`, id: `type-${i}` });
    choice.addEventListener('change', () => { onType(column, choice.value as ColumnType); });
    return [column, choice, nLevels === 0 ? '' : String(nLevels), missing === 0 ? '' : String(missing)];
  });
  return el('section', { class: 'panel', id: 'preview', 'aria-label': 'Preview' },
    el('h2', {}, `${name}: ${formatCount(view.nrow)} rows, ${formatCount(view.columns.length)} columns`),
    el('div', { class: 'preview' }, table('Columns', ['column', 'type', 'levels', 'missing'], rows),
      table('First rows', ['row', ...view.columns.map((column) => column.name)], view.head.map((cells, i) => [String(i + 1), ...cells.map((cell) => cell ?? el('span', { class: 'soft' }, 'NA'))]))));
}
