import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * `main` builds everything that runs in Node: the Electron main process, the engine's own process
 * and the command line (which also serves the web mode). Packages stay external.
 */
export default defineConfig({
  main: {
    build: {
      // Optional packages stay outside like the others.
      externalizeDeps: { include: ['webgpu'] },
      rollupOptions: {
        input: {
          index: at('app/main/index.ts'),
          engine: at('app/engine/process.ts'),
          cli: at('app/cli/index.ts'),
        },
        // Parts that bundles share lie beside them: what looks for a file next to itself (engine.js) finds it.
        output: { format: 'es', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rollupOptions: {
        input: { index: at('app/preload/index.ts'), gpu: at('app/preload/gpu.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    build: {
      minify: 'esbuild',
      rollupOptions: {
        input: { index: at('renderer/index.html'), gpu: at('renderer/gpu.html') },
        // Zod's comments for esbuild mean nothing to Rollup, which says so at length.
        onwarn: (warning, warn) => {
          if (warning.code !== 'INVALID_ANNOTATION') warn(warning);
        },
      },
    },
    plugins: [svelte()],
  },
});
