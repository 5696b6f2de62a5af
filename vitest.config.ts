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
  'test/e2e/{bad-input,containers,fronts,http-sessions,memory,processes,readme,sdk-clients,traffic,verify,websocket,websocket-command}.test.ts',
  'test/proxy/{backend,gateway,gateway-upstream,http}.test.ts',
  'test/cli/run-verify.test.ts',
  'test/testing/verify/survey.test.ts',
  'test/testing/targets/{command,real-target,relay}.test.ts',
  'test/transports/{child-connector,child-container-group,child-process,child-process-group,shared-processes}.test.ts',
];

/** Without processes, sockets and anything else that is common to a process: what one file does, the next does not see. */
const pure = [
  'test/{config,inspector,machines,observe,properties,protocol,record,rules,scenarios,session}/**/*.test.ts',
  'test/runtime/!(handover).test.ts',
  'test/cluster/!(broker-*|engine|nats-*|simulation).test.ts',
  'test/testing/{in-process,laws,play,report}/*.test.ts',
];
/** What they do to their process is seen by whoever comes after them: they change what a stage is, or look at what is left there. */
const alone = [
  'test/{browser,compat,races}/**/*.test.ts',
  'test/cli/{doctor-server,log,otlp}.test.ts',
  'test/e2e/memory.test.ts',
  'test/transports/{child-roster,http-fetch-front,http-strangers}.test.ts',
];
const excluded = ['**/node_modules/**', ...(process.platform === 'win32' ? posixAlone : [])];

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
    projects: [
      // One after the other in the same processes: what they import is loaded once, which is most of what a small file costs.
      { extends: true, test: { name: 'pure', include: pure, exclude: excluded, isolate: false } },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: [...excluded, ...pure, ...alone],
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: alone, exclude: excluded } },
    ],
    // Generous, for machines that are busy with other work: no test should come near it.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    sequence: { sequencer: LongestFirst },
    // Tests with processes and sockets wait more than they work, so three workers are worth it on two processors as well.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // A run that found nothing to run has failed.
    passWithNoTests: false,
  },
});
