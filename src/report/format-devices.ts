/** What a machine offers for fitting models, as text. */
import type { AdapterReport } from '../gpu/device.js';
import { formatCount } from './format-numbers.js';
import { printable, textTable } from './text-table.js';

/** What a machine offers, and what `auto` makes of it. */
export interface DeviceReport {
  /** Name of the processor. */
  readonly processor: string;
  /** Worker threads of the float64 path. */
  readonly threads: number;
  /** The WebGPU adapter, or why there is none. */
  readonly adapter: AdapterReport | { readonly unavailable: string };
  readonly chosen: 'cpu' | 'webgpu';
  readonly reason: string;
}

/** What `auto` chooses, and why: hardware adapters, never software ones, which are slower than the float64 path. */
export function chooseDevice(adapter: DeviceReport['adapter']): Pick<DeviceReport, 'chosen' | 'reason'> {
  if ('unavailable' in adapter) return { chosen: 'cpu', reason: adapter.unavailable };
  if (adapter.software) return { chosen: 'cpu', reason: 'the only WebGPU adapter is a software adapter, which is slower than the float64 path' };
  return { chosen: 'webgpu', reason: 'a hardware WebGPU adapter is there' };
}

const MEBIBYTE = 2 ** 20;
const mebibytes = (bytes: number): string => `${formatCount(bytes / MEBIBYTE)} MiB`;

function adapterRows(adapter: DeviceReport['adapter']): (readonly [string, string])[] {
  if ('unavailable' in adapter) return [['adapter', `none: ${adapter.unavailable}`]];
  const { limits } = adapter;
  return [
    ['adapter', adapter.description],
    ['kind', adapter.software ? 'software (a processor that plays a GPU): right for tests' : 'hardware'],
    ['largest binding', mebibytes(limits.maxStorageBufferBindingSize)],
    ['largest buffer', mebibytes(limits.maxBufferSize)],
    ['storage buffers', `${limits.maxStorageBuffersPerShaderStage} per stage`],
    ['workgroups', `${formatCount(limits.maxComputeWorkgroupsPerDimension)} per dimension`],
    ['invocations', `${formatCount(limits.maxComputeInvocationsPerWorkgroup)} per workgroup`],
    ['timestamp queries', adapter.timestamps ? 'yes' : 'no'],
  ];
}

/** A block for the float64 path, one for WebGPU, and the choice of `--backend auto`. */
export function formatDevices(report: DeviceReport): string {
  const block = (title: string, rows: readonly (readonly [string, string])[]): string => [
    title,
    ...textTable([
      { header: '', cells: rows.map(([name]) => `  ${name}`), align: 'left' },
      { header: '', cells: rows.map(([, value]) => `  ${value}`), align: 'left' },
    ]),
  ].join('\n');
  const chosen = report.chosen === 'webgpu' ? 'WebGPU' : `float64 on ${report.threads} ${report.threads === 1 ? 'thread' : 'threads'}`;
  return [
    block('float64', [['processor', report.processor], ['threads', String(report.threads)]]),
    block('WebGPU', adapterRows(report.adapter)),
    `--backend auto chooses ${chosen}: ${printable(report.reason)}`,
  ].join('\n\n');
}
