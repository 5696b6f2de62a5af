/**
 * The place on this machine to which a browser comes back after a login (RFC 8252, section 7.3). Takes one answer, that to our own
 * question, and is gone.
 */

import { once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock } from '../ports.ts';
import { AuthError } from './auth-error.ts';

const path = '/callback';

export interface Callback {
  readonly redirectUri: string;
  /** The URL of the answer with this state. Rejects with AuthError when it does not come in time, or `close` is called before. */
  answer(state: string, timeoutMs: number): Promise<URL>;
  /** The same answer by another way, such as pasted by its user. False: it is none. */
  submit(url: URL): boolean;
  close(): Promise<void>;
}

/** @param port that of an earlier callback, where it is free; else a free one. */
export async function openCallback(clock: Clock, port = 0): Promise<Callback> {
  const server = createServer({ maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 1000 });
  await listen(server, port).catch(async (error: unknown) => {
    if (port === 0) throw error;
    await listen(server, 0);
  });
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  let take = (_url: URL): boolean => false;
  let giveUp = (): void => {};
  server.on('request', (request, response) => {
    const { url: asked = '/' } = request;
    // Whoever finds the port may ask for what is no path, such as `//`.
    const url = URL.canParse(asked, redirectUri) ? new URL(asked, redirectUri) : undefined;
    const isHere = request.method === 'GET' && url?.pathname === path && isForUs(request.headers.host);
    if (url === undefined || !isHere) say(response, 404, 'Nothing is here.');
    else if (!take(url)) say(response, 400, 'This is no answer to a login that was begun here.');
    else if (url.searchParams.has('code')) say(response, 200, 'You are logged in. This page can be closed.');
    else say(response, 200, 'The login was refused. What went wrong is said where it was begun.');
  });
  return {
    redirectUri,
    answer: async (state, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = clock.setTimeout(() => {
          take = () => false;
          reject(new AuthError(`Nobody logged in within ${timeoutMs / 1000} s`));
        }, timeoutMs);
        giveUp = () => {
          clock.clearTimeout(timer);
          reject(new AuthError('The login was given up'));
        };
        take = (url) => {
          if (url.searchParams.get('state') !== state) return false;
          take = () => false;
          clock.clearTimeout(timer);
          resolve(url);
          return true;
        };
      }),
    submit: (url) => take(url),
    close: async () => {
      giveUp();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeIdleConnections();
      });
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  await listening;
}

/** A page elsewhere that has its own name lead here learns nothing, and says nothing. */
function isForUs(host: string | undefined): boolean {
  return host !== undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host);
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'Content-Security-Policy': "default-src 'none'",
    Connection: 'close',
  });
  response.end(`<!doctype html><title>Ninelives</title><p>${sentence}</p>`);
}
