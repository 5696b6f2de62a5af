/**
 * Events come to the same wherever the network cuts their stream; another reader of the standard hears the same; and what we
 * write is read back.
 */
import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SseReader } from '../../src/protocol/sse-read.ts';
import type { SseEvent } from '../../src/protocol/sse-read.ts';
import { encodeSseComment, encodeSseEvent, encodeSseNamed, encodeSsePriming } from '../../src/protocol/sse-write.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { messageText } from './json-spellings.ts';
import { runs } from './runs.ts';

interface Heard {
  readonly event: string;
  readonly data: string | undefined;
  readonly id: string | undefined;
  readonly retryMs: number | undefined;
  /** Of an event over the limit. */
  readonly totalBytes?: number;
  readonly ends?: string;
}

const latin = new TextDecoder('latin1');

function read(chunks: readonly Uint8Array[], eventBytesMax = 100_000, idBytesMax = 20): readonly (Heard | number)[] {
  const heard: (Heard | number)[] = [];
  const told = ({ data, ...rest }: SseEvent): Heard => ({ ...rest, data: data && decodeText(data) });
  const reader = new SseReader(
    { eventBytesMax, idBytesMax },
    {
      onEvent: (event) => heard.push(told(event)),
      onOversize: ({ head, tail, totalBytes }, event) =>
        heard.push({ ...told(event), totalBytes, ends: `${latin.decode(head)}|${latin.decode(tail)}` }),
    },
  );
  for (const chunk of chunks) reader.push(chunk);
  heard.push(reader.end(), reader.longIds);
  return heard;
}

/** Pieces of the stream in buffers of their own, as a socket hands them over. */
function cut(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const size = sizes[index % sizes.length] ?? bytes.length;
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  return chunks;
}

const ending = fc.oneof({ arbitrary: fc.constant('\n'), weight: 3 }, fc.constantFrom('\r', '\r\n'));
const value = fc.oneof(
  fc.constantFrom('', ' ', 'a', ' b', ':', '12', '3000', '{"a":1}', 'ü€😀', 'a\0b', '\ufeff', 'message', 'ping'),
  fc.constantFrom('x'.repeat(15), 'x'.repeat(16), 'y'.repeat(17), 'z'.repeat(40), '0'.repeat(30)),
  fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
);
const name = fc.oneof(
  { arbitrary: fc.constantFrom('data', 'data', 'data', 'event', 'id', 'retry', ''), weight: 6 },
  fc.constantFrom('Data', 'dat', 'dataa', 'i', 'idd', 'even', 'events', 'retr', ' data', 'unknown', '\ufeffdata'),
);
const line = fc.oneof(
  { arbitrary: fc.tuple(name, fc.constantFrom(':', ': ', ':  '), value).map((parts) => parts.join('')), weight: 8 },
  { arbitrary: fc.constant(''), weight: 4 },
  { arbitrary: name, weight: 1 },
);
/** Enough of what is an event, so that streams are not all noise. */
const dataLine = fc.tuple(fc.constantFrom('data:', 'data: '), value).map((parts) => parts.join(''));
const plainEvent = fc.tuple(dataLine, ending).map(([text, end]) => [text, end, '', end]);
const streamText = fc
  .tuple(
    fc.constantFrom('', '', '\ufeff'),
    fc.array(fc.oneof({ arbitrary: fc.tuple(line, ending), weight: 4 }, { arbitrary: plainEvent, weight: 1 }), {
      maxLength: 30,
    }),
    fc.constantFrom('', 'da', 'data: end'),
  )
  .map(([mark, lines, rest]) => mark + lines.flat().join('') + rest);
const brokenStream = fc
  .tuple(streamText.map(encodeText), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }))
  .map(([bytes, changes]) => {
    for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
const sizes = fc.array(fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 })), { minLength: 1, maxLength: 6 });

