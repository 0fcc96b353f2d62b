/** The look of the HTML report: light and dark by the reader's setting, plain on paper. Fonts are the reader's own. */

export type Theme = 'light' | 'dark';

/** Colours by the names of the CSS variables that plots and pages use. */
export const PALETTE = {
  light: {
    page: '#ffffff', panel: '#f6f7f9', rule: '#d9dde3', ink: '#1c2128', soft: '#5b6573', bars: '#9db7d8', estimate: '#14181d',
    percentile: '#c2410c', basic: '#0f766e', normal: '#7c3aed', bca: '#be185d', studentised: '#1d4ed8', shortest: '#4d7c0f', good: '#3f7f5f', edge: '#d6a032', bad: '#c0392b',
  },
  dark: {
    page: '#14171c', panel: '#1d2229', rule: '#39414c', ink: '#e6e9ee', soft: '#a0a9b6', bars: '#46648c', estimate: '#ffffff',
    percentile: '#fb923c', basic: '#2dd4bf', normal: '#b79bfb', bca: '#f472b6', studentised: '#60a5fa', shortest: '#a3e635', good: '#5fae87', edge: '#e0b04c', bad: '#e8705f',
  },
} as const satisfies Record<Theme, Readonly<Record<string, string>>>;

/** What paper has instead of the light colours. */
const PAPER = { panel: '#fff', rule: '#bbb', ink: '#000', soft: '#444', bars: '#b9c6d8', estimate: '#000' };

const variables = (colours: Readonly<Record<string, string>>): string => Object.entries(colours).map(([name, colour]) => `--${name}: ${colour};`).join(' ');

export const REPORT_STYLE = `
:root { color-scheme: light dark; ${variables(PALETTE.light)} }
@media (prefers-color-scheme: dark) { :root { ${variables(PALETTE.dark)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
h2 { font-size: 1.2rem; margin: 2.6rem 0 .7rem; padding-bottom: .3rem; border-bottom: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; max-width: 52rem; }
code, .formula { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; }
.formula { font-size: 1rem; margin: .3rem 0; }
.soft { color: var(--soft); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .7rem; margin: 1.3rem 0 0; padding: 0; }
.facts div { background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; padding: .6rem .8rem; }
.facts dt { color: var(--soft); font-size: .82rem; }
.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: .3rem; }
th, td { padding: .28rem .8rem .28rem 0; text-align: right; white-space: nowrap; }
th { font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--rule); }
tbody tr.lead > * { border-top: 1px solid var(--rule); }
tbody tr:first-child > * { border-top: 0; }
th.name, td.name { text-align: left; }
td.name { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .93em; }
.stars { text-align: left; color: var(--soft); font-family: ui-monospace, Menlo, Consolas, monospace; }
.words { text-align: left; white-space: normal; vertical-align: top; }
.top { vertical-align: top; }
.findings { list-style: none; margin: 0; padding: 0; }
.findings li { border-left: 3px solid; padding: .1rem 0 .1rem .9rem; margin: .5rem 0; max-width: 52rem; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr)); gap: 1rem; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; padding: .7rem .8rem .4rem; break-inside: avoid; }
figure.wide { overflow-x: auto; }
figure.wide svg { min-width: 36rem; }
figcaption { font-size: .92rem; margin-bottom: .2rem; }
figcaption strong { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
figcaption .soft { font-size: .84rem; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
.key { display: flex; flex-wrap: wrap; gap: .3rem 1.3rem; margin: .2rem 0 .9rem; padding: 0; list-style: none; font-size: .88rem; color: var(--soft); }
.key i { display: inline-block; width: 1.3rem; height: .7rem; margin-right: .45rem; border-radius: 2px; vertical-align: -.02em; }
.key i.line { height: 0; border-top: 2px solid; border-radius: 0; vertical-align: .25em; }
.bar { display: flex; height: 1.5rem; border-radius: .3rem; overflow: hidden; border: 1px solid var(--rule); max-width: 52rem; }
.warnings { border-left: 3px solid var(--edge); padding: .1rem 0 .1rem .9rem; margin: 1rem 0 0; }
footer { margin-top: 3rem; padding-top: .8rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .85rem; }
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; ${variables({ ...PALETTE.light, ...PAPER })} }
  body { max-width: none; padding: 0; font-size: 11pt; }
  h2, h3, h2 + p, h3 + p { break-after: avoid; }
  .scroll { overflow: visible; }
  .scroll table { font-size: 7.5pt; }
  .scroll :is(th, td) { padding-right: .45rem; }
  table, .findings li { break-inside: avoid; }
  .grid { grid-template-columns: repeat(2, 1fr); }
  .bar, .key i, .facts div { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
