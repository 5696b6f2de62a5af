import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { decodePiece, decodeRouted, encodePiece, encodeRouted } from '../../src/transports/http-routed-frame.ts';
import { RoutedRequest } from '../../src/transports/http-routed-request.ts';

const visitor = { principal: 'ada', route: 'a', key: 'ada', claims: { sub: 'ada' } };

test('a request comes as it was sent, with whom its front has found its sender to be', () => {
  const text = fc.string({ maxLength: 20 });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 5 }), fc.uint8Array({ maxLength: 50 }), (fields, body) => {
      const rawHeaders = fields.flatMap(([name, value]) => [`x-${name}`, value]);
      const { head, body: read } = decodeRouted(
        encodeRouted({ method: 'POST', url: '/mcp', rawHeaders }, visitor, body),
      );
      expect(head).toMatchObject({ method: 'POST', url: '/mcp', ...visitor });
      expect(head.headers).toEqual(rawHeaders.map((said, at) => (at % 2 === 0 ? said.toLowerCase() : said)));
      expect([...read]).toEqual([...body]);
    }),
    { numRuns: 40 },
  );
});

test('what was for the front alone, or for one connection, goes no further', () => {
  const rawHeaders = [
    'Authorization',
    'Bearer secret',
    'Connection',
    'keep-alive',
    'Content-Length',
    '3',
    'X-Own',
    '1',
  ];
  const bytes = encodeRouted(
    { method: 'POST', url: '/', rawHeaders },
    { ...visitor, ownHeaders: new Set(['authorization']) },
    encodeText('{}'),
  );
  expect(decodeText(bytes)).not.toContain('secret');
  const request = new RoutedRequest(decodeRouted(bytes), () => {});
  expect(request.rawHeaders).toEqual(['x-own', '1']);
  expect([request.header('x-own'), request.contentLength]).toEqual(['1', '2']);
});

test('a piece of an answer says whether it is the first, and whether it is all', () => {
  const head = { status: 200, headers: ['Content-Type', 'text/event-stream'] };
  for (const isCutOff of [false, true]) {
    for (const piece of [
      { head, isCutOff, bytes: encodeText('a') },
      { head: undefined, isCutOff, bytes: encodeText('b') },
    ]) {
      const read = decodePiece(encodePiece(piece));
      expect({ ...read, bytes: decodeText(read.bytes) }).toEqual({ ...piece, bytes: decodeText(piece.bytes) });
    }
  }
});

test('what is none of ours is not taken for something', () => {
  expect(() => decodeRouted(Uint8Array.of(0, 0, 0, 9, 123))).toThrow(RangeError);
  expect(decodePiece(new Uint8Array())).toMatchObject({ isCutOff: true });
});

const framed = (flags: readonly number[], head: object): Uint8Array => {
  const text = encodeText(JSON.stringify(head));
  return Uint8Array.from([...flags, 0, 0, text.length >> 8, text.length & 0xff, ...text]);
};

test.each([
  { headers: ['a'] },
  { headers: ['a', 1] },
  { headers: {} },
  { principal: 5 },
  { principal: null },
  { route: {} },
  { method: 1 },
])('a request of which another node says %j is refused', (wrong) => {
  const right = { method: 'POST', url: '/mcp', key: 'k', headers: ['a', 'b'] };
  expect(decodeRouted(framed([], right)).head).toEqual(right);
  expect(() => decodeRouted(framed([], { ...right, ...wrong }))).toThrow(TypeError);
});

test.each([{ status: 101 }, { status: 200.5 }, { status: 1e9 }, { headers: ['a'] }, { headers: [1, 2] }])(
  'an answer of which another node says %j is refused',
  (wrong) => {
    const right = { status: 200, headers: ['a', 'b'] };
    expect(decodePiece(framed([1], right)).head).toEqual(right);
    expect(() => decodePiece(framed([1], { ...right, ...wrong }))).toThrow(TypeError);
  },
);
