import { defineConfig } from 'vitest/config';

// The pictures of the README: `make screenshots`.
export default defineConfig({
  test: {
    include: ['browser/screenshots.ts'],
    globalSetup: ['browser/demo.ts'],
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
