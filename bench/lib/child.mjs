/** Measurements that need a process of their own: peak memory, environment variables that Vulkan reads at the start. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a module of this folder's parent with JSON in and JSON out. The child writes its result with `answer`.
 * @throws with the end of its output when the child fails.
 */
export function inChild(module, request, env = {}) {
  return new Promise((resolve, reject) => {
    const file = fileURLToPath(new URL(`../${module}`, import.meta.url));
    const child = spawn(process.execPath, [file, JSON.stringify(request)], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'], env: { ...process.env, ...env },
    });
    let errors = '';
    let result;
    child.stderr.on('data', (data) => { errors += data; });
    child.on('message', (message) => { result = message; });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 && result !== undefined) resolve(result);
      else reject(new Error(`${module} ended with ${signal ?? `exit code ${code}`}: ${errors.trim().split('\n').slice(-4).join(' ')}`));
    });
  });
}

/** In a child: what the parent asked for. */
export const request = () => JSON.parse(process.argv[2]);

/** In a child: the result to the parent, with the peak of the process's memory. */
export function answer(result) {
  process.send({ ...result, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) });
  process.disconnect();
}
