/**
 * How the tests run. Benches, soaks and the conformance suite have runners of their own (see docs/README.md); what they
 * judge by is tested here.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // Generous, for machines that are busy with other work: no test should come near it.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // A run that found nothing to run has failed.
    passWithNoTests: false,
  },
});
