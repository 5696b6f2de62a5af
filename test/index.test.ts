import { expect, test } from 'vitest';
import { createRuntime, type PeerLink, type Clock } from '../src/index.ts';
import { decodeText, encodeText } from '../src/protocol/text.ts';
import { loadedBy } from './pins/loaded-modules.ts';

test('the package loads nothing that an embedder did not ask for', () => {
  const uninvited = ['fast-check', 'vitest', 'pino', 'commander', 'yaml', 'zod', 'cross-spawn'];
  const { files, packages } = loadedBy('src/index.ts');
  expect(uninvited.filter((name) => packages.has(name))).toEqual([]);
  expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['xstate']);
  expect([...files].filter((path) => /^src\/(?:cli|config|proxy|testing)\b/.test(path))).toEqual([]);
  // Pieces of transports serve adapters too; what starts processes or connects to servers does not.
  expect([...files].filter((path) => /^src\/transports\/(?:child|http-agent|shared|sse|websocket)/.test(path))).toEqual(
    [],
  );
});

test('the command loads some of that, so the way there is known', () => {
  expect([...loadedBy('src/cli/program.ts').packages]).toEqual(expect.arrayContaining(['commander']));
  expect([...loadedBy('src/cli/start.ts').packages]).toEqual(expect.arrayContaining(['cross-spawn']));
});

/** A peer that remembers what was written to it. */
function peer(): PeerLink & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    write: (message) => {
      heard.push(message.map((part) => decodeText(part)).join(''));
      return true;
    },
    pause: () => {},
    close: () => {},
  };
}

test('with nothing but the package a client and a server talk through a session', async () => {
  const clock: Clock = { now: () => 0, wallTime: () => 0, setTimeout: () => 0, clearTimeout: () => {} };
  const runtime = createRuntime({ ids: { sessionId: () => 's1' }, clock });
  const [client, server] = [peer(), peer()];
  const opened = runtime.open({ transportType: 'in-memory', client, server });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const { session } = opened;
  const [question, answer] = ['{"jsonrpc":"2.0","id":1,"method":"ping"}', '{"jsonrpc":"2.0","id":1,"result":{}}'];
  session.client.receive(encodeText(question));
  expect(session.snapshot().pending).toMatchObject([{ id: 1, method: 'ping' }]);
  session.server.receive(encodeText(answer));
  expect([server.heard, client.heard]).toEqual([[question], [answer]]);
  expect(session.snapshot().counts['outcome.result']).toBe(1);
  await runtime.stop();
});
