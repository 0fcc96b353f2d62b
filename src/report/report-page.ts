/** The frame of every report: one HTML file that fetches nothing and runs nothing. */
import { html, type Markup, trusted } from './markup.js';
import { REPORT_STYLE } from './report-style.js';

export interface ReportPage {
  readonly title: string;
  /** Program that wrote it. */
  readonly generator: string;
  /** What stands below the title. */
  readonly heading: Markup;
  readonly sections: Markup;
}

/** The text of the file. */
export function reportPage({ title, generator, heading, sections }: ReportPage): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="${generator}">
<title>${title}</title>
<style>${trusted(REPORT_STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${heading}
</header>
<main>
${sections}
</main>
<footer>Written by ${generator}.</footer>
</body>
</html>
`.markup;
}

/** Names and values as a row of tiles. */
export function factTiles(rows: readonly (readonly [string, string])[]): Markup {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
