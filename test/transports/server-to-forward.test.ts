import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';
import type { UpstreamEvents } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { type ServerToForward, startServerToForward } from '../../src/transports/server-to-forward.ts';
import { sending } from '../session/fixtures.ts';

const scriptedServer = fileURLToPath(new URL('../fixtures/scripted-server.mjs', import.meta.url));

function started(
  command: string,
  args: readonly string[],
  onStderr: (line: string) => void = () => {},
): ServerToForward {
  return startServerToForward({ command, args, clock: systemClock(), lineBytesMax: 1e6, onStderr });
}

test('a server that runs already is taken over: its readiness, its words and its end come after connecting, in order', async () => {
  const heard: string[] = [];
  const { server, isUp } = await new Promise<{ server: ServerToForward; isUp: string }>((resolve) => {
    // When the line on stderr has come, the first words on stdout are in the pipe already, and nobody has connected yet.
    const begun: ServerToForward = started(
      process.execPath,
      [
        '-e',
        `process.stdout.write('early\\n'); process.stderr.write('up\\n');
         process.stdin.once('end', () => process.exit(3)).resume()`,
      ],
      (line) => resolve({ server: begun, isUp: line }),
    );
  });
  expect(isUp).toBe('up');
  server.listener = { spawned: () => heard.push('spawned'), exited: ({ code }) => heard.push(`exited ${code}`) };
  await new Promise<void>((resolve) => {
    const link = server.connector.connect({
      ...silent(resolve),
      ready: () => {
        heard.push('ready');
        link.closeInput();
      },
      message: (bytes) => heard.push(decodeText(bytes)),
    });
  });
  expect(heard).toEqual(['spawned', 'ready', 'early', 'exited 3']);
});

test('a server that could not be started says so to whoever connects', async () => {
  const server = started('/nowhere/no-such-command', []);
  const kinds: (string | undefined)[] = [];
  server.listener = { spawned: () => {}, exited: ({ spawnError }) => kinds.push(spawnError?.kind) };
  await new Promise<void>((resolve) => {
    server.connector.connect(silent(resolve));
  });
  expect(kinds).toEqual(['not-found']);
});

test('the next server is started when somebody connects again', async () => {
  const server = started(process.execPath, [scriptedServer]);
  const answers: string[] = [];
  for (const id of [1, 2]) {
    await new Promise<void>((resolve) => {
      const link = server.connector.connect({
        ...silent(resolve),
        ready: () => {
          link.write([encodeText(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`)], sending());
        },
        message: (bytes) => {
          answers.push(decodeText(bytes));
          link.closeInput();
        },
      });
    });
  }
  expect(answers.map((answer) => (JSON.parse(answer) as { id: number }).id)).toEqual([1, 2]);
});

/** Events that nobody looks at, but for the end. */
function silent(lost: () => void): UpstreamEvents {
  return {
    ready: () => {},
    message: () => {},
    unreadable: () => {},
    failed: () => {},
    drained: () => {},
    leaving: () => {},
    lost,
  };
}
