/**
 * A browser for tests: Debian's Chromium without a window, and a server for the pages and scripts that it loads. What a page
 * complains about is kept; a test that is done asks for it.
 */

import { existsSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { absent } from '../compat/absent.ts';

export const chromiumPath = '/usr/bin/chromium';

/** For `skipIf`. */
export const hasNoBrowser = absent(
  existsSync(chromiumPath),
  'Chromium is',
  'apt-get install --no-install-recommends chromium (as root; or npm run setup -- chromium)',
);

/** Chromium looks for its maker's servers unless it is told not to. */
export const chromiumArgs: readonly string[] = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  '--no-sandbox',
];

export interface Opened {
  /** Another tab, on an empty page of the server. */
  open(): Promise<Page>;
  /** Errors and warnings that pages wrote on their consoles, and what they threw. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** @param modules the script behind each path of the server, put together from what the build has left in this file. */
export async function openBrowser(modules: Readonly<Record<string, string>>): Promise<Opened> {
  const scripts = new Map(
    await Promise.all(Object.entries(modules).map(async ([path, file]) => [path, await bundled(file)] as const)),
  );
  const server = await serving(scripts);
  const browser: Browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArgs] });
  const context: BrowserContext = await browser.newContext();
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  return {
    complaints,
    async open() {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One file of JavaScript for browsers, with everything that it imports. */
async function bundled(file: string): Promise<string> {
  const build = await rolldown({ input: file, platform: 'browser' });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  return output[0].code;
}

async function serving(scripts: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const script = scripts.get(path);
    if (path === '/') response.setHeader('content-type', 'text/html').end('<!doctype html><title>test</title>');
    else if (script !== undefined) response.setHeader('content-type', 'text/javascript').end(script);
    else response.writeHead(path === '/favicon.ico' ? 204 : 404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
