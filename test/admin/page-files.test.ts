import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { PageFiles, isOfPage } from '../../src/admin/page-files.ts';
import { administered } from './administered-runtime.ts';

/** A page as the build would leave it, with a secret beside it. */
function built(): PageFiles {
  const parent = mkdtempSync(join(tmpdir(), 'page-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'inspector');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(parent, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'index-BMsM_pS1.js'), 'start()');
  writeFileSync(join(folder, 'assets', 'index.css'), 'a{}');
  writeFileSync(join(folder, 'assets', 'index-BMsM_pS1.js.gz'), gzipSync('start()'));
  writeFileSync(join(folder, 'assets', 'index-BMsM_pS1.js.br'), brotliCompressSync('start()'));
  writeFileSync(join(folder, 'assets', 'index.js.map'), '{}');
  return new PageFiles(new URL(`${pathToFileURL(folder).href}/`));
}

async function served(page: PageFiles) {
  const { listener } = await administered({ page });
  return async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${listener.origin}${path}`, { redirect: 'manual', ...init });
    const { status, headers } = response;
    return { status, headers, text: await response.text(), kept: headers.get('cache-control') };
  };
}

describe('the page', () => {
  test('is served without a token, and may load nothing of others', async () => {
    const get = await served(built());
    const page = await get('/inspect/');
    expect(page).toMatchObject({ status: 200, text: '<!doctype html>', kept: 'no-store' });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy')!.split('; ');
    expect(policy).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
      ]),
    );
    expect(policy.join()).not.toMatch(/unsafe|http|\*/);
    expect(await get('/inspect/?x=y')).toMatchObject({ status: 200, text: '<!doctype html>' });
    expect(await get('/inspect/', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    const bare = await get('/inspect');
    expect([bare.status, bare.headers.get('location')]).toEqual([308, '/inspect/']);
  });

  test('has files that are kept where their name says what is in them', async () => {
    const get = await served(built());
    const [script, style] = await Promise.all([
      get('/inspect/assets/index-BMsM_pS1.js'),
      get('/inspect/assets/index.css'),
    ]);
    expect(script).toMatchObject({ status: 200, text: 'start()', kept: 'public, max-age=31536000, immutable' });
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(style).toMatchObject({ status: 200, kept: 'no-store' });
    const tag = script.headers.get('etag')!;
    const again = await get('/inspect/assets/index-BMsM_pS1.js', { headers: { 'If-None-Match': tag } });
    expect(again).toMatchObject({ status: 304, text: '' });
    expect(style.headers.get('etag')).toBeNull();
  });

  test.each([
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ])('is sent to who takes %s as the build has packed it', async (accepted, encoding) => {
    const get = await served(built());
    const script = await get('/inspect/assets/index-BMsM_pS1.js', { headers: { 'Accept-Encoding': accepted } });
    expect(script).toMatchObject({ status: 200, text: 'start()' });
    expect([script.headers.get('content-encoding'), script.headers.get('vary')]).toEqual([encoding, 'Accept-Encoding']);
    const style = await get('/inspect/assets/index.css', { headers: { 'Accept-Encoding': accepted } });
    expect(style.headers.get('content-encoding')).toBeNull();
  });

  test.each([
    '/inspect/../secret.txt',
    '/inspect/%2e%2e/secret.txt',
    '/inspect/..%2fsecret.txt',
    '/inspect//etc/passwd',
    '/inspect/assets/../../secret.txt',
    '/inspect/assets',
    '/inspect/assets/',
    '/inspect/assets/index.js.map',
    '/inspect/assets/index-BMsM_pS1.js.gz',
    '/inspect/no-such.js',
    '/inspect/__proto__',
    '/inspect/constructor',
    '/inspector',
  ])('is what was built and nothing else: %s is told as much as any stranger', async (path) => {
    const { listener } = await administered({ page: built() });
    const { connect } = await import('node:net');
    const said = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(listener.port, '127.0.0.1', () =>
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`),
      );
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text));
    });
    expect(said).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('is not there for a host that is not this machine', async () => {
    const get = await served(built());
    expect((await get('/inspect/', { headers: { Origin: 'https://evil.example' } })).status).toBe(403);
  });

  test('that was not built says how it is', async () => {
    const get = await served(new PageFiles(new URL('file:///nowhere/at-all/')));
    expect(await get('/inspect/')).toMatchObject({
      status: 200,
      text: expect.stringContaining('npm run build') as string,
    });
  });

  test('is loaded only so often', async () => {
    const { listener } = await administered({ page: built(), limits: { pageFilesPerSecond: 2 } });
    const answers = await Promise.all(Array.from({ length: 10 }, async () => fetch(`${listener.origin}/inspect/`)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(5);
  });
});

test('only what is read is of the page', () => {
  const ofPage = (method: string, url: string): boolean => isOfPage({ method, url });
  expect([ofPage('GET', '/inspect'), ofPage('HEAD', '/inspect/x'), ofPage('GET', '/inspect?x')]).toEqual([
    true,
    true,
    true,
  ]);
  expect([ofPage('POST', '/inspect/'), ofPage('GET', '/inspector'), ofPage('GET', '/')]).toEqual([false, false, false]);
});
