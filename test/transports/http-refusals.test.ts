import { afterEach, expect, test } from 'vitest';
import type { NodeResponse } from '../../src/transports/http-node-response.ts';
import {
  refuseAccept,
  refuseAs,
  refuseFault,
  refuseHeaders,
  refuseMethod,
  refuseRevision,
  refuseUnknown,
} from '../../src/transports/http-refusals.ts';
import { bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

const fault = (kind: 'not-json' | 'invalid-utf8' | 'too-deep' | 'invalid-id') =>
  ({ fault: kind, reason: 'why', expectsAnswer: true, isAnswer: false, idToken: '7' }) as const;

const disagreeing = { ok: false, code: -32_020, reason: 'why' } as const;
const incomplete = { ok: false, code: -32_602, reason: 'why' } as const;

test.each<[string, (response: NodeResponse) => void, number, number, string]>([
  ['as asked', (response) => refuseAs(response, 418, 'why', '7'), 418, -32_600, '7'],
  ['for its method', (response) => refuseMethod(response, 'POST'), 405, -32_600, 'null'],
  ['for what it takes', (response) => refuseAccept(response, '7'), 406, -32_600, '7'],
  ['for a session that is none', (response) => refuseUnknown(response, '7'), 404, 4040, '7'],
  ['for its revision', (response) => refuseRevision(response), 400, -32_600, 'null'],
  ['for text that is no JSON', (response) => refuseFault(response, fault('not-json')), 400, -32_700, '7'],
  ['for text that is none', (response) => refuseFault(response, fault('invalid-utf8')), 400, -32_700, '7'],
  ['for its depth', (response) => refuseFault(response, fault('too-deep')), 400, -32_700, '7'],
  ['for its headers', (response) => refuseHeaders(response, disagreeing, '7'), 400, -32_020, '7'],
  ['for its metadata', (response) => refuseHeaders(response, incomplete, '7'), 400, -32_602, '7'],
  ['for JSON that is no message', (response) => refuseFault(response, fault('invalid-id')), 400, -32_600, '7'],
])('R15 a request is refused %s', async (_why, refuse, status, code, id) => {
  const { connection, next } = await bareServer();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [, response] = await next();
  refuse(response);
  const said = await connection.all();
  expect(said.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
  expect(said).toContain(`{"jsonrpc":"2.0","id":${id},"error":{"code":${code},`);
  expect(said.includes('Allow: POST')).toBe(status === 405);
});

test('headers that disagree with their message are told in the message of the error, and by name to programs', async () => {
  const { connection, next } = await bareServer();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [, response] = await next();
  refuseHeaders(response, disagreeing, '7');
  expect(await connection.all()).toContain('"message":"why","data":{"code":"HEADER_MISMATCH","reason":"why"}');
});
