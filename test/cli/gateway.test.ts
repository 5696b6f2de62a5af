import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import type { GatewayRequest } from '../../src/cli/gateway.ts';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';

async function asked(...words: readonly string[]): Promise<GatewayRequest | string> {
  let request: GatewayRequest | undefined;
  const quiet = { writeOut: () => {}, writeErr: () => {} };
  const program = commandLine({
    ...idleRunners,
    gateway: async (given) => {
      request = given;
      return Promise.resolve();
    },
  }).configureOutput(quiet);
  for (const command of [program, ...program.commands]) command.exitOverride().configureOutput(quiet);
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return request ?? 'nothing';
}

test('a gateway is asked for by either name, with its file', async () => {
  const request = { file: 'f.yaml', logLevel: expect.any(String) as string };
  expect(await asked('gateway', '--config', 'f.yaml')).toEqual(request);
  expect(await asked('reverse', '--config', 'f.yaml', '--inspect', '7500')).toEqual({
    ...request,
    inspect: { host: '127.0.0.1', port: 7500 },
  });
});

test.each([
  [['gateway'], "required option '--config <file>' not specified"],
  [['gateway', '--config', 'f', '--inspect', 'x:y'], 'write it as HOST:PORT'],
])('%j is refused', async (words, error) => {
  expect(await asked(...words)).toContain(error);
});
