import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

export default defineConfig({
  root: here,
  resolve: {
    alias: [
      { find: /^@app\/([a-z-]+)$/, replacement: join(root, 'libs/$1/src/index.ts') },
      { find: '@vicinity/sdk', replacement: join(root, 'web/sdk/src/index.ts') },
    ],
  },
  build: {
    outDir: join(root, 'dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // data: URLs and inline scripts would need holes in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: { client: join(here, 'index.html'), sdk: join(root, 'web/sdk/src/index.ts') },
      // Pages import /sdk.js by name, so its exports and its file name stay.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: (chunk) => (chunk.name === 'sdk' ? 'sdk.js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            { name: 'three', test: /node_modules[\\/]three[\\/]/ },
            { name: 'protobuf', test: /node_modules[\\/]protobufjs[\\/]|libs[\\/]wire[\\/]/ },
          ],
        },
      },
    },
  },
});
