/** `glmmgpu devices` on whatever this machine is. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import type { DeviceReport } from '../../src/report/format-devices.js';
import { main, runCli } from './run-cli.js';

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

const hardware = readdirSync('/dev').some((name) => /^(dri|nvidia\d|dxg)/.test(name));

// A machine with hardware has nothing to show here; a skip would be taken for a failure.
if (process.platform === 'linux' && !hardware) test('without graphics hardware no driver is tried unless one is named, and none complains', () => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VK_')));
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'devices', '--json', '-'], { env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect((JSON.parse(stdout) as DeviceReport).adapter).toEqual({ unavailable: expect.stringContaining('no graphics device') as string });
});
