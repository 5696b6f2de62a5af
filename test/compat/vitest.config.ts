/** What `npm run strangers` runs: other projects' libraries with sessions around them, which it installs first. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/compat/**/*.check.ts'],
    testTimeout: 120_000,
    passWithNoTests: false,
  },
});
