/** How a batch of refits went, as text: statuses, device, speed, precision. */
import type { BackendReport } from '../objective/backend.js';
import type { StatusName } from '../model/status.js';
import { formatCount, formatDuration, formatFixed } from './format-numbers.js';
import { countFailures, FAILURES, STATUS_LABELS } from './status-words.js';
import { textTable } from './text-table.js';

/** Converged, on the boundary, failed; failures again by kind where there are any. */
export function formatStatusCounts(counts: Readonly<Record<StatusName, number>>): string {
  const failed = countFailures(counts);
  const total = counts.converged + counts.boundary + failed;
  const kinds = FAILURES.filter((name) => counts[name] > 0);
  const rows: readonly (readonly [string, number])[] = [
    [STATUS_LABELS.converged, counts.converged],
    [STATUS_LABELS.boundary, counts.boundary],
    ['failed', failed],
    ...kinds.map((name) => [`  ${STATUS_LABELS[name]}`, counts[name]] as const),
  ];
  const share = (count: number): string => (total === 0 ? '' : `${formatFixed((100 * count) / total, 2)} %`);
  return [
    `Status of ${formatCount(total)} refits:`,
    ...textTable([
      { header: '', cells: rows.map(([label]) => ` ${label}`), align: 'left' },
      { header: '', cells: rows.map(([, count]) => formatCount(count)), align: 'right' },
      { header: '', cells: rows.map(([, count]) => ` ${share(count)}`), align: 'right' },
    ]),
  ].join('\n');
}

/** `WebGPU` or `float64`, the names used in all output. */
export function backendName(backend: BackendReport['backend']): string {
  return backend === 'webgpu' ? 'WebGPU' : 'float64';
}

/** The device that did the work, why it was chosen, devices lost on the way, and what the float64 check found. One to three lines. */
export function formatBackend(report: BackendReport): string {
  const lines = [`Device: ${backendName(report.backend)} on ${report.device} (${report.reason})`];
  if (report.devicesLost > 0) {
    lines.push(`Devices lost and replaced on the way: ${formatCount(report.devicesLost)}; no replicate was lost or repeated`);
  }
  if (report.check !== null) lines.push(`Precision check: ${formatCheck(report.check)}`);
  return lines.join('\n');
}

/** What the refit of a sample in float64 found, in words. */
export function formatCheck(check: NonNullable<BackendReport['check']>): string {
  return `${formatCount(check.models)} refits repeated in float64; largest difference ${check.maxErrorInStandardErrors.toExponential(1)} standard errors`
    + ` in an estimate, ${check.maxLogLikDifference.toExponential(1)} in a log-likelihood`;
}

/** `10,000 refits in 0.42 s: 23,800 refits per second`. */
export function formatSpeed(refits: number, seconds: number, perSecond: number): string {
  return `${formatCount(refits)} refits in ${formatDuration(seconds)}: ${formatCount(Number(perSecond.toPrecision(3)))} refits per second`;
}
