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
  const element = el('select', attributes, ...options.map(([key, label]) => el('option', { value: key }, label)));
  element.value = value;
  return element;
}

/** A checkbox in its label. */
export function checkbox(label: string, checked: boolean, value = label): HTMLLabelElement {
  return el('label', {}, el('input', { type: 'checkbox', value, checked }), label);
}

/** Values of the checked boxes inside an element. */
export function checkedValues(parent: HTMLElement): string[] {
  return [...parent.querySelectorAll<HTMLInputElement>('input:checked')].map(({ value }) => value);
}

/** A table whose rows begin with a heading, in a frame that scrolls and can be reached by keyboard. */
export function table(caption: string, heads: readonly Child[], rows: readonly (readonly Child[])[]): HTMLDivElement {
  return el('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption }, el('table', {},
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
    el('tbody', {}, ...rows.map(([first = '', ...cells]) => el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell)))))));
}

/** Terms and values as tiles. */
export function facts(entries: readonly (readonly [term: string, value: string])[]): HTMLDListElement {
  return el('dl', { class: 'facts' }, ...entries.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))));
}

/** Hands a text to the browser as a download. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  // The browser has to have begun before the address goes.
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}
