/** Studies of a fitted model: replicates counted, drawn and put into tables as they come. */
import {
  type Bootstrap, type SimulatedLrt, bootstrapFromResults, bootstrapSpec, bootstrapStudy, glmm, htmlReport, influence as influenceOf, memoryStore,
} from '../../index.js';
import { loadDrawing } from '../../report/draw-svg.js';
import { estimateSamples } from '../../report/estimate-sample.js';
import { intervalKey, intervalSection } from '../../report/html-report.js';
import { lrtSection } from '../../report/lrt-section.js';
import { html, type Markup } from '../../report/markup.js';
import { curveSection, powerReport, powerTable } from '../../report/power-report.js';
import { loadPlots } from '../../report/report-plots.js';
import { influenceRows, influenceSection } from '../../report/influence-section.js';
import { lrtFromResults, lrtSpec, lrtStudy } from '../../studies/lrt-study.js';
import { powerFromResults, powerSpec, powerStudy } from '../../studies/power-study.js';
import { replicateColumns } from '../../studies/replicate-columns.js';
import { parquetBytes } from '../../table/write-parquet.js';
import type { Requests, StudyKind, StudyView } from '../messages.js';
import { type StudyFile, rowsParquet, spreadsheetCsv } from './files.js';
import { type LiveStudy, runLive } from './live-study.js';
import { type Context, engineFor, keptModel } from './session.js';
import { noFile } from './data-requests.js';

type Asked<K extends StudyKind> = Requests[K]['ask'];

/** The study that `resume` goes on with, by model and kind. */
const begun = new Map<string, { readonly question: string; readonly study: LiveStudy }>();

/** The study of the same question that was cancelled, or another one. */
async function studyOf<K extends StudyKind>(kind: K, { model, question, resume }: Asked<K>, make: () => Promise<LiveStudy>): Promise<LiveStudy> {
  const key = `${kind} ${model}`;
  const before = begun.get(key);
  const text = JSON.stringify(question);
  if (resume && before?.question === text) return before.study;
  const study = await make();
  begun.set(key, { question: text, study });
  return study;
}

/** Studies of a model that is no longer there. */
export function forgetStudies(model: number): void {
  for (const key of begun.keys()) if (key.endsWith(` ${model}`)) begun.delete(key);
}

export async function bootstrap(ask: Asked<'bootstrap'>, context: Context): Promise<StudyView> {
  const kept = keptModel(ask.model);
  const { nsim, seed, level, parameter } = ask.question;
  const engine = await engineFor(ask.backend);
  const study = await studyOf('bootstrap', { ...ask, question: { ...ask.question, parameter: '' } }, async () => {
    const spec = bootstrapSpec(kept.fit, { nsim, seed });
    const store = memoryStore(bootstrapStudy(spec));
    let watched = parameter;
    const soFar = (): Promise<Bootstrap> => bootstrapFromResults({ ...spec, nsim: store.total }, store);
    kept.watch = async (name) => {
      watched = name;
      return (await distribution(await soFar(), level, watched)).markup;
    };
    return {
      study: bootstrapStudy(spec), store,
      async markup() {
        const replicates = await soFar();
        const rows = replicates.intervals({ level });
        const samples = estimateSamples(replicates, rows);
        return html`<div class="watched">${await distribution(replicates, level, watched)}</div>${intervalSection(samples, rows, await loadPlots())}`;
      },
      async files() {
        const replicates = await soFar();
        const rows = replicates.intervals({ level });
        return [
          ['intervals.csv', () => spreadsheetCsv(rows.map((row) => ({ ...row })))],
          ['replicates.parquet', () => parquetBytes(replicateColumns(kept.fit.design, replicates.fit), {})],
          ['bootstrap.html', () => htmlReport({ fit: kept.fit.toJSON(), bootstrap: replicates, intervals: rows, dataName: kept.dataName })],
        ];
      },
    };
  });
  return runLive(study, engine, kept.files, context);
}

/** Histogram of one parameter with its intervals. */
async function distribution(replicates: Bootstrap, level: number, parameter: string): Promise<Markup> {
  const rows = replicates.intervals({ level });
  const sample = estimateSamples(replicates, rows).find((one) => one.parameter === parameter);
  if (sample === undefined || sample.sorted.length === 0) return html``;
  return html`${intervalKey([...new Set(rows.map(({ kind }) => kind))])}<figure><figcaption><strong>${parameter}</strong></figcaption>${(await loadPlots()).distribution(sample)}</figure>`;
}

