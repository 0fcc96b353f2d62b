/** Building elements. Whatever comes from data becomes a text node: there is no way here to write markup. */

export type Child = Node | string;

/** Properties and attributes of an element; `class`, `for`, `aria-…` and `role` by their names in HTML. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An element; `false` leaves an attribute out, `true` writes it without a value. */
export function el<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  element.append(...children);
  return element;
}

/** A button that does something. */
export function button(text: string, onClick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const element = el('button', { type: 'button', ...attributes }, text);
  element.addEventListener('click', onClick);
  return element;
}

let fields = 0;

/** A control under its label. */
export function field(label: string, control: HTMLElement): HTMLDivElement {
  control.id ||= `field-${++fields}`;
  return el('div', { class: 'field' }, el('label', { for: control.id }, label), control);
}

/** A list of choices; an empty label of the value '' is for "none". */
export function select(options: readonly (readonly [value: string, label: string])[], value = '', attributes: Attributes = {}): HTMLSelectElement {
  const element = el('select', attributes);
  setChoices(element, options, value);
  return element;
}

/** Replaces the choices of a list. */
export function setChoices(element: HTMLSelectElement, options: readonly (readonly [value: string, label: string])[], value: string): void {
  element.replaceChildren(...options.map(([key, label]) => el('option', { value: key }, label)));
  element.value = value;
}

/** A field for a number. */
export function numberInput(value: number | '', limits: { readonly min?: number; readonly max?: number; readonly step?: number | 'any' } = {}): HTMLInputElement {
  return el('input', { type: 'number', value, step: 'any', ...limits });
}

/** A checkbox in its label. */
export function checkbox(label: string, checked: boolean, value = label): HTMLLabelElement {
  return el('label', {}, el('input', { type: 'checkbox', value, checked }), label);
}

/** Values of the checked boxes inside an element. */
export function checkedValues(parent: HTMLElement): string[] {
  return [...parent.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
}

/** A frame that scrolls sideways and can be reached by keyboard. */
function scrolling(label: string, content: HTMLElement): HTMLDivElement {
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label }, content);
}

/** A table whose rows begin with a heading. */
export function table(caption: string, heads: readonly Child[], rows: readonly (readonly Child[])[]): HTMLDivElement {
  return scrolling(caption, el('table', {},
    el('caption', {}, caption), el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))), el('tbody', {}, ...rows.map(tableRow))));
}

const tableRow = ([first = '', ...cells]: readonly Child[]): HTMLTableRowElement => el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell)));

/** Rows added at a time: what a browser lays out within a frame. */
const ROWS_AT_ONCE = 100;

/** A table of which the first rows are shown, and all on demand. */
export function longTable(caption: string, heads: readonly Child[], count: number, rowAt: (i: number) => readonly Child[], shown: number): HTMLElement {
  const rows = (from: number, to: number): (readonly Child[])[] => Array.from({ length: Math.max(0, Math.min(to, count) - from) }, (_, i) => rowAt(from + i));
  const frame = table(caption, heads, rows(0, shown));
  const body = frame.querySelector('tbody')!;
  const addFrom = (from: number): void => {
    body.append(...rows(from, from + ROWS_AT_ONCE).map(tableRow));
    if (from + ROWS_AT_ONCE < count) requestAnimationFrame(() => { addFrom(from + ROWS_AT_ONCE); });
  };
  if (count <= shown) return frame;
  const more = button(`Show all ${count}`, () => {
    more.remove();
    frame.focus({ preventScroll: true });
    addFrom(shown);
  });
  return el('div', {}, frame, more);
}

let tabSets = 0;

/** Pages of which one is shown, chosen by click or arrow keys. */
export function tabs(label: string, pages: readonly (readonly [title: string, content: HTMLElement])[]): HTMLElement {
  const set = ++tabSets;
  const heads = pages.map(([title], i) => el('button', { type: 'button', role: 'tab', id: `tab-${set}-${i}`, 'aria-controls': `page-${set}-${i}` }, title));
  const bodies = pages.map(([, content], i) => el('div', { role: 'tabpanel', id: `page-${set}-${i}`, 'aria-labelledby': `tab-${set}-${i}`, tabindex: 0 }, content));
  const show = (chosen: number): void => {
    heads.forEach((head, i) => {
      head.setAttribute('aria-selected', String(i === chosen));
      head.tabIndex = i === chosen ? 0 : -1;
      bodies[i]!.hidden = i !== chosen;
    });
  };
  heads.forEach((head, i) => {
    head.addEventListener('click', () => { show(i); });
    head.addEventListener('keydown', ({ key }) => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: heads.length - 1 }[key];
      if (to === undefined) return;
      const next = (to + heads.length) % heads.length;
      show(next);
      heads[next]!.focus();
    });
  });
  show(0);
  return el('div', {}, el('div', { role: 'tablist', 'aria-label': label, class: 'tabs' }, ...heads), ...bodies);
}

/** Hands a file to the browser as a download. */
export function download({ name, type, content }: { readonly name: string; readonly type: string; readonly content: string | Uint8Array }): void {
  const url = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  el('a', { href: url, download: name }).click();
  // The browser has to have begun before the address goes.
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}

/** What went wrong, in words. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
