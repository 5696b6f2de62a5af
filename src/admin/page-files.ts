/**
 * The built page of the inspector, as the files that it is made of. What is served is a table of the names that the build has written:
 * no path of a request ever reaches the file system. Read when the first page is opened, and kept.
 */

import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { quietHeaders } from './answers.ts';

interface PageFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** Files of other kinds are not served. */
const contentTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** What a page may load and ask: its own files, and the listener that it came from. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const indexName = 'index.html';
/** The build puts a digest of the content into the name. */
const hasDigest = /^assets\/.+-[\w-]{8}\.\w+$/;

const notBuilt: PageFile = {
  body: Buffer.from(`The page of the inspector has not been built: 'npm run build' in the folder of ninelives makes it.
What runs here can be seen all the same: 'ninelives sessions list'.
`),
  headers: { ...quietHeaders, 'Content-Type': 'text/plain; charset=utf-8' },
};

export class PageFiles {
  readonly #folder: URL | undefined;
  #files: Promise<ReadonlyMap<string, PageFile>> | undefined;

  /** @param folder with a slash at its end; undefined where nothing has been built. */
  constructor(folder = builtPage()) {
    this.#folder = folder;
  }

  /** Answers a request that `isOfPage`. False, and nothing is answered, where the page has no such file. */
  async serve({ method, url = '' }: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const name = nameIn(url);
    if (name === undefined) {
      // What the page names is beside it.
      response.writeHead(308, { ...quietHeaders, Location: '/inspect/' }).end();
      return true;
    }
    const files = await (this.#files ??= this.#read());
    const file = files.get(name === '' ? indexName : name) ?? (name === '' ? notBuilt : undefined);
    if (file === undefined) return false;
    response.writeHead(200, { ...file.headers, 'Content-Length': file.body.length });
    response.end(method === 'HEAD' ? undefined : file.body);
    return true;
  }

  async #read(): Promise<ReadonlyMap<string, PageFile>> {
    const folder = this.#folder;
    if (folder === undefined) return new Map();
    const found = await readdir(fileURLToPath(folder), { recursive: true }).catch((): string[] => []);
    const names = found.map((name) => name.replaceAll(sep, '/')).filter((name) => extname(name) in contentTypes);
    const files = names.map(async (name) => [name, fileOf(name, await readFile(new URL(name, folder)))] as const);
    return new Map(await Promise.all(files));
  }
}

export function isOfPage({ method, url = '' }: Pick<IncomingMessage, 'method' | 'url'>): boolean {
  return (method === 'GET' || method === 'HEAD') && /^\/inspect(?:[/?]|$)/.test(url);
}

/** What follows `/inspect/`; undefined where even the slash is missing. */
function nameIn(url: string): string | undefined {
  return /^\/inspect\/([^?]*)/.exec(url)?.[1];
}

function fileOf(name: string, body: Buffer): PageFile {
  const isPage = name.endsWith('.html');
  const headers = {
    ...quietHeaders,
    ...(hasDigest.test(name) ? { 'Cache-Control': 'public, max-age=31536000, immutable' } : {}),
    ...(isPage ? { 'Content-Security-Policy': pagePolicy } : {}),
    'Content-Type': contentTypes[extname(name)]!,
  };
  return { body, headers };
}

/** Looks upwards from this file: it is run from more than one place, compiled alone and as a part of the command. */
function builtPage(from = new URL(import.meta.url)): URL | undefined {
  if (existsSync(new URL('package.json', from))) {
    const folder = new URL('dist/inspector/', from);
    return existsSync(folder) ? folder : undefined;
  }
  const above = new URL('..', from);
  return above.href === from.href ? undefined : builtPage(above);
}
