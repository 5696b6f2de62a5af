import { expect, test } from 'vitest';
import { forwardFlagsProblem } from '../../src/cli/wrap-flags.ts';

test.each([
  [[], undefined],
  [['--inspect'], undefined],
  [['--inspect', '--log-level', 'trace'], undefined],
  [['--bogus'], "unknown option '--bogus'"],
  [['--inspect', 'everywhere'], '--inspect everywhere: write it as HOST:PORT'],
  [['--help'], '(outputHelp)'],
])('%j: %s', async (flags, problem) => {
  const said = await forwardFlagsProblem(flags);
  expect(said?.slice(0, problem?.length)).toBe(problem);
});
