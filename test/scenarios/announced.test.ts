/** Clients over HTTP in front of a server behind a pipe, which cannot hold them to what 2026-07-28 says of HTTP. */

import { afterEach, expect, test } from 'vitest';
import { type Message, notification, request, result } from '../../src/testing/messages.ts';
import { type Client, type Reply, type TestServer, closeStages, openStage } from '../transports/http-stage.ts';

afterEach(closeStages);

const moveTo = { type: 'object', properties: { to: { type: 'string', 'x-mcp-header': 'To' } } };

/** Pinned to a revision, it does whatever it is asked, in whatever revision and under whatever headers. */
function serve({ id, method }: Message, server: TestServer): void {
  if (method === 'server/discover') server.says(result(id as number, { supportedVersions: ['2026-07-28'] }));
  else if (method === 'tools/list')
    server.says(result(id as number, { tools: [{ name: 'move', inputSchema: moveTo }] }));
  else server.says(result(id as number, { content: [] }));
}

function asks(
  client: Client,
  method: string,
  params: { readonly [key: string]: unknown } = {},
  { version = '2026-07-28', ...headers }: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const said: Record<string, string> = { 'MCP-Protocol-Version': version, 'Mcp-Method': method, ...headers };
  if (typeof params['name'] === 'string') said['Mcp-Name'] = params['name'];
  return client.posts(request(7, method, { ...params, _meta: meta }), said);
}

test('a revision that its server said it does not speak is refused as over HTTP, and no other server is asked', async () => {
  const stage = await openStage({ server: serve });
  const client = stage.client();
  await (await asks(client, 'server/discover')).all();
  for (const method of ['tools/list', 'server/discover']) {
    const reply = await asks(client, method, {}, { version: '2099-01-01' });
    expect([reply.status, await reply.json()]).toMatchObject([
      400,
      { id: 7, error: { code: -32022, data: { supported: ['2026-07-28'], requested: '2099-01-01' } } },
    ]);
  }
  expect([stage.servers.length, stage.server.heard.length, stage.ended]).toEqual([1, 1, []]);
  expect((await asks(client, 'tools/list')).status).toBe(200);
});

test('a notification in such a revision gets a server to itself, as before anything was said', async () => {
  const stage = await openStage({ server: serve });
  const client = stage.client();
  await (await asks(client, 'server/discover')).all();
  const meta = { 'io.modelcontextprotocol/protocolVersion': '2099-01-01' };
  await client.posts(notification('notifications/x', { _meta: meta }), { 'MCP-Protocol-Version': '2099-01-01' });
  expect([stage.servers.length, stage.servers[0]?.heard.length]).toEqual([2, 1]);
});

test('a call goes on under the headers that its tool wants, and under no others', async () => {
  const stage = await openStage({ server: serve });
  const client = stage.client();
  await (await asks(client, 'tools/list')).all();
  const call = { name: 'move', arguments: { to: 'there' } };
  for (const headers of [{}, { 'Mcp-Param-To': 'here' }, { 'mcp-param-to': '=?base64?dGhlcmU?=' }]) {
    const reply = await asks(client, 'tools/call', call, headers);
    expect([reply.status, await reply.json()]).toMatchObject([400, { id: 7, error: { code: -32020 } }]);
  }
  expect(stage.server.heard).toHaveLength(1);
  for (const headers of [{ 'Mcp-Param-To': 'there' }, { 'MCP-PARAM-TO': '=?base64?dGhlcmU=?=' }]) {
    expect((await asks(client, 'tools/call', call, headers)).status).toBe(200);
  }
});
