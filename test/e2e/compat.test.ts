/** Command lines of other proxies, run by `ninelives compat` between a client of the SDK and a server: the built command. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, describe, expect, test } from 'vitest';

import { everythingOver, reference, serving } from './listening.ts';
import { ninelives, start, stopAll } from './program.ts';
import { type Way, connect } from './sdk-client.ts';

const timeout = 60_000;
afterAll(stopAll);

const everything = reference('server-everything', 'stdio');

async function sum(way: Way): Promise<unknown> {
  const client = await connect('v1', way, false);
  const answer = await client.callTool('get-sum', { a: 1, b: 2 });
  await client.close();
  return answer;
}

const three = { content: [{ type: 'text', text: 'The sum of 1 and 2 is 3.' }] };

describe('a command line', () => {
  test('of mcp-proxy listens in front of a command', { timeout }, async () => {
    const words = ninelives('compat', 'mcp-proxy', '--port', '0', '--server', 'stream', '--', ...everything);
    const { program, url } = await serving(words);
    expect(await sum(url)).toEqual(three);
    expect(program.err[0]).toBe('ninelives compat mcp-proxy runs:');
    program.signal('SIGTERM');
    expect(await program.exit).toEqual({ code: 0, signal: null });
  });

  test('of the other mcp-proxy gives a server variables', { timeout }, async () => {
    const words = ['compat', 'mcp-proxy', '--env', 'FROM_COMPAT', 'yes', '--', ...everything];
    const client = await connect('v1', (await serving(ninelives(...words))).url, false);
    expect(JSON.stringify(await client.callTool('get-env'))).toContain(String.raw`\"FROM_COMPAT\": \"yes\"`);
    await client.close();
  });

  test('of supergateway serves at the path of SSE', { timeout }, async () => {
    const { url } = await serving(ninelives('compat', 'supergateway', '--port', '0', '--stdio', everything.join(' ')));
    expect(url.pathname).toBe('/sse');
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(new StreamableHTTPClientTransport(url));
    expect(await client.callTool({ name: 'get-sum', arguments: { a: 1, b: 2 } })).toEqual(three);
    await client.close();
  });

  test('of supergateway reaches a server over SSE, with nothing but the protocol on stdout', { timeout }, async () => {
    const { url } = await everythingOver('sse');
    const program = start(ninelives('compat', 'supergateway', '--sse', url.href));
    await program.initialize();
    program.call(1, 'get-sum', { a: 1, b: 2 });
    expect((await program.answer(1)).result).toEqual(three);
    expect(program.out.every((line) => line.startsWith('{'))).toBe(true);
    program.endInput();
    await program.exit;
  });

  test('of mcp-remote reaches a server at a URL', { timeout }, async () => {
    const { url } = await everythingOver('streamableHttp');
    const words = [url.href, '--transport', 'http-first', '--header', 'X-Team: ${HOME}'];
    expect(await sum(ninelives('compat', 'mcp-remote', ...words))).toEqual(three);
  });

  test('that is refused ends with 2 and says why', { timeout }, async () => {
    const program = start(ninelives('compat', 'mcp-remote', 'https://example.com/mcp', '--ignore-tool', 'delete*'));
    expect(await program.exit).toEqual({ code: 2, signal: null });
    expect(program.err[0]).toContain('docs/guides/block-a-tool.md');
    expect(program.out).toEqual([]);
  });
});
