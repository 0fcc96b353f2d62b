/** A folder served from localhost, and a headless Chromium to open it in. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';
import { headlessChromium } from '../../scripts/software-adapter.mjs';

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.csv': 'text/csv' };

/** Serves the files of a folder; `close` ends it. */
export async function serveFolder(folder: string): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const name = path === '/' ? '/index.html' : path;
    readFile(join(folder, name)).then(
      (body) => response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve(); });
      // A browser holds connections ready that were never used.
      server.closeAllConnections();
    }),
  };
}

/** A suite that needs a Chromium; where none can be had it is skipped, in CI it fails, and says why. */
export function describeChromium(name: string, body: () => void): void {
  const { unavailable } = headlessChromium();
  describe.runIf(unavailable === undefined || process.env.CI)(`${name}${unavailable === undefined ? '' : ` [${unavailable}]`}`, body);
}

/** @param webgpu with WebGPU on the software adapter, or without any */
export function launchBrowser(webgpu: boolean): Promise<Browser> {
  const offered = headlessChromium();
  if (offered.unavailable !== undefined) throw new Error(offered.unavailable);
  return chromium.launch({
    executablePath: offered.executable ?? '', headless: true, env: { ...process.env, ...offered.env },
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ...(webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-features=WebGPU'])],
  });
}
