/** Runs a study in parts that are short enough to be watched. */
import type { Engine, Study, StudyResults, StudyStore } from '../../index.js';
import { runStudy } from '../../index.js';
import { backendName } from '../../report/format-run.js';
import type { Markup } from '../../report/markup.js';
import type { StudyView } from '../messages.js';
import type { StudyFile } from './files.js';
import type { Context } from './session.js';

export interface LiveStudy {
  readonly study: Study;
  readonly store: StudyStore & StudyResults;
  /** Models fitted for one replicate, default 1. */
  readonly fitsPerReplicate?: number;
  /** Plots and tables of the replicates there are. */
  readonly markup: () => Promise<Markup>;
  readonly files: () => Promise<readonly (readonly [name: string, make: StudyFile])[]>;
}

/** Seconds between two steps of a picture: long enough for every core, or a graphics card, to have its fill. */
const PART_SECONDS = 0.5;
/** Milliseconds between two pictures: drawing must not hold up the study. */
const BETWEEN_PICTURES = 250;

/** Runs what is missing; tells how far it is and shows the results so far. What was cancelled can be run again. */
export async function runLive({ study, store, fitsPerReplicate = 1, markup, files }: LiveStudy, engine: Engine, kept: Map<string, StudyFile>, { signal, tell }: Context): Promise<StudyView> {
  let latest: StudyView = { done: store.total, total: study.total, rate: 0, device: '', markup: '', files: [] };
  let drawn = -Infinity;
  const device = (): string => {
    const { backend, device: name, reason, devicesLost } = store.backend;
    return `${backendName(backend)}, ${name} (${reason})${devicesLost === 0 ? '' : `; devices lost and replaced: ${devicesLost}`}`;
  };
  const report = (change: Partial<StudyView>, picture = ''): void => {
    latest = { ...latest, ...change };
    tell({ kind: 'live', view: { ...latest, markup: picture } });
  };
  await runStudy(study, {
    range: store.range,
    get missing() { return store.missing; },
    leaveOut: (needless) => { store.leaveOut(needless); },
    results: () => store.results(),
    async write(part) {
      await store.write(part);
      const now = performance.now();
      if (now - drawn < BETWEEN_PICTURES) return;
      drawn = now;
      report({ done: store.total, device: device() }, (await markup()).markup);
    },
  }, {
    engine, signal, partSeconds: PART_SECONDS,
    onProgress: ({ done, rate }) => { report({ done, rate: rate * fitsPerReplicate }); },
  });
  const made = await files();
  for (const [name, make] of made) kept.set(name, make);
  return { ...latest, done: store.total, device: device(), markup: (await markup()).markup, files: made.map(([name]) => name) };
}
