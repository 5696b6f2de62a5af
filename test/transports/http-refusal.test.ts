import { describe, expect, test } from 'vitest';

import type { Frame } from '../../src/protocol/envelope.ts';
import { excerpt, isAnswerTo, readRefusal } from '../../src/transports/http-refusal.ts';
import type { ResponseHead } from '../../src/transports/http-response.ts';

const head = (status: number, headers: Readonly<Record<string, string>> = {}): ResponseHead => ({
  status,
  isEventStream: false,
  header: (name) => headers[name],
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a refusal', () => {
  test('in JSON-RPC has its code and its words', () => {
    const body = bytes('{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session\\nnot found"}}');
    expect(readRefusal(head(404), body)).toMatchObject({
      status: 404,
      code: -32001,
      text: 'Session\nnot found',
      reason: 'HTTP 404: Session not found',
      error: { bytes: body },
    });
  });

  test.each([
    ['no error at all', '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['another kind of JSON', '{"message":"no"}'],
    ['half of one', '{"jsonrpc":"2.0","id":1,"err'],
  ])('that is %s is told as it stands there', (_what, body) => {
    expect(readRefusal(head(400), bytes(body))).toEqual({
      status: 400,
      code: undefined,
      error: undefined,
      text: body,
      reason: `HTTP 400: ${body}`,
    });
  });

  test.each(['null', '"no"', '{"code":"1","message":2}', '[]'])(
    'whose error is %s has no code and no words',
    (error) => {
      const refusal = readRefusal(head(400), bytes(`{"jsonrpc":"2.0","id":null,"error":${error}}`));
      expect(refusal).toMatchObject({ code: undefined });
      expect(refusal.reason).toMatch(/^HTTP 400/);
    },
  );

  test('that redirects says where to, without what may be a secret', () => {
    const reason = (location?: string): string =>
      readRefusal(head(302, location === undefined ? {} : { location }), bytes('')).reason;
    const text = (where: string): string => `HTTP 302: the server is at ${where} now, and redirects are not followed`;
    expect(reason('https://u:p@h.example/mcp?key=k')).toBe(text('https://h.example/mcp'));
    expect(reason('/other?key=k')).toBe(text('/other'));
    expect(reason()).toBe(text('another place'));
  });
});

test('an error answers the request that it names, and the one that it came for when it names none', () => {
  const error = (id: string | number | undefined): Frame =>
    ({ bytes: bytes(''), envelope: { id } }) as unknown as Frame;
  expect(isAnswerTo(error(1), 1)).toBe(true);
  expect(isAnswerTo(error(undefined), 1)).toBe(true);
  expect(isAnswerTo(error('1'), 1)).toBe(false);
});

test('of a page its words are told, and not too many of them', () => {
  expect(excerpt('<html><head><style>p { color: red }</style></head><p>Bad\u0000  gate\nway</p>')).toBe('Bad gate way');
  expect(excerpt('x'.repeat(300))).toBe(`${'x'.repeat(200)} ...`);
  expect(excerpt('')).toBe('');
});
