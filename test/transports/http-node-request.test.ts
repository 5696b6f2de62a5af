import { afterEach, describe, expect, test } from 'vitest';
import { bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

describe('the body of a request', () => {
  async function bodyOf(text: string, bytesMax: number): Promise<string> {
    const { connection, next } = await bareServer();
    connection.writes(`POST / HTTP/1.1\r\nHost: a\r\n${text}`);
    const [request] = await next();
    request.readHeaders();
    return new Promise((resolve) => {
      const bodyRead = (body: Uint8Array): void => resolve(Buffer.from(body).toString());
      request.readBody({ bodyRead, bodyTooLarge: () => resolve('too large'), bodyFailed: () => {} }, bytesMax);
    });
  }

  test.each([
    ['Content-Length: 5\r\n\r\nhello', 5, 'hello'],
    ['Content-Length: 5\r\n\r\nhello', 4, 'too large'],
    ['Content-Length: 0\r\n\r\n', 0, ''],
    ['\r\n', 0, ''],
    ['Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', 5, 'hello'],
    ['Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n', 4, 'too large'],
    ['Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 0, ''],
  ])('%j with room for %i is %j', async (text, bytesMax, body) => {
    expect(await bodyOf(text, bytesMax)).toBe(body);
  });
});
