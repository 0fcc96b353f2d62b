// Runs the tests with a software WebGPU adapter in the environment: Vulkan reads it when the process starts, so a parent must set it.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { softwareAdapter } from './software-adapter.mjs';

const adapter = softwareAdapter();
const env = { ...process.env, ...adapter.env };
if (adapter.unavailable !== undefined) env.GLMMGPU_NO_SOFTWARE_ADAPTER = adapter.unavailable;
const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', ...process.argv.slice(2)], { stdio: 'inherit', env });
process.exitCode = status ?? 1;
