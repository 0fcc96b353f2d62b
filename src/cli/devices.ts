/** `glmmgpu devices`: what this machine offers, and what `--backend auto` chooses. */
import { cpus } from 'node:os';
import { reportAdapter } from '../gpu/device.js';
import { coreCount, getGpu } from '../platform/node.js';
import { chooseDevice, type DeviceReport, formatDevices } from '../report/format-devices.js';
import { jsonText } from '../report/intervals-table.js';
import { checkWritable, writeOutput } from './files.js';

export async function devicesCommand(options: { readonly json?: string }): Promise<void> {
  const { json } = options;
  if (json !== undefined && json !== '-') await checkWritable(json);
  // A driver without hardware is never chosen by itself, and some complain when they are tried.
  const gpu = await getGpu(true);
  const adapter = 'unavailable' in gpu ? gpu : await reportAdapter(gpu);
  const report: DeviceReport = {
    processor: cpus()[0]?.model.trim() || 'unknown processor', threads: coreCount(), adapter, ...chooseDevice(adapter),
  };
  if (json === '-') process.stdout.write(jsonText(report));
  else process.stdout.write(`${formatDevices(report)}\n`);
  if (json !== undefined && json !== '-') await writeOutput(json, jsonText(report));
}
