import { afterEach, describe, expect, test } from 'vitest';
import { refusal } from '../../src/errors.ts';
import { answerEmpty, answerJson, answerText, refuse } from '../../src/transports/http-answers.ts';
import type { NodeResponse } from '../../src/transports/http-node-response.ts';
import { bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

/** What the client of this answer reads. */
async function read(answer: (response: NodeResponse) => void): Promise<string> {
  const { connection, next } = await bareServer();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [, response] = await next();
  response.sendDate = false;
  answer(response);
  return connection.all();
}

describe('an answer of the front', () => {
  test('is a JSON-RPC error with the status of its row', async () => {
    expect(await read((response) => refuse(response, refusal('SESSION_NOT_FOUND', { reason: 'x' })))).toBe(
      'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 135\r\nConnection: close\r\n\r\n' +
        '{"jsonrpc":"2.0","id":null,"error":{"code":4040,"message":"There is no such session",' +
        '"data":{"code":"SESSION_NOT_FOUND","reason":"x"}}}',
    );
  });

  test.each([
    ['TOO_MANY_REQUESTS', 429, true],
    ['TOO_MANY_SESSIONS', 503, true],
    ['DRAINING', 503, true],
    ['FRAME_TOO_LARGE', 413, false],
  ] as const)('%s says %i, and when to come again: %s', async (code, status, saysWhen) => {
    const said = await read((response) => refuse(response, refusal(code), { idToken: '"é"' }));
    expect([said.startsWith(`HTTP/1.1 ${status} `), said.includes('Retry-After: 1\r\n')]).toEqual([true, saysWhen]);
    expect(said).toContain('"id":"é"');
  });

  test('may have another status and further headers', async () => {
    const said = await read((response) =>
      refuse(response, refusal('INVALID_REQUEST'), { status: 405, headers: ['Allow', 'POST'] }),
    );
    expect(said).toMatch(/^HTTP\/1\.1 405 [^]*\r\nAllow: POST\r\n/);
  });

  test('may be empty, or a line of text, or JSON', async () => {
    expect(await read((response) => answerEmpty(response, 202))).toMatch(/202 Accepted\r\nContent-Length: 0\r\n/);
    expect(await read((response) => answerEmpty(response, 204))).not.toContain('Content-Length');
    expect(await read((response) => answerText(response, 200, 'é'))).toMatch(/Content-Length: 3\r\n[^]*\r\n\r\né\n$/);
    const body = new TextEncoder().encode('{}');
    expect(await read((response) => answerJson(response, 200, body, ['X', 'y']))).toMatch(/X: y\r\n[^]*\{\}$/);
  });

  test('tells the page that may read it, and the client whose connection ends', async () => {
    const said = await read((response) => {
      response.pageOrigin = 'https://a';
      response.endsConnection = true;
      answerEmpty(response, 200);
    });
    expect(said).toContain('Access-Control-Allow-Origin: https://a\r\nVary: Origin\r\n');
    expect(said).toContain('Access-Control-Expose-Headers: Mcp-Session-Id, WWW-Authenticate\r\nConnection: close\r\n');
  });
});
