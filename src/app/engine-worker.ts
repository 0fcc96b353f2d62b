/** The engine's side of the page: holds the table and the fitted model, answers requests one at a time. */
import {
  type Bootstrap, type GlmmFit, type Table, bootstrapFromResults, bootstrapSpec, bootstrapStudy, diagnose, glmm, GlmmError, htmlReport, memoryStore,
  predict, ranefTable, readTable, residuals, runStudy, varianceExplained,
} from '../index.js';
import type { IntervalRow } from '../fit/types.js';
import { guessFormat } from '../table/read-table.js';
import type { FitView, FromEngine, RequestName, Requests, TableView, ToEngine } from './messages.js';

const PREVIEW_ROWS = 8;
/** Parts of a bootstrap: as many steps has the picture that tightens. */
const PARTS = 25;
const SMALLEST_PART = 50;

let file: Requests['open']['ask'] | undefined;
let data: Table | undefined;
let fit: GlmmFit | undefined;
let finished: { readonly bootstrap: Bootstrap; readonly intervals: readonly IntervalRow[] } | undefined;
const running = new Map<number, AbortController>();

interface Context {
  readonly signal: AbortSignal;
  readonly tell: (message: { readonly kind: 'progress' | 'sample' } & Record<string, unknown>) => void;
}

const handlers: { readonly [K in RequestName]: (ask: Requests[K]['ask'], context: Context) => Promise<Requests[K]['answer']> } = {
  async open(ask) {
    const table = await readTable(ask.bytes, guessFormat(ask.name, ask.bytes));
    [file, data, fit, finished] = [ask, table, undefined, undefined];
    return viewOf(table);
  },

  async retype({ types }) {
    const { name, bytes } = needed(file, 'open a file first');
    data = await readTable(bytes, guessFormat(name, bytes), { types });
    return viewOf(data);
  },

  async fit({ formula, options, level }, { signal }) {
    const begin = performance.now();
    const made = await glmm(formula, needed(data, 'open a file first'), { ...options, signal });
    const { findings } = await diagnose(made, { signal });
    const explained = varianceExplained(made);
    const view: FitView = {
      json: made.toJSON(), coefficients: made.coefficients(level), icc: Object.entries(explained.icc), r2: [explained.r2Marginal, explained.r2Conditional],
      ranef: ranefTable(made, level), findings,
      residuals: made.design.family === 'cumulative' ? null : { fitted: predict(made).fit, pearson: residuals(made, { type: 'pearson' }) },
      seconds: (performance.now() - begin) / 1000,
    };
    [fit, finished] = [made, undefined];
    return view;
  },

  async bootstrap({ nsim, seed, backend, level }, { signal, tell }) {
    const spec = bootstrapSpec(needed(fit, 'fit a model first'), { nsim, seed });
    const study = bootstrapStudy(spec);
    const store = memoryStore(study);
    const { parameters } = await bootstrapFromResults(spec, memoryStore(study));
    const places = parameters.map((name) => study.columns.findIndex((column) => column.name === name));
    const status = study.columns.findIndex(({ name }) => name === 'status');
    await runStudy(study, {
      ...store, range: store.range, missing: store.missing,
      async write(part) {
        await store.write(part);
        const kept = (part.columns[status] as readonly string[]).map((name) => name === 'converged' || name === 'boundary');
        tell({ kind: 'sample', sample: { parameters, columns: places.map((j) => (part.columns[j] as Float64Array).filter((_, b) => kept[b])), backend: part.backend } });
      },
    }, {
      backend, signal, partSize: Math.max(SMALLEST_PART, Math.ceil(nsim / PARTS)),
      onProgress: ({ done, total, rate }) => { tell({ kind: 'progress', progress: { done, total, rate } }); },
    });
    const bootstrap = await bootstrapFromResults(spec, store);
    const intervals = bootstrap.intervals({ level });
    finished = { bootstrap, intervals };
    const { counts, backend: report, refitsPerSecond } = bootstrap;
    return { intervals, counts, backend: report, refitsPerSecond };
  },

  report({ dataName }) {
    return htmlReport({ ...needed(finished, 'run the bootstrap first'), fit: needed(fit, 'fit a model first').toJSON(), dataName });
  },
};

self.onmessage = ({ data: message }: MessageEvent<ToEngine>) => {
  if (message.kind === 'cancel') running.get(message.id)?.abort(new GlmmError('cancelled'));
  else void answer(message.id, message.kind, message.ask);
};

async function answer<K extends RequestName>(id: number, kind: K, ask: Requests[K]['ask']): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  const post = (message: FromEngine) => { self.postMessage(message); };
  try {
    post({ id, kind: 'done', answer: await handlers[kind](ask, { signal: abort.signal, tell: (message) => { post({ id, ...message } as FromEngine); } }) });
  } catch (error) {
    post({ id, kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

function needed<T>(value: T | undefined, otherwise: string): T {
  if (value === undefined) throw new GlmmError(otherwise);
  return value;
}

function viewOf({ nrow, columns }: Table): TableView {
  const all = [...columns];
  return {
    nrow,
    columns: all.map(([name, column]) => ({
      name, type: column.kind === 'numeric' ? 'numeric' : column.ordered ? 'ordered' : 'factor',
      missing: column.kind === 'numeric' ? column.values.reduce((count, value) => count + Number(Number.isNaN(value)), 0) : column.codes.reduce((count, code) => count + Number(code < 0), 0),
      levels: column.kind === 'numeric' ? 0 : column.levels.length,
    })),
    head: Array.from({ length: Math.min(nrow, PREVIEW_ROWS) }, (_, i) => all.map(([, column]) => {
      if (column.kind === 'factor') return column.levels[column.codes[i]!] ?? '';
      return Number.isNaN(column.values[i]!) ? '' : String(column.values[i]!);
    })),
  };
}
