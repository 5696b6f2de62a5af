/**
 * A tape as an HTTP Archive (HAR 1.2), for the viewers that there are for it: sessions are its pages, and each request with what came of
 * it is an entry. JSON-RPC is no HTTP: what HAR has no word for is in members that begin with `_`, as it wants it.
 */

import type { LoadedTape } from './tape-travel.ts';
import type { TapedExchange, TapedMessage, TapedSession } from './taped-sessions.ts';

export interface ExportOptions {
  /** A message as it may be shown. */
  readonly hide: (message: string) => string;
}

/** The text, in pieces: an archive may be longer than a string can be. */
export function* tapeHar(
  { header }: Pick<LoadedTape, 'header'>,
  sessions: readonly TapedSession[],
  options: ExportOptions,
): Generator<string, void> {
  const time = (at: number): string => new Date(header.wallTime + at - header.now).toISOString();
  const creator = { name: 'ninelives', version: header.ninelives };
  const comment = 'Made from a tape of MCP sessions. Each entry is a JSON-RPC request; its status is no HTTP status.';
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"comment":${JSON.stringify(comment)},"pages":[`;
  for (const [place, session] of sessions.entries()) {
    yield `${place === 0 ? '' : ','}\n${JSON.stringify(pageOf(session, time, options))}`;
  }
  yield '],"entries":[';
  let separator = '';
  for (const session of sessions) {
    for (const exchange of session.exchanges) {
      yield `${separator}\n${JSON.stringify(entryOf(session, exchange, time, options))}`;
      separator = ',';
    }
  }
  yield ']}}\n';
}

type TimeOf = (at: number) => string;

function pageOf(
  { session, opened, ended, notifications, turns, exchanges }: TapedSession,
  time: TimeOf,
  options: ExportOptions,
) {
  const began = opened?.at ?? exchanges[0]?.request.at ?? notifications[0]?.at ?? 0;
  return {
    startedDateTime: time(began),
    id: pageId(session),
    title: `session ${session}${opened === undefined ? '' : ` ${opened.id} on ${opened.transportType}`}`,
    pageTimings: {},
    ...(ended === undefined ? {} : { _ended: { time: time(ended.line.at), reason: ended.line.reason } }),
    _states: turns.map(({ at, from, to }) => ({ time: time(at), from, to })),
    _notifications: notifications.map((message) => ({
      time: time(message.at),
      direction: message.direction,
      method: message.method,
      ...factsOf(message),
      ...textOf(message, options),
    })),
  };
}

function entryOf(
  { session }: TapedSession,
  { request, answer, outcome, elapsedMs = 0 }: TapedExchange,
  time: TimeOf,
  options: ExportOptions,
) {
  const { direction, method, at, id, bytes, number } = request;
  const asked = direction === 'client-to-server' ? 'server' : 'client';
  return {
    pageref: pageId(session),
    startedDateTime: time(at),
    time: elapsedMs,
    request: {
      method: 'POST',
      url: `mcp://${asked}/${method.split('/').map(pathPart).join('/')}`,
      httpVersion: 'JSON-RPC/2.0',
      cookies: [],
      headers: [],
      queryString: [],
      postData: { mimeType: 'application/json', ...textOf(request, options) },
      headersSize: -1,
      bodySize: bytes,
    },
    response: {
      // As where no answer came in HTTP.
      status: answer === undefined ? 0 : 200,
      statusText: outcome ?? 'waiting',
      httpVersion: 'JSON-RPC/2.0',
      cookies: [],
      headers: [],
      content: {
        size: answer?.bytes ?? 0,
        mimeType: 'application/json',
        ...(answer === undefined ? {} : textOf(answer, options)),
      },
      redirectURL: '',
      headersSize: -1,
      bodySize: answer?.bytes ?? -1,
      ...(answer === undefined ? {} : { _line: answer.number, ...factsOf(answer) }),
    },
    cache: {},
    timings: { send: 0, wait: elapsedMs, receive: 0 },
    _direction: direction,
    _id: id,
    _outcome: outcome ?? 'waiting',
    _line: number,
    ...factsOf(request),
  };
}

/** Half a character cannot be encoded. */
const pathPart = (part: string): string => encodeURIComponent(part.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));

const pageId = (session: number): string => `session-${session}`;

function factsOf({ steps }: TapedMessage) {
  return steps.length === 0 ? {} : { _decisions: steps };
}

function textOf(
  { text, digest }: TapedMessage,
  { hide }: ExportOptions,
): { readonly text?: string; readonly comment?: string } {
  if (text !== undefined) return { text: hide(text) };
  return { comment: digest === undefined ? 'not on the tape' : `too long for the tape; its SHA-256 is ${digest}` };
}