describe('a stream of events', () => {
  test('tells the same wherever it is cut, an event over the limit too', () => {
    let oversize = 0;
    fc.assert(
      fc.property(brokenStream, sizes, fc.constantFrom(5, 20, 100_000), (bytes, chunkSizes, eventBytesMax) => {
        const whole = read([bytes], eventBytesMax);
        if (whole.some((heard) => typeof heard !== 'number' && heard.totalBytes !== undefined)) oversize += 1;
        expect(read(cut(bytes, chunkSizes), eventBytesMax)).toEqual(whole);
      }),
      runs(1000),
    );
    expect(oversize).toBeGreaterThan(runs(50).numRuns);
  });

  /**
   * The other reader differs by intent in this: it tells no event without data, tells a `retry` at once instead of with its
   * event, and waits behind a carriage return at the end of what it has for a line feed that may come.
   */
  test('tells what another reader of the standard tells', () => {
    let compared = 0;
    fc.assert(
      fc.property(brokenStream, sizes, (bytes, chunkSizes) => {
        const text = new TextDecoder().decode(bytes);
        fc.pre(!text.endsWith('\r'));
        const others: Heard[] = [];
        const parser = createParser({
          onEvent: ({ event, data, id }) =>
            others.push({ event: event === 'message' ? '' : (event ?? ''), data, id, retryMs: undefined }),
        });
        parser.feed(text);
        const ours = read(cut(bytes, chunkSizes), 100_000, 4000).flatMap((heard) =>
          typeof heard === 'number' || heard.data === undefined ? [] : [{ ...heard, retryMs: undefined }],
        );
        compared += ours.length;
        expect(ours).toEqual(others);
      }),
      runs(1000),
    );
    expect(compared).toBeGreaterThan(runs(400).numRuns);
  });

  test('tells a time to wait as the other reader does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat().map(String), fc.constantFrom('', '007', '-1', '1.0', '１', ' 1', '1 ')), (text) => {
        const others: number[] = [];
        createParser({ onEvent: () => {}, onRetry: (retryMs) => others.push(retryMs) }).feed(`retry: ${text}\n\n`);
        const ours = read([encodeText(`retry: ${text}\n\n`)]).flatMap((heard) =>
          typeof heard === 'number' ? [] : [heard.retryMs],
        );
        expect(ours).toEqual(others);
      }),
      runs(100),
    );
  });
});

const idText = fc.string({ maxLength: 15 }).filter((id) => !/[\0\r\n]/.test(id) && encodeText(id).length <= 20);

test('what is written is read back: the message but for its white space, its id, and nothing else', () => {
  const event = fc.record({
    message: messageText,
    id: fc.option(idText, { nil: undefined }),
    comment: fc.string({ maxLength: 5 }),
    parts: sizes,
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 4 }), sizes, (events, chunkSizes) => {
      const parts = events.flatMap(({ message, id, comment, parts: partSizes }) => [
        ...encodeSseEvent(cut(encodeText(message), partSizes), id),
        encodeSseComment(comment),
      ]);
      const stream = Uint8Array.from(parts.flatMap((part) => [...part]));
      const heard = read(cut(stream, chunkSizes));
      expect(heard).toHaveLength(events.length + 2);
      for (const [index, { message, id }] of events.entries()) {
        const told = heard[index] as Heard;
        expect(told).toMatchObject({ event: '', id, retryMs: undefined });
        expect(JSON.parse(told.data ?? '')).toEqual(JSON.parse(message));
        // A line feed is what a message in pieces can get more of than it had.
        expect(told.data?.replaceAll(/[\r\n]+/g, '\n')).toBe(message.replaceAll(/[\r\n]+/g, '\n'));
      }
      expect(heard.slice(-2)).toEqual([0, 0]);
    }),
    runs(300),
  );
});

test('an event that primes and one of another type are read back', () => {
  const type = fc
    .string({ minLength: 1, maxLength: 15 })
    .filter((text) => !/[\r\n]/.test(text) && text !== 'message' && encodeText(text).length <= 20);
  fc.assert(
    fc.property(idText, fc.option(fc.nat(), { nil: undefined }), type, fc.string(), (id, retryMs, event, text) => {
      const data = text.replaceAll(/\r\n?/g, '\n');
      expect(read([encodeSsePriming(id, retryMs), encodeSseNamed(event, data)])).toEqual([
        { event: '', data: '', id, retryMs },
        { event, data, id: undefined, retryMs: undefined },
        0,
        0,
      ]);
    }),
    runs(150),
  );
});
