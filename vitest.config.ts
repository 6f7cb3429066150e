import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // State classes in *.svelte.ts are compiled as in the window.
  plugins: [svelte({ configFile: 'renderer/svelte.config.js' })],
  test: {
    globalSetup: ['tests/support/built.mjs'],
    include: [
      'app/**/*.test.ts',
      'kernels/**/*.test.ts',
      'renderer/**/*.test.ts',
      'scripts/**/*.test.ts',
      'tests/**/*.test.ts',
    ],
    // ffmpeg, the addon and Chromium share two cores in CI: a slow machine is not a failed test.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    pool: 'forks',
  },
});
