/** The bootstrap: replicates counted and drawn as they come, then intervals. */
import { formatCount, formatNumbers } from '../report/format-numbers.js';
import { sortedQuantile } from '../report/estimate-sample.js';
import { countFailures } from '../report/status-words.js';
import { csvText } from '../report/csv-text.js';
import type { BackendChoice } from '../index.js';
import { button, download, el, facts, field, select, table } from './dom.js';
import type { Engine } from './engine.js';
import type { BootstrapView, SampleView } from './messages.js';
import { histogram } from './plots.js';

/** Replicates and seed a new page offers. */
export const FIRST_CHOICE = { nsim: 2000, seed: 1 } as const;

export function bootstrapPanel(engine: Engine, level: number, dataName: string): HTMLElement {
  const nsim = el('input', { type: 'number', min: 1, max: 1_000_000, step: 1, value: FIRST_CHOICE.nsim, required: true });
  const seed = el('input', { type: 'number', min: 0, step: 1, value: FIRST_CHOICE.seed, required: true });
  const gpu = 'gpu' in navigator;
  const backend = select([['auto', gpu ? 'automatic: WebGPU on a graphics card' : 'automatic: float64 workers'], ['webgpu', 'WebGPU (float32)'], ['cpu', 'float64 workers']], 'auto');
  const start = el('button', { type: 'submit', class: 'primary' }, 'Run bootstrap');
  const cancel = button('Cancel', () => { engine.cancel(); }, { hidden: true });
  const bar = el('progress', { max: 1, value: 0, 'aria-label': 'Bootstrap progress', hidden: true });
  const status = el('p', { role: 'status', class: 'soft' });
  const error = el('p', { class: 'error', role: 'alert' });
  const live = el('div');
  const output = el('div', { id: 'intervals' });
  const form = el('form', {}, el('div', { class: 'fields' }, field('Replicates', nsim), field('Seed', seed), field('Computed on', backend)),
    error, el('div', { class: 'row' }, start, cancel, bar), status);

  const run = async (): Promise<void> => {
    const picture = livePicture(level);
    error.textContent = '';
    output.replaceChildren();
    live.replaceChildren(picture.element);
    start.disabled = true;
    cancel.hidden = bar.hidden = false;
    let device = '';
    try {
      const view = await engine.ask('bootstrap', { nsim: Number(nsim.value), seed: Number(seed.value), backend: backend.value as BackendChoice, level }, {
        onProgress: ({ done, total, rate }) => {
          bar.value = done / total;
          status.textContent = `${formatCount(done)} of ${formatCount(total)}${rate > 0 ? `, ${formatCount(Math.round(rate))} fits per second` : ''}${device}`;
        },
        onSample: (sample) => {
          device = ` on ${sample.backend.device}`;
          picture.add(sample);
        },
      });
      status.textContent = 'Bootstrap finished.';
      output.replaceChildren(...intervalView(view, engine, dataName));
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (message === 'cancelled') status.textContent = 'Cancelled; the picture shows the replicates made until then.';
      else error.textContent = message;
    } finally {
      start.disabled = false;
      cancel.hidden = bar.hidden = true;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run();
  });
  return el('section', { class: 'panel', id: 'bootstrap', 'aria-labelledby': 'bootstrap-title' }, el('h2', { id: 'bootstrap-title' }, '4 · Bootstrap'), form, live, output);
}

/** Histogram and percentile limits of one parameter, redrawn with every part. */
function livePicture(level: number): { readonly element: HTMLElement; add(sample: SampleView): void } {
  let parameters: readonly string[] = [];
  const parts: (readonly Float64Array[])[] = [];
  const parameter = select([]);
  const limits = el('p', { class: 'soft' });
  const frame = el('div', { style: 'min-height:18rem; max-width:34rem' });
  let drawing = 0;
  const draw = async (): Promise<void> => {
    const j = parameters.indexOf(parameter.value);
    const values = Float64Array.from(parts.flatMap((columns) => [...columns[j]!])).sort();
    if (values.length === 0) return;
    const ends = [sortedQuantile(values, (1 - level) / 2), sortedQuantile(values, (1 + level) / 2)] as const;
    const [low, high] = formatNumbers(ends, 4);
    limits.textContent = `${formatCount(values.length)} replicates: ${low} to ${high}`;
    const mine = ++drawing;
    const figure = await histogram(parameter.value, values, ends);
    if (mine === drawing) frame.replaceChildren(figure);
  };
  parameter.addEventListener('change', () => void draw());
  const element = el('div', { hidden: true }, el('div', { class: 'fields', style: 'margin-top:.8rem' }, field('Parameter', parameter)), limits, frame);
  return {
    element,
    add(sample) {
      if (parameters.length === 0) {
        parameters = sample.parameters;
        parameter.replaceChildren(...parameters.map((name) => el('option', { value: name }, name)));
        element.hidden = false;
      }
      parts.push(sample.columns);
      void draw();
    },
  };
}

function intervalView(view: BootstrapView, engine: Engine, dataName: string): HTMLElement[] {
  const { intervals, counts, backend, refitsPerSecond } = view;
  const number = (value: number): string => formatNumbers([value], 4)[0]!;
  const note = el('p', { class: 'error', role: 'alert' });
  const report = async (): Promise<void> => {
    try {
      download('report.html', 'text/html', await engine.ask('report', { dataName }));
    } catch (cause) {
      note.textContent = cause instanceof Error ? cause.message : String(cause);
    }
  };
  return [
    facts([
      ['Device', backend.device], ['Path', backend.backend === 'webgpu' ? 'WebGPU' : 'float64'], ['Fits per second', formatCount(Math.round(refitsPerSecond))],
      ['Failed refits', formatCount(countFailures(counts))],
    ]),
    el('p', { class: 'soft' }, backend.reason),
    table('Bootstrap intervals', ['parameter', 'kind', 'estimate', 'bias', 'std. error', 'low', 'high', 'replicates'], intervals.map((row) => [
      row.parameter, row.kind, number(row.estimate), number(row.bias), number(row.std_error), number(row.conf_low), number(row.conf_high), formatCount(row.replicates),
    ])),
    el('div', { class: 'row', style: 'margin-top:.8rem' },
      button('Intervals (CSV)', () => { download('intervals.csv', 'text/csv', csvText(intervals.map((row) => ({ ...row })))); }),
      button('Report (HTML)', () => void report())),
    note,
  ];
}
