/** Takes the pictures of the inspector that the guides show: `npm run screenshots`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/screenshots/take.ts'], testTimeout: 120_000, hookTimeout: 60_000, passWithNoTests: false },
});
