/** A client that has said everything and still reads, as `printf '...' | ninelives forward stdio` does. */
import { expect, test } from 'vitest';
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
