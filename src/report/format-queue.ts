/** Studies on a queue as text. */
import { formatCount, formatFixed } from './format-numbers.js';

export interface QueueReport {
  /** Workers that are connected. */
  readonly workers: number;
  readonly studies: readonly {
    readonly id: string;
    readonly kind: string;
    readonly stage: string;
    readonly total: number;
    readonly done: number;
    /** Jobs in the hands of workers. */
    readonly running: number;
    readonly failed: readonly { readonly range: { readonly from: number; readonly to: number }; readonly reason: string }[];
  }[];
}

/** A line per study, and one for each job that was given up. */
export function formatQueue({ workers, studies }: QueueReport): string {
  const lines = studies.flatMap(({ id, kind, stage, total, done, running, failed }) => [
    `${id.slice(0, 12)}  ${kind}  ${formatCount(done)} of ${formatCount(total)} ${stage} done (${formatFixed((100 * done) / total, 1)} %), ${formatCount(running)} jobs running`,
    ...failed.map(({ range, reason }) => `  given up: ${stage} ${range.from + 1} to ${range.to}: ${reason}`),
  ]);
  return [`${formatCount(workers)} workers, ${formatCount(studies.length)} studies`, ...lines].join('\n');
}
