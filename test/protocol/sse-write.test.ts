import { describe, expect, test } from 'vitest';
import { encodeSseComment, encodeSseEvent, encodeSseNamed, encodeSsePriming } from '../../src/protocol/sse-write.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

const written = (text: string | readonly string[], id?: string): string =>
  encodeSseEvent([text].flat().map(encodeText), id).map(decodeText).join('');

describe('a message as an event', () => {
  test('is written as the official SDKs write it', () => {
    expect(written('{"a":1}')).toBe('event: message\ndata: {"a":1}\n\n');
    expect(written(['{"a"', ':1}'], 'x-1')).toBe('event: message\nid: x-1\ndata: {"a":1}\n\n');
  });

  test('passes on the bytes that it was given, not a copy', () => {
    const parts = [encodeText('{"a"'), encodeText(':1}')];
    expect(encodeSseEvent(parts, undefined).slice(1, -1)).toEqual(parts);
    expect(encodeSseEvent(parts, 'x')[1]).toBe(parts[0]);
  });

  test('goes on in another line where the message does, whatever ends a line of it', () => {
    expect(written('{\n"a":\r1,\r\n"b":2}')).toBe('event: message\ndata: {\ndata: "a":\ndata: 1,\ndata: "b":2}\n\n');
    expect(written('\n{}\r\n')).toBe('event: message\ndata: \ndata: {}\ndata: \n\n');
    expect(written(['{\r', '\n}'])).toBe('event: message\ndata: {\ndata: \ndata: }\n\n');
    expect(written(['{"a":1', ',\n', '"b":2}'])).toBe('event: message\ndata: {"a":1,\ndata: "b":2}\n\n');
  });

  test('is written without an id that would be more than one line', () => {
    for (const id of ['a\nb', 'a\r', '\0', '\n\ndata: x']) expect(written('{}', id)).toBe(written('{}'));
    expect(written('{}', '')).toBe('event: message\nid: \ndata: {}\n\n');
  });
});

test('an event that primes has an id and empty data, and the time to wait if there is one', () => {
  expect(decodeText(encodeSsePriming('x-1', undefined))).toBe('id: x-1\ndata: \n\n');
  expect(decodeText(encodeSsePriming('x-1', 500))).toBe('id: x-1\nretry: 500\ndata: \n\n');
});

test('a comment is one line', () => {
  expect(decodeText(encodeSseComment('still here'))).toBe(': still here\n\n');
  expect(decodeText(encodeSseComment('a\nb\rdata: c'))).toBe(': a b data: c\n\n');
});

test('an event of another type says so; its data may have lines, its type has none', () => {
  expect(decodeText(encodeSseNamed('endpoint', '/messages?sessionId=1'))).toBe(
    'event: endpoint\ndata: /messages?sessionId=1\n\n',
  );
  expect(decodeText(encodeSseNamed('a\nid: 2', 'x\r\ny\rz\n'))).toBe(
    'event: a id: 2\ndata: x\ndata: y\ndata: z\ndata: \n\n',
  );
});
