import { defineConfig } from 'vitest/config';

// The journeys drive one real server and one real browser: one file after the other, with patience for slow machines.
export default defineConfig({
  test: {
    include: ['browser/**/*.test.ts'],
    globalSetup: ['browser/server.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
