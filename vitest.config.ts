/**
 * How the tests run. Benches, soaks and the conformance suite have runners of their own (see docs/README.md); what they
 * judge by is tested here.
 */
import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They need what Windows has not: shells, `ps`, signals other than the end. What must hold there is in test/e2e/platforms.test.ts. */
const posixAlone = [
  'test/cli/{run-forward,run-gateway,run-listening,run-sessions}.test.ts',
  'test/e2e/{bad-input,containers,fronts,http-sessions,memory,processes,readme,sdk-clients,traffic,websocket,websocket-command}.test.ts',
  'test/proxy/{backend,gateway,gateway-upstream,http}.test.ts',
  'test/transports/{child-connector,child-container-group,child-process,child-process-group,shared-processes}.test.ts',
];

/** The one file that takes a minute begins first, so that the others are done beside it. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('test/faults/faults.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(process.platform === 'win32' ? posixAlone : [])],
    // Generous, for machines that are busy with other work: no test should come near it.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    sequence: { sequencer: LongestFirst },
    // Tests with processes and sockets wait more than they work, so two workers are worth it on two processors as well.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A run that found nothing to run has failed.
    passWithNoTests: false,
  },
});
