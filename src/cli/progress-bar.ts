/** Progress on stderr: silent where stderr is no terminal, so that logs stay clean. */
import cliProgress from 'cli-progress';
import type { Progress } from '../fit/types.js';
import { formatCount, formatDuration } from '../report/format-numbers.js';

export interface ProgressBar {
  update(progress: Progress): void;
  /** Leaves the terminal as it was found; may be called more than once. */
  stop(): void;
}

export function createProgressBar(stream: NodeJS.WriteStream = process.stderr): ProgressBar {
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
