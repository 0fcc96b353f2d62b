/** `glmmgpu devices` on whatever this machine is. */
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import type { DeviceReport } from '../../src/report/format-devices.js';
import { runCli } from './run-cli.js';

test('text and JSON agree on the choice, and the process ends by itself', async () => {
  const [text, json] = await Promise.all([runCli(['devices']), runCli(['devices', '--json', '-'])]);
  expect([text.code, text.stderr, json.code, json.stderr]).toEqual([0, '', 0, '']);
  const report = JSON.parse(json.stdout) as DeviceReport;
  expect(report.threads).toBe(availableParallelism());
  const expected = !('unavailable' in report.adapter) && !report.adapter.software ? 'webgpu' : 'cpu';
  expect(report.chosen).toBe(expected);
  expect(text.stdout).toContain(`--backend auto chooses ${expected === 'cpu' ? 'float64' : 'WebGPU'}`);
  expect(text.stdout).toContain(report.reason);
});
