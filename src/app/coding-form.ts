/** How the factors among the fixed effects are coded: reference level and contrasts. */
import type { ContrastName } from '../index.js';
import { CONTRAST_NAMES } from '../formula/contrasts.js';
import { el, select, table } from './dom.js';
import type { ColumnView } from './messages.js';

export interface CodingForm {
  readonly element: HTMLElement;
  /** Shows the factors among these columns. */
  show(fixed: readonly string[]): void;
  /** What differs from the defaults, of the factors shown. */
  contrasts(): Record<string, ContrastName>;
}

/**
 * @param start contrasts to begin with
 * @param onReference told of a factor's new first level
 * @param onChange told of other contrasts
 */
export function codingForm(
  columns: readonly ColumnView[], start: Readonly<Record<string, ContrastName>>, onReference: (column: string, levels: readonly string[]) => void, onChange: () => void,
): CodingForm {
  const chosen = new Map<string, ContrastName>(Object.entries(start));
  let shown: readonly ColumnView[] = [];
  const element = el('div');
  const defaultOf = ({ type }: ColumnView): ContrastName => (type === 'ordered' ? 'poly' : 'treatment');
  const row = (column: ColumnView): HTMLElement[] => {
    const { name, levels } = column;
    const reference = select(levels.map((level) => [level, level]), levels[0] ?? '', { 'aria-label': `Reference level of ${name}`, id: `reference-${columns.indexOf(column)}`, disabled: levels.length === 0 });
    reference.addEventListener('change', () => { onReference(name, [reference.value, ...levels.filter((level) => level !== reference.value)]); });
    const contrast = select(CONTRAST_NAMES.map((one) => [one, one]), chosen.get(name) ?? defaultOf(column), { 'aria-label': `Contrasts of ${name}` });
    contrast.addEventListener('change', () => {
      chosen.set(name, contrast.value as ContrastName);
      onChange();
    });
    return [el('span', {}, name), reference, contrast];
  };
  return {
    element,
    show(fixed) {
      shown = columns.filter(({ name, type }) => type !== 'numeric' && fixed.includes(name));
      element.replaceChildren(...(shown.length === 0 ? [] : [table('Coding of factors', ['factor', 'first (reference) level', 'contrasts'], shown.map(row))]));
    },
    contrasts: () => Object.fromEntries(shown.flatMap((column) => {
      const name = chosen.get(column.name);
      return name === undefined || name === defaultOf(column) ? [] : [[column.name, name] as const];
    })),
  };
}
