/** HTML by template: whatever is put into a template is escaped unless it is markup itself, so that no name can become a tag. */

/** Text that is HTML already. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | readonly Part[];

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function render(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(render).join('');
}

/** Template tag: html`<td>${name}</td>`. Arrays are concatenated. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((text, piece, i) => text + render(parts[i - 1]!) + piece) };
}

/** Declares text to be HTML; only for text that this package made. */
export function trusted(markup: string): Markup {
  return { markup };
}
