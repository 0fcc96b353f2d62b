/** The web page under src/app; the library itself is built by tsc. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

export default defineConfig({
  root: fileURLToPath(new URL('./src/app/', import.meta.url)),
  // Relative addresses: the page may lie in any folder of a server.
  base: './',
  resolve: { alias: { '#platform': fileURLToPath(new URL('./src/platform/browser.ts', import.meta.url)) } },
  build: {
    outDir: fileURLToPath(new URL('./dist-app/', import.meta.url)), emptyOutDir: true, target: 'es2022',
    // The page's policy allows no data: addresses to be fetched.
    assetsInlineLimit: 0, modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: { fs: { allow: [fileURLToPath(new URL('./', import.meta.url))] } },
});
