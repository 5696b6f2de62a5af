import { afterEach, describe, expect, test } from 'vitest';
import { type FrontRequest, headersBeginning } from '../../src/transports/http-request.ts';
import { bareServer, closeBareServers } from './http-stage.ts';

afterEach(closeBareServers);

async function requestOf(head: string): Promise<FrontRequest> {
  const { connection, next } = await bareServer();
  connection.writes(`GET / HTTP/1.1\r\n${head}\r\n`);
  const [request] = await next();
  request.readHeaders();
  return request;
}

describe('the headers of a request', () => {
  test('are known whatever their case', async () => {
    const {
      hosts,
      origins,
      accept,
      contentType,
      contentEncoding,
      contentLength,
      sessionId,
      protocolVersion,
      lastEventId,
    } = await requestOf(
      [
        'HOST: h',
        'origin: o',
        'aCCept: a',
        'CONTENT-TYPE: t',
        'content-encoding: e',
        'Content-LENGTH: 0',
        'MCP-SESSION-ID: s',
        'mcp-protocol-version: v',
        'LAST-event-id: i',
        'X-Sessions-Id: another name of the same length\r\n',
      ].join('\r\n'),
    );
    expect({ hosts, origins, accept, contentType, contentEncoding }).toEqual({
      hosts: 'h',
      origins: 'o',
      accept: 'a',
      contentType: 't',
      contentEncoding: 'e',
    });
    expect({ contentLength, sessionId, protocolVersion, lastEventId }).toEqual({
      contentLength: '0',
      sessionId: 's',
      protocolVersion: 'v',
      lastEventId: 'i',
    });
  });

  test('that are said twice are one list, and two hosts are two', async () => {
    const request = await requestOf(
      'Host: a\r\nAccept: x\r\nhost: b\r\naccept: y\r\nHost: c\r\nMcp-Session-Id: 1\r\nMcp-Session-Id: 2\r\n',
    );
    expect([request.hosts, request.accept, request.sessionId]).toEqual([['a', 'b', 'c'], 'x, y', '1, 2']);
    expect([request.header('accept'), request.header('mcp-session-id'), request.header('origin')]).toEqual([
      'x, y',
      '1, 2',
      undefined,
    ]);
  });

  test('that are not there are not', async () => {
    const request = await requestOf('Host: a\r\n');
    expect([request.origins, request.accept, request.sessionId, request.header('__proto__')]).toEqual(
      Array(4).fill(undefined),
    );
  });
});

describe('headers that begin alike', () => {
  test('are known whatever their case, each once, in the order in which they came', async () => {
    const { rawHeaders } = await requestOf(
      [
        'Host: a',
        'Mcp-Param-Region: us-west1',
        'MCP-PARAM-tenant: one',
        'X-Mcp-Param-Other: none of them',
        'Mcp-Para: too short',
        'mcp-param-TENANT: two\r\n',
      ].join('\r\n'),
    );
    expect(headersBeginning(rawHeaders, 'mcp-param-')).toEqual([
      ['mcp-param-region', 'us-west1'],
      ['mcp-param-tenant', 'one, two'],
    ]);
    expect(headersBeginning(rawHeaders, 'mcp-name')).toEqual([]);
  });
});

describe('the body of a request', () => {
  async function bodyOf(text: string, bytesMax: number): Promise<string> {
    const { connection, next } = await bareServer();
    connection.writes(`POST / HTTP/1.1\r\nHost: a\r\n${text}`);
    const [request] = await next();
    request.readHeaders();
    return new Promise((resolve) => {
      const bodyRead = (body: Uint8Array): void => resolve(Buffer.from(body).toString());
      request.readBody({ bodyRead, bodyTooLarge: () => resolve('too large') }, bytesMax);
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
