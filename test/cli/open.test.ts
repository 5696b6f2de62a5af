import { expect, test } from 'vitest';
import type { OpenRequest } from '../../src/cli/open.ts';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';

test.each([
  [[], { print: false }],
  [['--print'], { print: true }],
])('open %j asks for %j', async (words, request) => {
  const asked: OpenRequest[] = [];
  const program = commandLine({ ...idleRunners, open: async (each) => void asked.push(each) });
  await program.parseAsync(['open', ...words], { from: 'user' });
  expect(asked).toEqual([request]);
});
