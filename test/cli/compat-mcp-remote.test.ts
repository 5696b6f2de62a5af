import { describe, expect, test } from 'vitest';
import { mcpRemote } from '../../src/cli/compat-mcp-remote.ts';
import { lineOf, planOf } from './compat-line.ts';

const url = 'https://remote.mcp.server/sse';
const plain = `forward stdio --upstream ${url}`;

describe('lines that mcp-remote documents', () => {
  const environment = { AUTH_TOKEN: 't', AUTH_HEADER: 'Bearer t', MCP_CLIENT_SECRET: 's' };
  const files: Readonly<Record<string, string>> = {
    '/path/to/headers.txt': '# credentials\nAuthorization: Bearer my-token\r\nX-Custom-Header: custom-value\n',
    '/info.json': '{"client_id":"id","client_secret":"${MCP_CLIENT_SECRET}"}',
  };
  const readText = (file: string): string => files[file]!;

  test.each<[readonly string[], string]>([
    [[url], plain],
    [[url, '--header', 'Authorization: Bearer ${AUTH_TOKEN}'], `${plain} --header Authorization: Bearer t`],
    [[url, '--header', 'Authorization:${AUTH_HEADER}'], `${plain} --header Authorization: Bearer t`],
    [
      [url, '--header-file', '/path/to/headers.txt'],
      `${plain} --header Authorization: Bearer my-token --header X-Custom-Header: custom-value`,
    ],
    [[url, '9696'], `forward stdio --oauth-port 9696 --upstream ${url}`],
    [[url, '--host', '127.0.0.1'], plain],
    [[url, '--callback-path', '/custom/callback'], plain],
    [[url, '--auth-success-url', 'https://app.example.com/cli-connected'], plain],
    [['http://internal-service.vpc/sse', '--allow-http'], 'forward stdio --upstream http://internal-service.vpc/sse'],
    [[url, '--debug'], `forward stdio --log-level debug --upstream ${url}`],
    [[url, '--silent'], `forward stdio --log-level silent --upstream ${url}`],
    [[url, '--enable-proxy'], plain],
    [[url, '--auth-timeout', '60'], plain],
    [[url, '--connect-timeout', '30', '--body-timeout', '0'], plain],
    [[url, '--keep-alive', '--ping-interval', '60'], plain],
    [[url, '--ipv4'], plain],
    [[url, '--transport', 'sse-only'], plain],
    [[url, '--protocol', 'auto'], plain],
    [[url, '--disable-cookies'], plain],
    [
      [url, '--static-oauth-client-metadata', '{ "scope": "space separated scopes" }'],
      `forward stdio --oauth-scope space separated scopes --upstream ${url}`,
    ],
    [[url, '--static-oauth-client-metadata', '{ "token_endpoint_auth_method": "client_secret_post" }'], plain],
    [
      [url, '--static-oauth-client-info', '{ "client_id": "xxx", "client_secret": "yyy" }'],
      `forward stdio --oauth-client-id xxx --oauth-client-secret-env NINELIVES_COMPAT_CLIENT_SECRET --upstream ${url}`,
    ],
    [
      [url, '--static-oauth-client-info', '@/info.json'],
      `forward stdio --oauth-client-id id --oauth-client-secret-env NINELIVES_COMPAT_CLIENT_SECRET --upstream ${url}`,
    ],
    [
      [url, '3334', '--client-metadata-url', 'https://client.example.com/.well-known/oauth-client-metadata'],
      `forward stdio --oauth-port 3334 --oauth-client-id https://client.example.com/.well-known/oauth-client-metadata --upstream ${url}`,
    ],
    [[url, '--headers-timeout', '1.5'], `forward stdio --request-idle-ms 1500 --upstream ${url}`],
  ])('%j', (words, line) => {
    expect(lineOf(mcpRemote, words, { environment, readText })).toBe(line);
  });

  test.each<[readonly string[], readonly string[]]>([
    [
      ['--resource', 'https://tenant1.atlassian.net/'],
      ['--resource: tokens are asked for the resource that the server names'],
    ],
    [['--authorize-param', 'access_type=offline', '--authorize-param', 'prompt=consent'], ['--authorize-param: ']],
    [['--disable-resource-parameter'], ['--disable-resource-parameter: ']],
    [['--ignore-tool', 'delete*', '--ignore-tool', 'remove*'], ['--ignore-tool: write a rule file']],
    [['--device-code'], ["'ninelives auth login URL' prints the page"]],
    [['--use-id-token'], ['--use-id-token: ']],
    [
      ['--client-credentials', '--token-endpoint', 'https://auth.example.com/oauth/token'],
      ['--client-credentials: ', '--token-endpoint: '],
    ],
  ])('%j is refused, with what to do', (words, problems) => {
    expect(lineOf(mcpRemote, [url, ...words])).toEqual(problems.map((problem) => expect.stringContaining(problem)));
  });
});

describe('flags of mcp-remote', () => {
  test('http:// is for this machine unless it is allowed', () => {
    for (const here of ['http://localhost:1/mcp', 'http://127.0.0.1:1/mcp', 'http://[::1]:1/mcp']) {
      expect(lineOf(mcpRemote, here)).toBe(`forward stdio --upstream ${here}`);
    }
    expect(lineOf(mcpRemote, 'http://internal.vpc/sse')).toEqual([
      expect.stringContaining('Say https://, or --allow-http'),
    ]);
  });

  test("a client's secret goes by the environment, and members that nothing is done with are named", () => {
    const words = `${url} --static-oauth-client-info {"client_id":"i","client_secret":"s"} --static-oauth-client-metadata {"scope":"a","x":1}`;
    expect(planOf(mcpRemote, words)).toMatchObject({
      environment: { NINELIVES_COMPAT_CLIENT_SECRET: 's' },
      remarks: ['--static-oauth-client-metadata: nothing is done with x.'],
    });
  });

  test.each<[readonly string[], string]>([
    [['--debug'], 'the URL of the server is missing'],
    [[url, '1', 'more'], 'more: nothing is known of a further word'],
    [[url, 'port'], 'the port of the callback port: this is no whole number'],
    [[url, '--header', 'secret'], `a header is not written as 'Name: value'`],
    [[url, '--header', 'A: ${NO_SUCH}'], '${NO_SUCH}: there is no such variable'],
    [[url, '--header-file', '/none'], '--header-file /none cannot be read: no such file'],
    [[url, '--static-oauth-client-info', 'secret'], '--static-oauth-client-info: this is no JSON object'],
    [[url, '--static-oauth-client-info', '"secret"'], '--static-oauth-client-info: this is no JSON object'],
    [[url, '--verbose'], '--verbose: mcp-remote has no such flag'],
  ])('%j is refused', (words, problem) => {
    const problems = lineOf(mcpRemote, words);
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).not.toContain('secret');
  });
});
