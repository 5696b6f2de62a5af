import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type StoredAuth, TokenStore, storeFolder } from '../../src/auth/token-store.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';

const root = mkdtempSync(join(tmpdir(), 'token-store-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let folders = 0;

function open() {
  const folder = join(root, `${(folders += 1)}`, 'auth');
  return { folder, store: new TokenStore(folder, systemClock()) };
}

const url = new URL('https://mcp.example.com/mcp?key=secret');
const stored: StoredAuth = {
  url: 'https://mcp.example.com/mcp',
  resource: 'https://mcp.example.com/mcp',
  issuer: 'https://issuer.example.com',
  tokenEndpoint: 'https://issuer.example.com/token',
  client: { id: 'me', port: 7777 },
  tokens: { access: 'a', refresh: 'b', expiresAt: 1 },
};

describe('the store of tokens', () => {
  test('stands where configurations stand', () => {
    expect(storeFolder({ XDG_CONFIG_HOME: '/x' })).toBe(join('/x', 'ninelives', 'auth'));
    expect(storeFolder({ XDG_CONFIG_HOME: '' })).toBe(join(homedir(), '.config', 'ninelives', 'auth'));
  });

  test('keeps what it is given for its owner alone, under a name without the query', async () => {
    const { folder, store } = open();
    expect(await store.read(url)).toBeUndefined();
    await store.write(url, undefined, stored);
    expect(await store.read(url)).toEqual(stored);
    const [name = '', ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(name).toMatch(/^mcp\.example\.com-[0-9a-f]{24}\.json$/);
    expect([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain('secret');
  });

  test('tells servers and clients apart', async () => {
    const { store } = open();
    await store.write(url, undefined, stored);
    await store.write(url, 'other', { ...stored, client: { id: 'other' } });
    expect((await store.read(url))?.client.id).toBe('me');
    expect((await store.read(url, 'other'))?.client.id).toBe('other');
    expect(await store.read(new URL('https://mcp.example.com/other'))).toBeUndefined();
    expect(await store.all()).toHaveLength(2);
  });

  test('forgets what it is told to forget', async () => {
    const { store } = open();
    await store.write(url, undefined, stored);
    expect([await store.remove(url), await store.remove(url), await store.read(url)]).toEqual([true, false, undefined]);
  });

  test.each(['', '{', 'null', '{"version":1}', '{"version":2,"tokenEndpoint":"x","client":{"id":"y"}}'])(
    'makes nothing of a file that holds %j',
    async (text) => {
      const { folder, store } = open();
      await store.write(url, undefined, stored);
      writeFileSync(join(folder, readdirSync(folder)[0] ?? ''), text);
      expect([await store.read(url), await store.all()]).toEqual([undefined, []]);
      await store.write(url, undefined, stored);
      expect(await store.read(url)).toEqual(stored);
    },
  );

  test('is whole at every moment in which somebody else reads it', async () => {
    const { store } = open();
    await store.write(url, undefined, stored);
    const writes = Array.from({ length: 20 }, async (_, at) =>
      store.write(url, undefined, { ...stored, tokens: { access: 'x'.repeat(at * 1000) } }),
    );
    const reads = Array.from({ length: 20 }, async () => store.read(url));
    expect((await Promise.all(reads)).every((read) => read !== undefined)).toBe(true);
    await Promise.all(writes);
  });

  test('leaves no lock behind', async () => {
    const { folder, store } = open();
    expect(await store.alone(url, undefined, 1000, async () => Promise.resolve(readdirSync(folder).length))).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});
