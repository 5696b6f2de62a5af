/**
 * Requests of our own that are no part of any session, such as for the keys of an issuer: bounded in time and in size, with the
 * whole answer in one piece. Redirects are not followed: where we go is said by whoever asks.
 */

import type { Clock } from '../ports.ts';
import { failureText } from './http-failure.ts';
import type { HttpAgent } from './http-agent.ts';
import { HttpRequests } from './http-requests.ts';
import type { HttpResponse, ResponseHead } from './http-response.ts';

export interface Inquiry {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface InquiryLimits {
  readonly timeoutMs?: number;
  readonly answerBytesMax?: number;
}

const timeoutDefaultMs = 10_000;
const answerBytesDefaultMax = 256 * 1024;

/** Statuses that have no body (WHATWG Fetch, "null body status"). */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** Of the headers of an answer these are told. */
const told = ['content-type', 'location', 'www-authenticate'] as const;

/** The function rejects with an error that names the place and the reason, and nothing of what was sent. */
export function inquirer(
  agent: HttpAgent,
  clock: Clock,
  { timeoutMs = timeoutDefaultMs, answerBytesMax = answerBytesDefaultMax }: InquiryLimits = {},
): (url: URL, inquiry: Inquiry) => Promise<Response> {
  return async (url, { method, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const target = {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        shown: url.origin,
        headers: noHeaders,
      };
      const requests = new HttpRequests(agent, target, { messageBytesMax: answerBytesMax });
      const fail = (why: string): void => {
        clock.clearTimeout(timer);
        response.abort();
        reject(new Error(why));
      };
      const timer = clock.setTimeout(() => fail(`${url.origin} did not answer in ${timeoutMs} ms`), timeoutMs);
      const sent = {
        method,
        headers: Object.entries(headers).flat(),
        body: body === undefined ? null : Buffer.from(body),
      };
      const response: HttpResponse = requests.send('notes', sent, {
        head: () => {},
        ended: (head, answer) => {
          clock.clearTimeout(timer);
          if (answer === undefined) fail(`${url.origin} answered with a stream of events`);
          else if (answer === 'too-large') fail(`${url.origin} answered with more than ${answerBytesMax} bytes`);
          else resolve(answerOf(head, answer));
        },
        failed: (error) => fail(failureText(error, url.origin)),
      });
    });
}

const noHeaders: ReadonlyMap<string, string> = new Map();

function answerOf(head: ResponseHead, body: Uint8Array): Response {
  const headers = told.flatMap((name): [string, string][] => {
    const value = head.header(name);
    return value === undefined ? [] : [[name, value]];
  });
  return new Response(bodiless.has(head.status) ? null : Buffer.from(body), { status: head.status, headers });
}
