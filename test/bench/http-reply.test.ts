import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReplyHead, ReplyReader, messageIn } from './http-reply.ts';

interface Seen {
  readonly head: ReplyHead;
  body: string;
  isEnded: boolean;
}

function reading(): { readonly reader: ReplyReader; readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const reader = new ReplyReader({
    onHead: (head) => seen.push({ head, body: '', isEnded: false }),
    onData: (data) => (seen.at(-1)!.body += data.toString('latin1')),
    onEnd: () => (seen.at(-1)!.isEnded = true),
  });
  return { reader, seen };
}

const text = [
  'HTTP/1.1 200 OK\r\nContent-Type: Application/JSON\r\ncontent-length: 5\r\nMcp-Session-Id: one\r\n\r\n{"a"}',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
  '10\r\ndata: {"b":1}\r\n\n\r\n2\r\n\r\n\r\n0\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
].join('');

const replies: readonly Seen[] = [
  { head: { status: 200, contentType: 'application/json', sessionId: 'one' }, body: '{"a"}', isEnded: true },
  { head: { status: 202, contentType: '', sessionId: undefined }, body: '', isEnded: true },
  {
    head: { status: 200, contentType: 'text/event-stream', sessionId: undefined },
    body: 'data: {"b":1}\r\n\n\r\n',
    isEnded: true,
  },
  { head: { status: 204, contentType: '', sessionId: undefined }, body: '', isEnded: true },
];

test('replies are read wherever their bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (places) => {
      const { reader, seen } = reading();
      const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
      cuts.slice(1).forEach((end, index) => reader.push(Buffer.from(text.slice(cuts[index], end), 'latin1')));
      expect(seen).toEqual(replies);
      expect(reader.end()).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a body without a length ends with the connection, and any other is cut short by it', () => {
  const endless = reading();
  endless.reader.push(Buffer.from('HTTP/1.1 200 OK\r\n\r\nand so on'));
  expect(endless.seen.map(({ isEnded }) => isEnded)).toEqual([false]);
  expect(endless.reader.end()).toBe(true);
  expect(endless.seen).toEqual([
    { head: { status: 200, contentType: '', sessionId: undefined }, body: 'and so on', isEnded: true },
  ]);
  const cut = reading();
  cut.reader.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nand so'));
  expect(cut.reader.end()).toBe(false);
  expect(cut.seen.map(({ isEnded }) => isEnded)).toEqual([false]);
});

test('the message of a reply is its body, or the last data of its events', () => {
  const head = (contentType: string): ReplyHead => ({ status: 200, contentType, sessionId: undefined });
  expect(messageIn(head('application/json'), '{"a":1}')).toBe('{"a":1}');
  const events = ': still here\n\nid: 1\ndata: \n\nevent: message\nid: 2\ndata: {"b":"data: "}\n\nid: 3\ndata:\n\n';
  expect(messageIn(head('text/event-stream; charset=utf-8'), events)).toBe('{"b":"data: "}');
  expect(messageIn(head('text/event-stream'), 'data:{"c":1}\r\n\r\n')).toBe('{"c":1}');
});
