/** The library bundled for a page: no Node built-in, the worker as a file of its own. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
const files = new Map<string, string>();
const warnings: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'glmmgpu-bundle-'));
  // Without it the files would be called .mjs or .js by whatever lies in the folders above.
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'entry.js'), `export * from ${JSON.stringify(join(root, 'dist/index.js'))};`);
  await build({
    root: folder, logLevel: 'silent', configFile: false,
    build: {
      outDir: join(folder, 'out'), minify: false, assetsInlineLimit: 0,
      lib: { entry: join(folder, 'entry.js'), formats: ['es'], fileName: 'bundle' },
      // Modules that import each other are a matter of style, not of bundling.
      rollupOptions: { onwarn: (warning) => { if (warning.code !== 'CIRCULAR_DEPENDENCY') warnings.push(warning.message); } },
    },
    worker: { format: 'es' },
  });
  for (const file of await readdir(join(folder, 'out'), { recursive: true })) {
    if (file.endsWith('.js')) files.set(file, await readFile(join(folder, 'out', file), 'utf8'));
  }
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('browser bundle', () => {
  test('is built without complaints', () => {
    expect(warnings).toEqual([]);
  });

  test('has the library and the worker, and neither reaches a Node built-in', () => {
    const names = [...files.keys()];
    expect(names).toContain('bundle.js');
    expect(names.some((name) => /browser-worker/.test(name))).toBe(true);
    const builtin = new RegExp(`(?:from|import\\(|import|require\\()\\s*["'](?:node:[\\w/]+|${builtinModules.join('|')})["']`);
    for (const [name, text] of files) {
      expect(builtin.exec(text)?.[0] ?? null, name).toBeNull();
      expect(text.includes('__vite-browser-external'), name).toBe(false);
      expect(/import\(["']webgpu["']\)/.test(text), name).toBe(false);
    }
  });

  test('the bundle refers to the worker file', () => {
    // In the entry itself or in a chunk that it shares with a part loaded later.
    expect([...files.values()].filter((text) => /new Worker\(\s*new URL\(/.test(text))).toHaveLength(1);
  });
});