export async function lrt(ask: Asked<'lrt'>, context: Context): Promise<StudyView> {
  const kept = keptModel(ask.model);
  const { nsim, seed, smaller: formula } = ask.question;
  const engine = await engineFor(ask.backend);
  const study = await studyOf('lrt', ask, async () => {
    context.tell({ kind: 'stage', stage: 'fitting the smaller model' });
    const smaller = await glmm(formula, kept.data ?? noFile(), { ...kept.fit.options, signal: context.signal });
    const spec = await lrtSpec(smaller, kept.fit, { nsim, seed });
    const store = memoryStore(lrtStudy(spec));
    const soFar = (): Promise<SimulatedLrt> => lrtFromResults({ ...spec, nsim: store.total }, store);
    return {
      study: lrtStudy(spec), store, fitsPerReplicate: 2,
      markup: async () => lrtSection(await loadPlots(), await soFar(), smaller.frame.formula, kept.fit.frame.formula),
      async files() {
        const test = await soFar();
        return [
          ['lrt.csv', () => spreadsheetCsv(test.rows.map((row) => ({ ...row })))],
          ['lrt-replicates.parquet', () => parquetBytes([{ name: 'statistic', type: 'DOUBLE', data: test.replicates }], {})],
        ];
      },
    };
  });
  return runLive(study, engine, kept.files, context);
}

export async function power(ask: Asked<'power'>, context: Context): Promise<StudyView> {
  const kept = keptModel(ask.model);
  const { nsim, seed, tested, effects, alpha } = ask.question;
  const engine = await engineFor(ask.backend);
  const study = await studyOf('power', ask, async () => {
    context.tell({ kind: 'stage', stage: 'laying out the cells' });
    const { options, frame: { formula } } = kept.fit;
    const spec = await powerSpec({ ...options, formula, data: kept.data ?? noFile(), signal: context.signal }, { tested, effects, tests: ['z', 'lrt'], nsim, seed, alpha });
    const { plan } = spec;
    const store = memoryStore(powerStudy(spec));
    // Cells that are begun: none of them refers to another.
    const soFar = () => powerFromResults({ ...spec, plan: { ...plan, cells: plan.cells.slice(0, Math.ceil(store.total / nsim)) } }, alpha, store);
    return {
      study: powerStudy(spec), store, fitsPerReplicate: 2,
      async markup() {
        const study = await soFar();
        return html`${curveSection(await loadDrawing(), study)}${powerTable(study.rows)}`;
      },
      async files() {
        const study = await soFar();
        return [
          ['power.csv', () => spreadsheetCsv(study.rows.map((row) => ({ ...row })))],
          ['power.html', () => powerReport(study, formula, 'glmmgpu')],
        ];
      },
    };
  });
  return runLive(study, engine, kept.files, context);
}

export async function influence(ask: Asked<'influence'>, { signal, tell }: Context): Promise<StudyView> {
  const kept = keptModel(ask.model);
  const { by } = ask.question;
  const engine = await engineFor(ask.backend);
  let rate = 0;
  const result = await influenceOf(kept.fit, {
    by, engine, signal,
    onProgress: ({ done, total, rate: now }) => {
      rate = now;
      tell({ kind: 'live', view: { done, total, rate, device: '', markup: '', files: [] } });
    },
  });
  const rows = influenceRows(result);
  const files: [string, StudyFile][] = [['influence.csv', () => spreadsheetCsv(rows)], ['influence.parquet', () => rowsParquet(rows)]];
  for (const [name, make] of files) kept.files.set(name, make);
  const { backend } = result.fit;
  return {
    done: result.rows.length, total: result.rows.length, rate, device: `${backend.device} (${backend.reason})`,
    markup: influenceSection(await loadDrawing(), result).markup, files: files.map(([name]) => name),
  };
}

export async function watch({ model, parameter }: Requests['watch']['ask']): Promise<string> {
  return (await keptModel(model).watch?.(parameter)) ?? '';
}
