/** The page's plots. Observable Plot is loaded when the first one is drawn. */
import type { RanefEntry } from '../index.js';
import { el } from './dom.js';

const LEVELS_SHOWN = 60;
const POINTS_SHOWN = 4000;
const STYLE = { background: 'none', color: 'currentColor', fontSize: '11px' } as const;

function figure(caption: string, svg: Element): HTMLElement {
  // The label of the whole stands for those that Plot gives to its groups, where they are not allowed.
  for (const part of svg.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', caption);
  return el('figure', {}, svg, el('figcaption', {}, caption));
}

/** Conditional modes of one effect with their intervals, in order; of many levels the most extreme. */
export async function caterpillar(rows: readonly RanefEntry[]): Promise<HTMLElement> {
  const Plot = await import('@observablehq/plot');
  const sorted = [...rows].sort((a, b) => a.estimate - b.estimate);
  const shown = sorted.length <= LEVELS_SHOWN ? sorted : [...sorted.slice(0, LEVELS_SHOWN / 2), ...sorted.slice(-LEVELS_SHOWN / 2)];
  const { group = '', term = '' } = rows[0] ?? {};
  const svg = Plot.plot({
    width: 460, height: Math.max(220, 30 + 12 * shown.length), marginLeft: 90, style: STYLE, x: { label: null }, y: { label: null, domain: shown.map(({ level }) => level).reverse(), tickFormat: (name: string) => (name.length > 14 ? `${name.slice(0, 13)}…` : name) },
    marks: [
      Plot.ruleX([0], { stroke: 'var(--soft)', strokeDasharray: '3 3' }),
      Plot.ruleY(shown, { y: 'level', x1: 'conf_low', x2: 'conf_high', stroke: 'var(--accent)', strokeWidth: 1.5 }),
      Plot.dot(shown, { y: 'level', x: 'estimate', fill: 'var(--accent)', r: 3 }),
    ],
  });
  return figure(`Conditional modes of ${term} by ${group}${shown.length < rows.length ? `: the ${LEVELS_SHOWN} most extreme of ${rows.length}` : ''}`, svg);
}

/** Pearson residuals against fitted means. */
export async function residualPlot(fitted: Float64Array, pearson: Float64Array): Promise<HTMLElement> {
  const Plot = await import('@observablehq/plot');
  const step = Math.max(1, Math.ceil(fitted.length / POINTS_SHOWN));
  const points = Array.from({ length: Math.ceil(fitted.length / step) }, (_, i) => ({ x: fitted[i * step]!, y: pearson[i * step]! }));
  const svg = Plot.plot({
    width: 460, height: 300, style: STYLE, x: { label: 'fitted mean' }, y: { label: 'Pearson residual', grid: true },
    marks: [Plot.ruleY([0], { stroke: 'var(--soft)' }), Plot.dot(points, { x: 'x', y: 'y', stroke: 'var(--accent)', r: 2.5, strokeOpacity: 0.7 })],
  });
  return figure('Pearson residuals against fitted means', svg);
}

/** Replicates of one parameter with limits and estimate. */
export async function histogram(parameter: string, values: Float64Array, limits: readonly [number, number]): Promise<HTMLElement> {
  const Plot = await import('@observablehq/plot');
  const svg = Plot.plot({
    width: 460, height: 240, style: STYLE, x: { label: null }, y: { label: null, ticks: 4 },
    marks: [
      Plot.rectY(values, { ...Plot.binX({ y: 'count' }, { x: (value: number) => value, thresholds: 40 }), fill: 'var(--bars)' }),
      Plot.ruleY([0], { stroke: 'var(--soft)' }), Plot.ruleX(limits, { stroke: 'var(--bad)', strokeWidth: 1.5 }),
    ],
  });
  return figure(`Replicates of ${parameter}; lines are percentile limits`, svg);
}
