import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ListenFlags, listenOptionsOf } from '../../src/cli/listen-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'listen-flags-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string];
writeFileSync(cert, 'a certificate');
writeFileSync(key, 'a key');

const usual: ListenFlags = { listen: '127.0.0.1:7400', path: '/mcp' };

describe('where a front listens', () => {
  test.each([
    ['127.0.0.1:7400', '127.0.0.1', 7400],
    ['localhost:0', 'localhost', 0],
    ['[::1]:65535', '::1', 65_535],
    ['8080', '127.0.0.1', 8080],
  ])('%s', (listen, host, port) => {
    expect(listenOptionsOf({ ...usual, listen })).toMatchObject({ host, port, path: '/mcp' });
  });

  test.each([
    '',
    'localhost',
    '127.0.0.1:',
    ':7400',
    '127.0.0.1:65536',
    '::1:80',
    'a b:1',
    'http://a:1',
    '127.0.0.1:-1',
  ])('cannot be "%s"', (listen) => {
    expect(listenOptionsOf({ ...usual, listen })).toEqual({
      problem: expect.stringContaining(`--listen ${listen}: write it as HOST:PORT`) as string,
    });
  });

  test('another address than loopback wants the names that clients use (P20)', () => {
    const open = { ...usual, listen: '0.0.0.0:7400' };
    expect(listenOptionsOf(open)).toEqual({ problem: expect.stringContaining('--allow-host') as string });
    expect(listenOptionsOf({ ...open, allowHost: ['mcp.example.com'] })).toMatchObject({ host: '0.0.0.0' });
  });

  test.each(['mcp', '', '/a?b', '/a#b', '/a b', '/ä'])('has a path, which "%s" is not', (path) => {
    expect(listenOptionsOf({ ...usual, path })).toMatchObject({ problem: expect.stringContaining('--path') as string });
  });
});

describe('TLS', () => {
  test('takes a certificate and its key', () => {
    const options = listenOptionsOf({ ...usual, tlsCert: cert, tlsKey: key });
    expect(options).toMatchObject({ tls: { cert: 'a certificate', key: 'a key' } });
    expect(listenOptionsOf(usual)).not.toHaveProperty('tls');
  });

  test('takes not one alone, nor what cannot be read', () => {
    expect(listenOptionsOf({ ...usual, tlsCert: cert })).toEqual({ problem: '--tls-cert and --tls-key go together' });
    expect(listenOptionsOf({ ...usual, tlsCert: cert, tlsKey: '/no/key' })).toEqual({
      problem: expect.stringMatching(/^--tls-key \/no\/key cannot be read/) as string,
    });
    expect(listenOptionsOf({ ...usual, tlsCert: '/no/cert', tlsKey: key })).toEqual({
      problem: expect.stringMatching(/^--tls-cert \/no\/cert cannot be read/) as string,
    });
  });
});
