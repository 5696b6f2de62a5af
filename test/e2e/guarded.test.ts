/** Fronts that ask who somebody is, as they are run: the built command with its flags. Build first. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from './free-port.ts';
import { World } from '../auth/oauth-world.ts';
import { browse } from '../fixtures/headless-browser.mjs';
import { listening } from './listening.ts';
import { fixture, ninelives, scripted, start, stopAll, textOf } from './program.ts';

afterEach(stopAll);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'guarded-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A token, and a file that lets it in, both made by the command. */
async function givenOut(name: string): Promise<{ readonly token: string; readonly file: string }> {
  const program = start(ninelives('auth', 'token', name));
  expect((await program.exit).code).toBe(0);
  const file = join(folder(), 'tokens');
  writeFileSync(file, `${program.out.join('\n')}\n`);
  return { token: program.err[0]?.split(' ').at(-1) ?? '', file };
}

/** The tools that an official client is told of. */
async function tools(url: URL, token?: string): Promise<number> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers } });
  await client.connect(transport);
  onTestFinished(async () => client.close());
  return (await client.listTools()).tools.length;
}

describe('forward http with a file of tokens', () => {
  test('serves an official client that brings one, and no other', async () => {
    const { token, file } = await givenOut('alice');
    const { url, program } = await listening('http', scripted(), ['--auth-token-file', file, '--log-level', 'trace']);
    expect(await tools(url, token)).toBeGreaterThan(0);
    await expect(tools(url)).rejects.toThrow('This server wants to know who you are');
    await expect(tools(url, 'another')).rejects.toThrow('The token is not known');
    expect(program.err.join('\n')).not.toContain(token);
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  });

  test('may listen for others without a name, which without one it may not', async () => {
    const { token, file } = await givenOut('alice');
    const command = ninelives(
      'forward',
      'http',
      '--listen',
      '0.0.0.0:0',
      '--auth-token-file',
      file,
      '--',
      ...scripted(),
    );
    const program = start(command);
    const said = await program.until(() => program.err.find((line) => line.includes('listening on')));
    const { port } = new URL(/http:\S+\d\/mcp/.exec(said)?.[0] ?? '');
    expect(await tools(new URL(`http://127.0.0.1:${port}/mcp`), token)).toBeGreaterThan(0);
    const open = start(ninelives('forward', 'http', '--listen', '0.0.0.0:0', '--', ...scripted()));
    expect((await open.exit).code).toBe(2);
  });
});

test('a token in the environment lets its bearer in, and does not reach the server', async () => {
  const token = 'a-token-of-at-least-twenty-characters';
  const leak = `process.stderr.write('it has ' + (process.env.OUR_TOKEN ?? 'nothing') + '\\n'); setInterval(() => {}, 1000);`;
  const flags = ['--listen', '127.0.0.1:0', '--auth-token-env', 'OUR_TOKEN'];
  const program = start(ninelives('forward', 'http', ...flags, '--', process.execPath, '-e', leak), {
    OUR_TOKEN: token,
  });
  expect(await program.until(() => program.err.find((line) => line.includes('it has')))).toMatch(/it has nothing$/);
});

describe('a front that an issuer guards', () => {
  async function open() {
    const port = await freePort();
    const url = new URL(`http://127.0.0.1:${port}/mcp`);
    const world = await World.open({ format: 'jwt' });
    const issuer = ['--auth-jwks', `${world.issuer}/jwks`, '--auth-issuer', world.issuer, '--auth-audience', url.href];
    const flags = ['--listen', url.host, ...issuer, '--auth-scope', 'mcp', '--', ...scripted()];
    const program = start(ninelives('forward', 'http', ...flags));
    await program.until(() => program.err.find((line) => line.includes('listening on')));
    return { url, world };
  }

  test('tells a forward where to log in, and lets it in with what that brings', async () => {
    const { url, world } = await open();
    await expect(tools(url)).rejects.toThrow('This server wants to know who you are');
    const env = { XDG_CONFIG_HOME: folder(), BROWSER: fixture('headless-browser.mjs') };
    const client = start(ninelives('forward', 'stdio', '--upstream', url.href), env);
    expect(await client.initialize()).toHaveProperty('result.serverInfo');
    client.call(1, 'echo', { text: 'through both' });
    expect(textOf(await client.answer(1))).toContain('through both');
    expect(world.grants).toEqual(['authorization_code']);
  });

  test('tells an official client where to log in, and lets it in with what that brings', async () => {
    const { url } = await open();
    const user = new User();
    const first = new StreamableHTTPClientTransport(url, { authProvider: user });
    const refused = new Client({ name: 'test', version: '1.0.0' });
    await expect(refused.connect(first)).rejects.toThrow('Unauthorized');
    const { url: answer } = await browse(user.page, user.redirectUrl);
    await first.finishAuth(new URL(answer).searchParams.get('code') ?? '');
    expect(await tools(url, user.tokens()?.access_token)).toBeGreaterThan(0);
  });
});

/** Whoever uses an official client, and remembers for it what it is told to. */
class User implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:9/callback';
  page = '';
  readonly #kept: {
    client?: ReturnType<OAuthClientProvider['clientInformation']>;
    tokens?: Tokens;
    verifier?: string;
  } = {};

  get clientMetadata() {
    return {
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    };
  }
  clientInformation() {
    return this.#kept.client;
  }
  saveClientInformation(client: ReturnType<OAuthClientProvider['clientInformation']>): void {
    this.#kept.client = client;
  }
  tokens(): Tokens | undefined {
    return this.#kept.tokens;
  }
  saveTokens(tokens: Tokens): void {
    this.#kept.tokens = tokens;
  }
  redirectToAuthorization(url: URL): void {
    this.page = url.href;
  }
  saveCodeVerifier(verifier: string): void {
    this.#kept.verifier = verifier;
  }
  codeVerifier(): string {
    return this.#kept.verifier ?? '';
  }
}

type Tokens = Parameters<OAuthClientProvider['saveTokens']>[0];
