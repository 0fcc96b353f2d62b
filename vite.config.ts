/** The web page under src/app; the library itself is built by tsc. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Plugin, defineConfig } from 'vite';
import { REPORT_STYLE } from './src/report/report-style.js';

/** The page looks like the reports: its own style only adds to theirs. */
const reportStyle: Plugin = {
  name: 'report-style',
  transformIndexHtml: () => [{ tag: 'style', children: REPORT_STYLE, injectTo: 'head-prepend' }],
};

/** A service worker that keeps every file of the build, so that the page works without a network. */
const offline: Plugin = {
  name: 'offline',
  apply: 'build',
  // After the page itself is among the files.
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const files = Object.keys(bundle).sort();
      const hash = createHash('sha256');
      for (const name of files) {
        const file = bundle[name]!;
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
      }
      const source = readFileSync(fileURLToPath(new URL('./src/app/service-worker.js', import.meta.url)), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: `const FILES = ${JSON.stringify(files)};\nconst VERSION = '${hash.digest('hex').slice(0, 16)}';\n${source}` });
    },
  },
};

export default defineConfig({
  root: fileURLToPath(new URL('./src/app/', import.meta.url)),
  // Relative addresses: the page may lie in any folder of a server.
  base: './',
  plugins: [reportStyle, offline],
  resolve: { alias: { '#platform': fileURLToPath(new URL('./src/platform/browser.ts', import.meta.url)) } },
  build: {
    outDir: fileURLToPath(new URL('./dist-app/', import.meta.url)), emptyOutDir: true, target: 'es2022',
    // The page's policy allows no data: addresses to be fetched.
    assetsInlineLimit: 0, modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: { fs: { allow: [fileURLToPath(new URL('./', import.meta.url))] } },
});
