/**
 * The built page of the inspector, as the files that it is made of. What is served is a table of the names that the build has written:
 * no path of a request ever reaches the file system. Read when the first page is opened, and kept.
 */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

import { quietHeaders } from './answers.ts';
import { type Encoding, encodingFor, encodings } from './page-encodings.ts';

interface PageFile {
  readonly body: Buffer;
  /** The same, as the build has packed it. */
  readonly packed: ReadonlyMap<Encoding, Buffer>;
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
  packed: new Map(),
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
  async serve({ method, url = '', headers: asked }: IncomingMessage, response: ServerResponse): Promise<boolean> {
    const name = nameIn(url);
    if (name === undefined) {
      // What the page names is beside it.
      response.writeHead(308, { ...quietHeaders, Location: '/inspect/' }).end();
      return true;
    }
    const files = await (this.#files ??= this.#read());
    const file = files.get(name === '' ? indexName : name) ?? (name === '' ? notBuilt : undefined);
    if (file === undefined) return false;
    const { headers, packed } = file;
    if (headers['ETag'] !== undefined && asked['if-none-match'] === headers['ETag']) {
      response.writeHead(304, headers).end();
      return true;
    }
    const encoding = encodingFor(asked['accept-encoding'], (each) => packed.has(each));
    const body = encoding === undefined ? file.body : packed.get(encoding)!;
    response.writeHead(200, {
      ...headers,
      ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
      'Content-Length': body.length,
    });
    response.end(method === 'HEAD' ? undefined : body);
    return true;
  }

  async #read(): Promise<ReadonlyMap<string, PageFile>> {
    const folder = this.#folder;
    if (folder === undefined) return new Map();
    const found = await readdir(fileURLToPath(folder), { recursive: true }).catch((): string[] => []);
    const there = new Set(found.map((name) => name.replaceAll(sep, '/')));
    const read = async (name: string): Promise<Buffer> => readFile(new URL(name, folder));
    const files = [...there]
      .filter((name) => extname(name) in contentTypes)
      .map(async (name) => {
        const forms = (Object.keys(encodings) as Encoding[]).filter((each) => there.has(`${name}${encodings[each]}`));
        const packed = forms.map(async (each) => [each, await read(`${name}${encodings[each]}`)] as const);
        return [name, fileOf(name, await read(name), new Map(await Promise.all(packed)))] as const;
      });
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

function fileOf(name: string, body: Buffer, packed: PageFile['packed']): PageFile {
  const isPage = name.endsWith('.html');
  const headers = {
    ...quietHeaders,
    ...(hasDigest.test(name) ? keptHeaders(body) : {}),
    ...(packed.size > 0 ? { Vary: 'Accept-Encoding' } : {}),
    ...(isPage ? { 'Content-Security-Policy': pagePolicy } : {}),
    'Content-Type': contentTypes[extname(name)]!,
  };
  return { body, packed, headers };
}

/** Kept for good; who asks all the same hears that it is as it was. Weak, since packed it is other bytes. */
function keptHeaders(body: Buffer): Readonly<Record<string, string>> {
  const digest = createHash('sha256').update(body).digest('base64url');
  return { 'Cache-Control': 'public, max-age=31536000, immutable', ETag: `W/"${digest.slice(0, 22)}"` };
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
