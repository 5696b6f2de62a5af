import { describe, expect, test } from 'vitest';
import {
  type HeaderFields,
  headerIn,
  headersBeginning,
  readHeaderFields,
} from '../../src/transports/http-header-fields.ts';

class Fields implements HeaderFields {
  hosts: string | string[] | undefined;
  origins: string | string[] | undefined;
  accept: string | undefined;
  contentType: string | undefined;
  contentEncoding: string | undefined;
  contentLength: string | undefined;
  sessionId: string | undefined;
  protocolVersion: string | undefined;
  lastEventId: string | undefined;
  readonly rawHeaders: readonly string[];

  constructor(head: string) {
    this.rawHeaders = head
      .split('\r\n')
      .filter((line) => line !== '')
      .flatMap((line) => line.split(': '));
    readHeaderFields(this, this.rawHeaders);
  }

  header(name: string): string | undefined {
    return headerIn(this.rawHeaders, name);
  }
}

const fieldsOf = (head: string): Fields => new Fields(head);

describe('the headers of a request', () => {
  test('are known whatever their case', () => {
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
    } = fieldsOf(
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

  test('that are said twice are one list, and two hosts are two', () => {
    const request = fieldsOf(
      'Host: a\r\nAccept: x\r\nhost: b\r\naccept: y\r\nHost: c\r\nMcp-Session-Id: 1\r\nMcp-Session-Id: 2\r\n',
    );
    expect([request.hosts, request.accept, request.sessionId]).toEqual([['a', 'b', 'c'], 'x, y', '1, 2']);
    expect([request.header('accept'), request.header('mcp-session-id'), request.header('origin')]).toEqual([
      'x, y',
      '1, 2',
      undefined,
    ]);
  });

  test('that are not there are not', () => {
    const request = fieldsOf('Host: a\r\n');
    expect([request.origins, request.accept, request.sessionId, request.header('__proto__')]).toEqual(
      Array(4).fill(undefined),
    );
  });
});

describe('headers that begin alike', () => {
  test('are known whatever their case, each once, in the order in which they came', () => {
    const { rawHeaders } = fieldsOf(
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
