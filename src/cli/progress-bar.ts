/** Progress on stderr: a bar on a terminal, lines of JSON for programs, or nothing. */
import cliProgress from 'cli-progress';
import type { Progress } from '../fit/types.js';
import { formatCount, formatDuration } from '../report/format-numbers.js';

/** A bar where stderr is a terminal and else nothing, so that logs stay clean; an object per line; nothing. */
export const PROGRESS_STYLES = ['bar', 'json', 'none'] as const;
export type ProgressStyle = (typeof PROGRESS_STYLES)[number];

export interface ProgressBar {
  update(progress: Progress): void;
  /** Leaves the terminal as it was found; may be called more than once. */
  stop(): void;
}

/** What a style shows. */
export function createProgress(style: ProgressStyle, stream: NodeJS.WriteStream = process.stderr): ProgressBar {
  switch (style) {
    case 'bar': return createProgressBar(stream);
    case 'json': return createProgressLines(stream);
    case 'none': return { update: () => undefined, stop: () => undefined };
    default: return style satisfies never;
  }
}

/** Milliseconds between two lines. */
const LINE_INTERVAL = 1000;

/** The start and the end of each stage, and a line per second between; numbers that are not known yet are null. */
function createProgressLines(stream: NodeJS.WriteStream): ProgressBar {
  let last: Progress | null = null;
  let latest = -Infinity;
  return {
    update(progress) {
      const now = performance.now();
      if (progress.stage === last?.stage && (progress.done === last.done || (progress.done < progress.total && now - latest < LINE_INTERVAL))) return;
      last = progress;
      latest = now;
      stream.write(`${JSON.stringify(progress)}\n`);
    },
    stop: () => undefined,
  };
}

function createProgressBar(stream: NodeJS.WriteStream): ProgressBar {
  let bar: cliProgress.SingleBar | null = null;
  let stage: string | null = null;
  const stop = (): void => {
    bar?.stop();
    bar = null;
    stage = null;
  };
  return {
    update(progress) {
      if (stream.isTTY !== true) return;
      const payload = {
        stage: progress.stage,
        count: `${formatCount(progress.done)} of ${formatCount(progress.total)}`,
        speed: progress.rate > 0 ? `${formatCount(Number(progress.rate.toPrecision(3)))} per second` : '',
        left: progress.done < progress.total && Number.isFinite(progress.secondsLeft) ? `${formatDuration(progress.secondsLeft)} left` : '',
      };
      if (bar === null || stage !== progress.stage) {
        stop();
        stage = progress.stage;
        bar = new cliProgress.SingleBar({
          format: '{stage} {bar} {percentage} %  {count}  {speed}  {left}', stream, hideCursor: true, fps: 10, barsize: 28,
          barCompleteChar: '█', barIncompleteChar: '░', etaBuffer: 1, gracefulExit: false, forceRedraw: false,
        });
        bar.start(progress.total, progress.done, payload);
      } else {
        bar.update(progress.done, payload);
      }
    },
    stop,
  };
}
