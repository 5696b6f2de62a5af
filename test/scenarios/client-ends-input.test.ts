/** A client that has said everything and still reads, as `printf '...' | ninelives forward stdio` does. */
import { expect, test } from 'vitest';
import type { Interceptor, PeerLink, UpstreamConnector } from '../../src/index.ts';
import { playbook } from './conversation.ts';

test('a server that reads slowly reads the end of its input after everything that the client had sent', () => {
  const { client, server, handshake } = playbook().openWithRestarts();
  server.comesUp();
  handshake();
  server.stopsReading();
  client.asks(1, 'tools/call', { name: 'first' });
  client.asks(2, 'tools/call', { name: 'second' });
  client.endsInput();
  server.receivesRequest(1, 'tools/call', { name: 'first' });
  server.receivesNothing();
  expect(server.isInputClosed).toBe(false);

  server.readsAgain();
  server.receivesRequest(2, 'tools/call', { name: 'second' });
  expect(server.isInputClosed).toBe(true);
  server.answers(1);
  client.receivesResult(1);
  server.answers(2);
  client.receivesResult(2);
});

test('a server that went away before it had read everything is not told of the end of its input', () => {
  const { client, server, handshake } = playbook().openWithRestarts();
  server.comesUp();
  handshake();
  server.stopsReading();
  client.asks(1, 'tools/call', { name: 'first' });
  client.asks(2, 'tools/call', { name: 'second' });
  client.endsInput();
  server.takesAll();
  server.goesDown();
  client.receivesError(1, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null });
  client.receivesError(2, 5020, { code: 'UPSTREAM_LOST', reason: 'exited', exitCode: 0, signal: null });
  expect(server.isInputClosed).toBe(false);
});

test('what an interceptor still holds is sent before the server reads the end of its input', async () => {
  const slow: Interceptor = { name: 'slow', intercept: async () => ({ action: 'continue' }) };
  const play = playbook({ interceptors: [slow] });
  const read: string[] = [];
  const server: UpstreamConnector = {
    connect(events) {
      events.ready();
      return {
        write: (message) => read.push(Buffer.concat(message).toString()) > 0,
        closeInput: () => void read.push('the end'),
        pause: () => {},
        close: () => events.lost({ reason: 'exited', exitCode: 0, signal: null, lastStderr: [] }),
      };
    },
  };
  const client: PeerLink = { write: () => true, pause: () => {}, close: () => {} };
  const opened = play.runtime.open({ transportType: 'in-memory', client, server });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  const messages = ['{"jsonrpc":"2.0","id":1,"method":"tools/call"}', '{"jsonrpc":"2.0","method":"notifications/x"}'];
  for (const message of messages) opened.session.client.receive(Buffer.from(message));
  opened.session.client.closed(false);
  expect(read).toEqual([]);
  await play.promisesSettle();
  expect(read).toEqual([...messages, 'the end']);
});
