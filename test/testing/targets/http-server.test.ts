import { afterEach, describe, expect, test } from 'vitest';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import type { TargetConnection } from '../../../src/testing/play/target.ts';
import { HttpConnection } from '../../../src/testing/targets/http-connection.ts';
import { openHttpStage } from '../../../src/testing/targets/http-server.ts';
import { Quiet, usualQuiet } from '../../../src/testing/targets/quiet.ts';
import { Notes, handshake, stageWith } from './stage.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Our client in front of our server: each is tested by what the other hears. */
async function open(isStateless: boolean, says?: (connection: TargetConnection, message: WireMessage) => void) {
  const notes = new Notes();
  const quiet = new Quiet(usualQuiet);
  const stage = stageWith(notes, says);
  const server = await openHttpStage(stage, quiet, isStateless);
  ends.push(async () => server.close());
  const client = new HttpConnection({
    url: server.url,
    headers: {},
    isStateless,
    quiet,
    events: notes.events('client'),
  });
  return { notes, client, server, stage };
}

const request = (id: number | string, method = 'tools/list', params?: object): WireMessage => ({
  jsonrpc: '2.0',
  id,
  method,
  ...(params === undefined ? {} : { params: params as Record<string, unknown> }),
});

describe('in a session', () => {
  test('every answer is told with the message in whose response it came, and that this is over', async () => {
    const { notes, client } = await open(false);
    client.send(handshake(0), 1, { pieces: 3 });
    await notes.until('client: 1 ended with 200');
    client.send(request(0), 2);
    client.send(request(0), 3);
    await notes.until('client: 3 ended with 200');
    await notes.until('client: 2 ended with 200');
    expect(notes.lines).toEqual(
      expect.arrayContaining(['client hears result 0 {} in 2', 'client hears result 0 {} in 3']),
    );
    expect(notes.lines.filter((line) => line.endsWith('is there'))).toHaveLength(1);
  });

  test('what is nobody’s answer comes on the stream that is open for it, and progress in the response that it belongs to', async () => {
    const { notes, client, stage } = await open(false, (connection, { id }) => {
      connection.send(
        { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } },
        0,
      );
      connection.send({ jsonrpc: '2.0', id: id!, result: {} }, 0);
    });
    client.send(handshake(0), 1);
    await notes.until('client: 1 ended');
    stage.served[0]!.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }, 0);
    client.send({ jsonrpc: '2.0', method: 'notifications/initialized' }, 2);
    expect(await notes.until('client hears notifications/tools')).toBe('client hears notifications/tools/list_changed');
    client.send(request(1, 'tools/call', { name: 'a', _meta: { progressToken: 'p' } }), 3);
    await notes.until('client: 3 ended');
    expect(notes.lines).toContain('client hears notifications/progress in 3');
  });

  test('ends for the server with DELETE, and for the client when nobody knows it any more', async () => {
    const first = await open(false);
    first.client.send(handshake(0), 1);
    await first.notes.until('client: 1 ended');
    first.client.close();
    await first.notes.until('server 1 is closed');
    const second = await open(false);
    second.client.send(handshake(0), 1);
    await second.notes.until('client: 1 ended');
    second.stage.served[0]!.close();
    second.client.send(request(1), 2);
    await second.notes.until('client is closed');
    expect(second.notes.lines).toContain('client: 2 ended with 404');
  });

  test('a response that is cut off has the status 0, or none of its answer', async () => {
    const { notes, client, server } = await open(false, () => server.kill());
    client.send(handshake(0), 1);
    await notes.until('client: 1 ended');
    client.send(request(1), 2);
    expect(await notes.until('client: 2 ended')).toBe('client: 2 ended with 200');
    expect(notes.lines).toContain('server 1 is closed');
    expect(notes.lines.some((line) => line.includes('result 1'))).toBe(false);
  });
});

describe('statelessly', () => {
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

  test('every request is a connection of its own for the server', async () => {
    const { notes, client } = await open(true);
    client.send(request(0, 'tools/list', { _meta }), 1);
    client.send(request(0, 'tools/list', { _meta }), 2);
    await notes.until('client: 1 ended with 200');
    await notes.until('client: 2 ended with 200');
    expect(notes.lines.filter((line) => line.endsWith('is there'))).toHaveLength(2);
  });

  test('to cancel a request is to end its response', async () => {
    const { notes, client } = await open(true, () => {});
    client.send(request(5, 'tools/call', { _meta }), 1);
    await notes.until('server 1 hears');
    client.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } }, 2);
    await notes.until('server 1 is closed');
    const other = await open(true, () => {});
    other.client.send(request(5, 'tools/call', { _meta }), 1);
    await other.notes.until('server 1 hears');
    other.client.abandon(1);
    await other.notes.until('server 1 is closed');
    expect(other.notes.lines.filter((line) => line.startsWith('client'))).toEqual([]);
  });
});
