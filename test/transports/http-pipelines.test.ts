import { afterEach, describe, expect, test } from 'vitest';
import { result } from '../../src/testing/messages.ts';
import { RawConnection, both, closeStages, openStage } from './http-stage.ts';

afterEach(closeStages);

const post = (body: object, session = 's1'): string => {
  const text = JSON.stringify({ jsonrpc: '2.0', ...body });
  const headers = `Host: localhost\r\nContent-Type: application/json\r\nAccept: ${both}\r\nMcp-Session-Id: ${session}`;
  return `POST /mcp HTTP/1.1\r\n${headers}\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
};

const idsIn = (text: string): readonly string[] => [...text.matchAll(/"id":"(\w+)"/g)].map(([, id = '']) => id);

describe('requests that are sent ahead on one connection', () => {
  test('are served at once, and answered in their order', async () => {
    const stage = await openStage();
    await stage.opened();
    const connection = new RawConnection(stage.front.port);
    connection.writes(['a', 'b', 'c'].map((id) => post({ id, method: 'work' })).join(''));
    const asked = [
      await stage.server.hears('work'),
      await stage.server.hears('work'),
      await stage.server.hears('work'),
    ];
    for (const { id } of [...asked].reverse()) stage.server.says(result(id));
    const said = await connection.until((text) => idsIn(text).length === 3);
    expect(idsIn(said)).toEqual(['a', 'b', 'c']);
    connection.socket.destroy();
  });

  test('are refused where there are too many of them', async () => {
    const stage = await openStage({ limits: { pipelinedMax: 2 } });
    await stage.opened();
    const connection = new RawConnection(stage.front.port);
    connection.writes(['a', 'b', 'c', 'd', 'e'].map((id) => post({ id, method: 'work' })).join(''));
    const asked = [
      await stage.server.hears('work'),
      await stage.server.hears('work'),
      await stage.server.hears('work'),
    ];
    for (const { id } of asked) stage.server.says(result(id));
    const said = await connection.all();
    expect([idsIn(said), said.match(/HTTP\/1\.1 \d+/g)]).toEqual([
      ['a', 'b', 'c'],
      ['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 429'],
    ]);
    expect(stage.session.snapshot().pending).toEqual([]);
  });

  test('make room for others as they are answered', async () => {
    const stage = await openStage({ limits: { pipelinedMax: 1 } });
    await stage.opened();
    const connection = new RawConnection(stage.front.port);
    for (let round = 1; round <= 5; round++) {
      connection.writes(post({ id: `a${round}`, method: 'ping' }) + post({ id: `b${round}`, method: 'ping' }));
      await connection.until((text) => idsIn(text).length === round * 2);
    }
    expect(await connection.until(() => true)).not.toContain('429');
    connection.socket.destroy();
  });

  test('R11 of the modern era are cancelled with their connection, though it was not their turn yet', async () => {
    const stage = await openStage();
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const headers = 'MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: work\r\nHost';
    const modern = (id: string): string =>
      post({ id, method: 'work', params: { _meta: meta } }).replace('Host', headers);
    const connection = new RawConnection(stage.front.port);
    connection.writes(modern('a') + modern('b'));
    const server = await stage.untilServer();
    const asked = [await server.hears('work'), await server.hears('work')];
    connection.socket.destroy();
    const told = [await server.hears('notifications/cancelled'), await server.hears('notifications/cancelled')];
    const cancelled = told.map(({ params }) => (params as { readonly requestId: number }).requestId);
    expect(new Set(cancelled)).toEqual(new Set(asked.map(({ id }) => id)));
    expect(stage.session.snapshot().pending).toEqual([]);
  });
});
