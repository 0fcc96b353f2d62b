/** Sections and plots that the engine made with the library's escaping templates, as elements of the page. */
import { el } from './dom.js';

/** The elements; their tables can be scrolled by keyboard and headings fit below those of the page. */
export function adopt(markup: string): DocumentFragment {
  // Parsed apart from the page: nothing in it runs or is fetched, whatever it may be.
  const parsed = new DOMParser().parseFromString(markup, 'text/html');
  for (const [from, to] of [['h3', 'h4'], ['h2', 'h3']] as const) {
    for (const heading of parsed.querySelectorAll(from)) heading.replaceWith(el(to, {}, ...heading.childNodes));
  }
  let heading = '';
  for (const part of parsed.querySelectorAll<HTMLElement>('h3, h4, .scroll, figure.wide')) {
    if (/^H/.test(part.tagName)) heading = part.textContent;
    else {
      part.tabIndex = 0;
      part.ariaLabel = heading;
      if (part.tagName !== 'FIGURE') part.role = 'region';
    }
  }
  // The label of a plot stands for those that Observable Plot gives to its groups, where they are not allowed.
  for (const part of parsed.querySelectorAll('svg [aria-label]')) part.removeAttribute('aria-label');
  for (const cell of parsed.querySelectorAll('th:empty')) cell.replaceWith(el('td', {}));
  const fragment = document.createDocumentFragment();
  fragment.append(...[...parsed.body.childNodes].map((node) => document.adoptNode(node)));
  return fragment;
}
