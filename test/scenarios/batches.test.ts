/** JSON arrays of messages: who may send them, and that each member lives for itself. */
import { describe, expect, test } from 'vitest';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { cancelled, notification, request, result } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

const noBatches = { code: 'INVALID_REQUEST', reason: 'The negotiated protocol revision has no batches' };

describe('R14 a batch', () => {
  test('R14 is taken apart where the negotiated revision has batches: each member is a frame of its own', () => {
    const { client, server, handshake, session } = playbook().open();
    handshake({ protocolVersion: '2025-03-26' });
    client.sends([
      request(1, 'tools/list'),
      notification('notifications/roots/list_changed'),
      request(2, 'tools/call'),
    ]);
    server.receivesRequest(1, 'tools/list');
    server.receivesNotification('notifications/roots/list_changed');
    server.receivesRequest(2, 'tools/call');
    server.sends([result(2), notification('notifications/message'), result(1), request(1, 'roots/list')]);
    client.receivesResult(2);
    client.receivesNotification('notifications/message');
    client.receivesResult(1);
    client.receivesRequest(1, 'roots/list');
    expect(session.snapshot()).toMatchObject({ frames: 10, pending: [{ direction: 'server-to-client' }] });
  });

  test('R14 keeps the bytes of its members as they were', () => {
    const { client, server } = playbook().open();
    client.sends(' [ {"id": 1,"jsonrpc":"2.0","method":"ping"} ,\n{"jsonrpc":"2.0","method":"x/[1,2]"} ] ');
    server.receives('{"id": 1,"jsonrpc":"2.0","method":"ping"}');
    server.receives('{"jsonrpc":"2.0","method":"x/[1,2]"}');
  });

  test('R14 is taken before anything is negotiated: then nothing forbids it', () => {
    const { client, server } = playbook().open();
    client.sends([request(1, 'ping')]);
    server.receivesRequest(1, 'ping');
  });

  test.each(['2024-11-05', '2025-06-18', '2025-11-25'])(
    'R14 of a session of %s is refused, member by member',
    (protocolVersion) => {
      const { client, server, handshake, counts, session } = playbook().open();
      handshake({ protocolVersion });
      client.sends([request(1, 'tools/list'), notification('notifications/roots/list_changed'), request('b', 'ping')]);
      client.receivesError(1, -32600, noBatches);
      client.receivesError('b', -32600, noBatches);
      server.receivesNothing();
      expect(counts('malformedFromClient', 'outcome.refused')).toEqual({
        malformedFromClient: 3,
        'outcome.refused': 2,
      });
      expect(session.snapshot().pending).toEqual([]);
    },
  );

  test('R14 S1 with answers that may not come so settles their requests all the same', () => {
    const { client, server, handshake, session } = playbook().open();
    handshake();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.sends([result(1), notification('notifications/message')]);
    client.receivesError(1, -32600, noBatches);
    expect(session.snapshot().pending).toEqual([]);
  });

  test('R14 S5 is taken or not as the profile says, whatever was negotiated', () => {
    const lenient = playbook().open({ profile: builtInProfiles.get('lenient')! });
    lenient.handshake();
    lenient.client.sends([request(1, 'ping')]);
    lenient.server.receivesRequest(1, 'ping');
    const strict = playbook().open({ profile: builtInProfiles.get('mcp-2025-06-18')! });
    strict.client.sends([request(1, 'ping')]);
    strict.client.receivesError(1, -32600, noBatches);
    const march = playbook().open({ profile: builtInProfiles.get('mcp-2025-03-26')! });
    march.handshake();
    march.client.sends([request(1, 'ping')]);
    march.server.receivesRequest(1, 'ping');
  });

  test.each([
    ['nothing in it', '[]', 'The batch has no messages.'],
    [
      'too many members',
      JSON.stringify(Array.from({ length: 101 }, () => request(1, 'ping'))),
      'The batch has more than 100 messages.',
    ],
  ])('R14 with %s is one fault', (_case, text, reason) => {
    const { client, server } = playbook().open();
    client.sends(text);
    client.receivesError(null, -32600, { code: 'INVALID_REQUEST', reason });
    server.receivesNothing();
  });

  test('R14 that is no JSON is one fault, whatever its members look like', () => {
    const { client, server } = playbook().open();
    client.sends('[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":');
    client.receivesError(null, -32700, { code: 'PARSE_ERROR', reason: 'The text is not JSON.' });
    server.receivesNothing();
  });

  test('R14 with a member that is no message: that one is refused, the others go on', () => {
    const { client, server } = playbook().open();
    client.sends([request(1, 'tools/list'), { jsonrpc: '2.0', id: 2 }, request(3, 'tools/list')]);
    server.receivesRequest(1, 'tools/list');
    server.receivesRequest(3, 'tools/list');
    client.receivesError(2, -32600, {
      code: 'INVALID_REQUEST',
      reason: 'The message has neither method nor result nor error.',
    });
  });

  test('R14 R7 with one id twice: the first is served, the second refused', () => {
    const { client, server } = playbook().open();
    client.sends([request(1, 'tools/list'), request(1, 'tools/call')]);
    client.receivesError(1, -32600, {
      code: 'INVALID_REQUEST',
      reason: 'A request with this id is still waiting for its answer',
    });
    server.receivesRequest(1, 'tools/list');
  });

  test('R14 R9 can call off what the same batch asked for', () => {
    const { client, server, counts } = playbook().open();
    client.sends([request(1, 'tools/call'), cancelled(1)]);
    server.receivesRequest(1, 'tools/call');
    server.receives(cancelled(1));
    expect(counts('outcome.cancelled')).toEqual({ 'outcome.cancelled': 1 });
  });
});
