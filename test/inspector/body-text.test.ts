import { describe, expect, test } from 'vitest';
import { bodyText, headersOf, hiddenBody } from '../../src/inspector/body-text.ts';
import type { Frame } from '../../src/protocol/envelope.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { Redaction } from '../../src/redaction.ts';

const said = '{"jsonrpc":"2.0","id":1,"result":{"token":"abc","é":1.0}}';
const frame = readMessage(Buffer.from(said)) as Frame;
const redaction = new Redaction();

describe('the body of a frame', () => {
  test('is shown as it came, without its secrets, or not at all', () => {
    expect(bodyText(frame, 'whole', redaction, 10)).toBe(said);
    expect(bodyText(frame, 'redacted', redaction, 1000)).toBe(
      '{"jsonrpc":"2.0","id":1,"result":{"token":"[redacted]","é":1}}',
    );
    expect(bodyText(frame, 'hidden', redaction, 10)).toBe(hiddenBody);
  });

  test('that is too long to look for secrets in is not shown', () => {
    expect(bodyText(frame, 'redacted', redaction, 10)).toBeUndefined();
  });
});

test('headers are those that say something, and no secret', () => {
  const headers = new Map([
    ['authorization', 'Bearer x'],
    ['mcp-session-id', 's1'],
    ['x-other', 'y'],
    ['mcp-param-token', 'z'],
  ]);
  const exchange = {
    header: (name: string) => headers.get(name),
    headersWith: (prefix: string) => [...headers].filter(([name]) => name.startsWith(prefix)),
  };
  expect(headersOf(exchange, redaction)).toEqual([
    ['authorization', '[redacted]'],
    ['mcp-session-id', 's1'],
    ['mcp-param-token', '[redacted]'],
  ]);
});
