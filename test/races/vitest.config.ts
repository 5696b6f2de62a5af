/** The races at length: what the normal run does in seconds, fifteen times over. NINELIVES_RUNS asks for more. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/races/**/*.test.ts'],
    env: { NINELIVES_RUNS: process.env['NINELIVES_RUNS'] ?? '15' },
    passWithNoTests: false,
  },
});
