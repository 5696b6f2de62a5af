/** How the tests run against mutants: those of the folder that NINELIVES_MUTATED names, nearest first, the same each time. */
import { posix } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { folders } from './folders.ts';

const folder = folders.find(({ name }) => name === process.env['NINELIVES_MUTATED']);
if (folder === undefined)
  throw new Error(`NINELIVES_MUTATED names one of ${folders.map(({ name }) => name).join(', ')}`);
const { tests } = folder;

class NearestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number =>
      tests.findIndex((pattern) => posix.dirname(moduleId).endsWith(posix.dirname(pattern)));
    return Promise.resolve([...files].sort((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId)));
  }
}

export default defineConfig({
  test: {
    include: [...tests],
    // A defect that one run in ten thousand finds wants an example of its own.
    env: { NINELIVES_RUNS: '0.1' },
    setupFiles: ['test/mutation/same-chance.ts'],
    // Tests share no state: one world of modules for all of them is four times as fast.
    isolate: false,
    sequence: { sequencer: NearestFirst },
    testTimeout: 20_000,
    passWithNoTests: false,
  },
});
