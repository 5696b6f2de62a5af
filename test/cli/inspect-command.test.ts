import { expect, test } from 'vitest';
import type { InspectRequest } from '../../src/cli/inspect-flag.ts';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';

async function inspect(...words: readonly string[]): Promise<InspectRequest | undefined> {
  let asked: InspectRequest | undefined;
  const program = commandLine({
    ...idleRunners,
    inspect: async (request) => {
      asked = request;
    },
  });
  for (const command of [program, ...program.commands]) command.configureOutput({ writeErr: () => {} });
  await program.parseAsync(['inspect', ...words], { from: 'user' });
  return asked;
}

test('the page is served at the usual address, or where that is said', async () => {
  expect(await inspect()).toEqual({ host: '127.0.0.1', port: 7411 });
  expect(await inspect('--listen', '[::1]:8000')).toEqual({ host: '::1', port: 8000 });
});

test.each([
  ['0.0.0.0:7411', 'for this machine alone'],
  ['nowhere', 'write it as HOST:PORT'],
])('--listen %s is refused', async (address, why) => {
  await expect(inspect('--listen', address)).rejects.toThrow(`--listen ${address}: `);
  await expect(inspect('--listen', address)).rejects.toThrow(why);
});
