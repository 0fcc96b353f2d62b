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

/** A row whose first cell is its heading. */
export const tableRow = ([first = '', ...cells]: readonly Child[]): HTMLTableRowElement => el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell)));

/**
 * Does something slice by slice, a frame between two of them, so that the page answers meanwhile.
 * @param work does what is to be done for [from, to)
 */
export async function inSlices(count: number, size: number, work: (from: number, to: number) => Promise<void> | void): Promise<void> {
  for (let from = 0; from < count; from += size) {
    if (from > 0) await nextFrame();
    await work(from, Math.min(count, from + size));
  }
}

/** After what is on the page now was drawn; at once on a page that nobody sees. */
export function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    if (document.hidden) setTimeout(resolve);
    // A frame's callbacks come before it is drawn.
    else requestAnimationFrame(() => { setTimeout(resolve); });
  });
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
