import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChunkFraming, type Framing, LineFraming } from '../../src/adapters/stream-framing.ts';
import { encodeText } from '../../src/protocol/text.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** What a framing makes of these chunks. */
function read(framing: Framing, chunks: readonly Uint8Array[]): readonly string[] {
  const told: string[] = [];
  const heard: Parameters<Framing['end']> = [
    (message) => told.push(text(message)),
    ({ head, totalBytes }) => told.push(`${totalBytes}: ${text(head).slice(0, 4)}`),
  ];
  for (const chunk of chunks) framing.push(chunk, ...heard);
  framing.end(...heard);
  return told;
}

function written(framing: Framing, messages: readonly (readonly string[])[]): readonly string[] {
  for (const message of messages) framing.add(message.map((slice) => encodeText(slice)));
  return framing.take().map(text);
}

describe('one message a line', () => {
  test('is read whatever the chunks are, the last line with or without its end', () => {
    const stream = encodeText('{"a":"é"}\r\n\n{}\n0123456789AB\n{"half');
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(stream.length), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = places.slice(1).map((end, index) => stream.slice(places[index], end));
        expect(read(new LineFraming(11), chunks)).toEqual(['{"a":"é"}', '{}', '12: 0123', '{"half']);
      }),
      { numRuns: 200 },
    );
  });

  test('is written with its newline, and none within it', () => {
    const framing = new LineFraming(100);
    expect(written(framing, [['{"a":\n', '1}'], ['{}']])).toEqual(['{"a": 1}\n{}\n']);
    expect([framing.bytes, framing.take()]).toEqual([0, []]);
  });
});

describe('one message a chunk', () => {
  test('is read as it is, with its newlines, up to the limit', () => {
    const chunks = ['{"a":\n1}', '0123456789', '0123456789A'].map((chunk) => encodeText(chunk));
    expect(read(new ChunkFraming(10), chunks)).toEqual(['{"a":\n1}', '0123456789', '11: 0123']);
  });

  test('is written in one chunk, however many slices it had', () => {
    const framing = new ChunkFraming(100);
    expect(written(framing, [['{"id":', '1', '}'], ['{}']])).toEqual(['{"id":1}', '{}']);
    expect([framing.bytes, framing.take()]).toEqual([0, []]);
  });

  test('counts what waits', () => {
    const framing = new ChunkFraming(100);
    framing.add([encodeText('abc'), encodeText('de')]);
    expect(framing.bytes).toBe(5);
  });

  test('is never taken for one that came as a line, so that its newlines do not cut it on a pipe', () => {
    const chunk = encodeText('{"id":\n1}').slice();
    read(new ChunkFraming(100), [chunk]);
    const lines = new LineFraming(100);
    lines.add([chunk]);
    expect(lines.take().map(text)).toEqual(['{"id": 1}\n']);
  });
});
