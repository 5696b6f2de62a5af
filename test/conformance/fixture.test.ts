/** The server that the suite is run against, in both eras and over both transports; the suite itself asks it for everything else. */

import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

const built = (name: string): readonly string[] => [process.execPath, `dist/test/conformance/fixture/${name}.js`];

describe('the fixture', () => {
  let http: Service;
  beforeAll(async () => {
    http = await startService(built('http'));
  });
  afterAll(async () => http.stop());

  const transports = {
    'over HTTP': () => new StreamableHTTPClientTransport(new URL(http.url)),
    'over stdio': () => {
      const [command = '', ...args] = built('stdio');
      return new StdioClientTransport({ command, args });
    },
  };

  describe.each(Object.entries(transports))('%s', (where, transport) => {
    test.each(['legacy', 'modern'] as const)('serves a client of the %s era', async (era) => {
      const client = new Client(
        { name: 'test', version: '1.0.0' },
        {
          capabilities: { elicitation: {} },
          versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } },
        },
      );
      client.setRequestHandler('elicitation/create', () => ({ action: 'accept', content: { name: 'Ada' } }));
      await client.connect(transport());
      expect(client.getProtocolEra()).toBe(era);
      // A session has a name on the wire where there is a handshake and no pipe.
      expect(client.transport?.sessionId !== undefined).toBe(where === 'over HTTP' && era === 'legacy');

      const progress: number[] = [];
      await client.callTool(
        { name: 'test_tool_with_progress', arguments: {} },
        { onprogress: (step) => progress.push(step.progress) },
      );
      expect(progress.slice(0, 2)).toEqual([0, 50]);
      expect(await client.callTool({ name: 'test_input_required_result_elicitation' })).toMatchObject({
        content: [{ type: 'text', text: 'Hello, Ada!' }],
      });
      await client.close();
    });
  });

  test('refuses who asks for it by the name of another machine', async () => {
    const foreign = { origin: 'http://evil.example.com' };
    expect((await fetch(http.url, { method: 'POST', headers: foreign, body: '{}' })).status).toBe(403);
  });
});
