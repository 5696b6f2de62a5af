import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainForward } from '../../src/cli/plain-forward.ts';
import { commandLine } from '../../src/cli/program.ts';
import { idleRunners } from './idle-runners.ts';
import type { ForwardRequest } from '../../src/cli/run-forward.ts';

/** What the parser makes of a command line; undefined when it refuses it. */
async function parsed(words: readonly string[]): Promise<ForwardRequest | undefined> {
  let asked: ForwardRequest | undefined;
  const program = commandLine({
    ...idleRunners,
    stdio: async (request) => {
      asked = request;
      return Promise.resolve();
    },
  }).configureOutput({ writeOut: () => {}, writeErr: () => {} });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((front) => front.commands)]) {
    command.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} });
  }
  await program.parseAsync(words, { from: 'user' }).catch(() => {});
  return asked;
}

const word = fc.oneof(
  fc.constantFrom(
    'forward',
    'stdio',
    '--',
    '-',
    '',
    '-h',
    '--help',
    '--log-level',
    'silent',
    '--drain-ms=5',
    'npx',
    '-y',
  ),
  fc.string(),
);
const commandLines = fc.oneof(
  fc.array(word),
  fc.array(word).map((words) => ['forward', 'stdio', ...words]),
  fc.array(word).map((words) => ['forward', 'stdio', '--', ...words]),
);

describe('a command line without flags', () => {
  test('is understood as the parser understands it, whatever the server is called', async () => {
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(commandLines, async (words) => {
        const plain = plainForward(words, {});
        if (plain === undefined) return;
        understood += 1;
        // What the parser adds are its defaults, which are those of whoever runs the request.
        expect(await parsed(words)).toEqual({
          ...plain,
          logLevel: 'info',
          restarts: true,
          limits: {},
          times: {},
          checksInvariants: false,
        });
      }),
    );
    expect(understood).toBeGreaterThan(10);
  });

  test('is the one that clients are told to write', () => {
    expect(plainForward(['forward', 'stdio', '--', 'npx', '-y', 'server', '--', '--help'], {})).toEqual({
      server: { command: 'npx', args: ['-y', 'server', '--', '--help'] },
    });
  });
});

describe('the parser is left', () => {
  test.each([
    [[]],
    [['--help']],
    [['forward', 'stdio']],
    [['forward', 'stdio', '--']],
    [['forward', 'stdio', '--', '']],
    [['forward', 'http', '--', 'cat']],
    [['forward', 'stdio', '--restart', 'never', '--', 'cat']],
  ])('%j', (words) => {
    expect(plainForward(words, {})).toBeUndefined();
  });

  test('a level in the environment, which may be wrong', () => {
    expect(plainForward(['forward', 'stdio', '--', 'cat'], { NINELIVES_LOG: 'loud' })).toBeUndefined();
  });
});
