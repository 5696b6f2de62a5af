/** The site as it was built, in a browser: `npm run site:test`. Not among the tests of every push: building it takes half a minute. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/site/built/site.ts'], testTimeout: 60_000, hookTimeout: 60_000, passWithNoTests: false },
});
