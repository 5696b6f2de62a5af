import { describe, expect, test } from 'vitest';
import type { CompatRequest } from '../../src/cli/compat.ts';
import { runCompat } from '../../src/cli/run-compat.ts';
import { asked } from './asked.ts';

/** What was said and done, in order. */
async function ran(words: string, request: Partial<CompatRequest> = {}, environment: Record<string, string> = {}) {
  const done: (readonly [what: string, ...details: readonly string[]])[] = [];
  let [out, err] = ['', ''];
  const code = await runCompat(
    { peer: 'mcp-proxy', words: words === '' ? [] : words.split(' '), isExplained: false, isPython: false, ...request },
    {
      environment,
      platform: 'linux',
      readText: () => '',
      out: (text) => (out += text),
      err: (text) => (err += text),
      goTo: (folder) => done.push(['cd', folder]),
      set: (name, value) => done.push(['set', name, value]),
      run: async (line) => void done.push(['run', ...line]),
    },
  );
  return { code, done, out, err };
}

describe('compat', () => {
  test('says on stderr what it runs, and runs it where and with what it is to be run', async () => {
    const { code, done, out, err } = await ran('-e A 1 --cwd /x --port 5 node s.js');
    expect(done).toEqual([
      ['set', 'A', '1'],
      ['cd', '/x'],
      ['run', 'forward', 'http', '--listen', '127.0.0.1:5', '--share', 'shared', '--', 'node', 's.js'],
    ]);
    expect([code, out]).toEqual([undefined, '']);
    expect(err).toMatch(/^ninelives compat mcp-proxy runs:\n/);
  });

  test('says nothing where silence is asked for', async () => {
    expect((await ran('https://x --silent', { peer: 'mcp-remote' })).err).toBe('');
    expect((await ran('--stdio x --logLevel none', { peer: 'supergateway' })).err).toBe('');
  });

  test('explains on stdout and runs nothing, wherever that is asked', async () => {
    for (const answer of [await ran('--explain -- x'), await ran('-- x', { isExplained: true })]) {
      expect(answer).toMatchObject({ code: 0, done: [], err: '' });
      expect(answer.out).toContain('mcp-proxy of npm: the same with ninelives');
    }
    expect(await ran('--tunnel -- x', { isExplained: true })).toMatchObject({ code: 2, done: [] });
    expect((await ran('', { isExplained: true })).out).toContain('what becomes of its flags here');
  });

  test('refuses on stderr, and runs nothing', async () => {
    expect(await ran('--wat -- x')).toMatchObject({
      code: 2,
      done: [],
      out: '',
      err: expect.stringContaining('--wat: '),
    });
  });

  test('tells the two that are called mcp-proxy apart, unless it is said', async () => {
    expect((await ran('http://x --explain')).out).toContain('mcp-proxy of PyPI');
    expect((await ran('uvx x', { isExplained: true })).out).toContain('mcp-proxy of npm');
    expect((await ran('uvx x', { isExplained: true, isPython: true })).out).toContain('mcp-proxy of PyPI');
  });

  const key = 'a-key-of-at-least-20-characters';
  const secret = '{"client_id":"i","client_secret":"s"}';
  test.each<[CompatRequest['peer'], string]>([
    [
      'mcp-proxy',
      '--port 0 --server sse --debug --requestTimeout 5 --eventStoreMaxEvents 1 --maxBodySize 9 -- x y --z',
    ],
    ['mcp-proxy', '--connectionTimeout 1 --keepAliveTimeout 1 --sessionIdleTimeout 1 --gracefulShutdownTimeout 1 -- x'],
    ['mcp-proxy', `--host 0.0.0.0 --apiKey ${key} -- x`],
    ['mcp-proxy', '-e A 1 --allow-origin https://x --log-level WARNING uvx x --port 1'],
    ['mcp-proxy', '-H A b http://x/sse'],
    ['supergateway', '--stdio x --cors http://x.example --logLevel debug'],
    ['supergateway', '--stdio x --outputTransport ws'],
    ['supergateway', '--stdio x --outputTransport streamableHttp --stateful --sessionTimeout 1'],
    ['supergateway', '--sse https://x --oauth2Bearer t --header A:b'],
    ['mcp-remote', `https://x 9696 --headers-timeout 3 --static-oauth-client-info ${secret}`],
    ['mcp-remote', 'https://x --client-metadata-url https://x/y --static-oauth-client-metadata {"scope":"a"} --debug'],
    ['mcp-remote', 'https://x --header A:b'],
  ])('what it runs for %s %s is a command line of ours', async (peer, words) => {
    const { done, err } = await ran(words, { peer });
    expect([done.at(-1)?.[0], err]).toEqual(['run', expect.any(String)]);
    for (const [what, name = '', value = ''] of done) if (what === 'set') process.env[name] = value;
    const request = await asked(...done.at(-1)!.slice(1));
    for (const [what, name = ''] of done) if (what === 'set') delete process.env[name];
    expect(request).toBeTypeOf('object');
  });
});
