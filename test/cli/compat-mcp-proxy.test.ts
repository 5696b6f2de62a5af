import { describe, expect, test } from 'vitest';
import { mcpProxy } from '../../src/cli/compat-mcp-proxy.ts';
import { lineOf, planOf } from './compat-line.ts';

const usual = 'forward http --listen 127.0.0.1:8080 --path /mcp';
const key = 'a-key-of-at-least-20-characters';

describe('lines that mcp-proxy documents', () => {
  test.each([
    [
      'npx -y @anthropic/mcp-server-filesystem /path',
      `${usual} --share shared -- npx -y @anthropic/mcp-server-filesystem /path`,
    ],
    ['--port 8080 --shell -- tsx server.js', `${usual} --share shared -- tsx server.js`],
    ['--upstreamProtocol auto -- my-modern-mcp-server', `${usual} --share shared -- my-modern-mcp-server`],
    ['-- python -u -m your_package.mcp_server', `${usual} --share shared -- python -u -m your_package.mcp_server`],
    ['--port 8080 --stateless -- tsx server.js', `${usual} --share shared -- tsx server.js`],
    ['--port 8080 --stateless --server stream -- tsx server.js', `${usual} --share shared -- tsx server.js`],
    ['--debug -- tsx src/server.ts', `${usual} --log-level debug --share shared -- tsx src/server.ts`],
    [
      `--port 8080 --apiKey ${key} --corsAddAllowedHeader X-API-Key -- npx -y @modelcontextprotocol/server-filesystem /srv`,
      `${usual} --auth-token-env NINELIVES_COMPAT_API_KEY --share shared -- npx -y @modelcontextprotocol/server-filesystem /srv`,
    ],
    ['--port 8080 -- node server.js --port 3000', `${usual} --share shared -- node server.js --port 3000`],
  ])('%s', (words, line) => {
    expect(lineOf(mcpProxy, words)).toBe(line);
  });

  test.each([
    ['--port 8080 --tunnel -- tsx server.js', ['--tunnel: nothing here opens a tunnel']],
    ['--port 8080 --tunnel --tunnelSubdomain myapp -- tsx server.js', ['--tunnel: ', '--tunnelSubdomain: ']],
    ['--port 8080 --apiKey your-secret-key -- tsx server.js', ['--apiKey: a key has at least 20 characters here']],
  ])('%s is refused, with what to do', (words, problems) => {
    expect(lineOf(mcpProxy, words)).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });

  test('a key of the environment is read there', () => {
    const world = { environment: { MCP_PROXY_API_KEY: key } };
    expect(lineOf(mcpProxy, '--port 8080 -- tsx server.js', world)).toBe(
      `${usual} --auth-token-env MCP_PROXY_API_KEY --share shared -- tsx server.js`,
    );
    expect(planOf(mcpProxy, '-- x', world).environment).toEqual({});
    expect(planOf(mcpProxy, `--apiKey ${key} -- x`).environment).toEqual({ NINELIVES_COMPAT_API_KEY: key });
  });
});

describe('flags of mcp-proxy', () => {
  test.each([
    ['--server stream --endpoint /api -- x', '127.0.0.1:8080 --path /api'],
    ['--server sse --endpoint /api -- x', '127.0.0.1:8080 --path /api'],
    ['--server sse --endpoint /api --sseEndpoint /e -- x', '127.0.0.1:8080 --path /e'],
    ['--server sse -- x', '127.0.0.1:8080 --path /sse'],
    ['--endpoint /ignored --streamEndpoint /s -- x', '127.0.0.1:8080 --path /s'],
    ['--host localhost --port 1 -- x', 'localhost:1 --path /mcp'],
    [`--host :: --apiKey ${key} -- x`, '[::]:8080 --path /mcp --auth-token-env NINELIVES_COMPAT_API_KEY'],
  ])('%s', (words, line) => {
    expect(lineOf(mcpProxy, words)).toBe(`forward http --listen ${line} --share shared -- x`);
  });

  test('numbers are those of ours', () => {
    expect(
      lineOf(
        mcpProxy,
        '--connectionTimeout 1 --requestTimeout 2 --keepAliveTimeout 3 --sessionIdleTimeout 4 --eventStoreMaxEvents 5 --maxBodySize 6 --gracefulShutdownTimeout 7 -- x',
      ),
    ).toBe(
      `${usual} --initialize-ms 1 --request-idle-ms 2 --keep-alive-ms 3 --drain-ms 7 --replay-events-max 5 --session-idle-ms 4 --frame-bytes-max 6 --share shared -- x`,
    );
    expect(lineOf(mcpProxy, '--sessionIdleTimeout 0 -- x')).toContain('--session-idle-ms 86400000');
    expect(lineOf(mcpProxy, '--maxBodySize 0 -- x')).toEqual([expect.stringMatching(/^--maxBodySize 0: /)]);
  });

  test('certificates are passed on, and what needs no word has none', () => {
    expect(
      lineOf(mcpProxy, '--sslCert c --sslKey k --sslCa a --no-eventStore --no-modern --corsAddAllowedHeader A B -- x'),
    ).toBe(`${usual} --tls-cert c --tls-key k --share shared -- x`);
  });

  test('a shell is started for a command that needs one', () => {
    expect(lineOf(mcpProxy, ['--shell', '--', 'cd', 'x', '&&', 'tsx', 's.js'])).toBe(
      `${usual} --share shared -- sh -c cd x && tsx s.js`,
    );
  });

  test.each([
    ['--host 0.0.0.0 -- x', 'whoever reaches this machine could use the server'],
    ['--server both -- x', '--server both: it is sse or stream'],
    ['--port 8080', "the server's command is missing"],
    ['--port x -- y', '--port x: this is no port'],
  ])('%s is refused', (words, problem) => {
    expect(lineOf(mcpProxy, words)).toEqual([expect.stringContaining(problem)]);
  });

  test('what clients will notice is said', () => {
    expect(planOf(mcpProxy, '-- x').remarks).toEqual([
      expect.stringContaining('/sse is not served'),
      expect.stringContaining('this machine alone'),
    ]);
    expect(planOf(mcpProxy, '--server sse --host localhost -- x').remarks).toEqual([
      expect.stringContaining('streamable HTTP first find it'),
    ]);
  });
});
