/** Plots as SVG text: Observable Plot on linkedom's document, so that the same code runs in Node, in a worker and in a page. */
import type * as Plot from '@observablehq/plot';
import { html, type Markup, trusted } from './markup.js';
import { PALETTE, type Theme } from './report-style.js';

const WIDTH = 380;
const MARGIN = 14;

export interface Drawing {
  readonly Plot: typeof Plot;
  /** Draws a plot; the label says to those who do not see it what it shows. */
  readonly draw: (label: string, options: Plot.PlotOptions) => Markup;
}

/** Loads the drawing libraries, which the rest of the package does not need. */
export async function loadDrawing(): Promise<Drawing> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    Plot: plot,
    draw: (label, options) => {
      const svg = plot.plot({
        width: WIDTH, marginLeft: MARGIN, marginRight: MARGIN, ...options, document,
        style: { background: 'none', color: 'var(--soft)', fontFamily: 'inherit', fontSize: '11px', overflow: 'visible' },
      });
      // Serialising leaves `<` alone inside attributes, which is allowed but not wanted here: the label is written by the escaping template.
      return trusted(`${html`<svg role="img" aria-label="${label}" `.markup}${svg.outerHTML.slice('<svg '.length)}`);
    },
  };
}

/** A plot as the text of an SVG file: on a ground of its own, colours instead of a page's variables. */
export function standaloneSvg({ markup }: Markup, theme: Theme): string {
  const colours: Readonly<Record<string, string>> = PALETTE[theme];
  return markup
    .replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')
    .replace('font-family:inherit;', '')
    .replace('>', `><rect width="100%" height="100%" fill="${colours.page!}"/>`)
    .replaceAll(/var\(--([a-z]+)\)/g, (_, name: string) => colours[name]!);
}
