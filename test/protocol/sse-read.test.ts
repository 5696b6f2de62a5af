import { describe, expect, test } from 'vitest';
import type { OversizeLine } from '../../src/protocol/lines.ts';
import { probeOversize } from '../../src/protocol/oversize.ts';
import { SseReader } from '../../src/protocol/sse-read.ts';
import type { SseEvent } from '../../src/protocol/sse-read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

interface Told {
  readonly event: string;
  readonly data: string | undefined;
  readonly id: string | undefined;
  readonly retryMs: number | undefined;
}

const told = ({ data, ...rest }: SseEvent): Told => ({ ...rest, data: data && decodeText(data) });
const nothing = { event: '', data: undefined, id: undefined, retryMs: undefined };
const message = (data: string, rest: Partial<Told> = {}): Told => ({ ...nothing, data, ...rest });

interface Heard {
  readonly events: readonly Told[];
  readonly oversize: readonly (readonly [OversizeLine, Told])[];
  readonly thrownAway: number;
  readonly longIds: number;
}

function read(chunks: readonly (string | Uint8Array)[], eventBytesMax = 1000, idBytesMax?: number): Heard {
  const events: Told[] = [];
  const oversize: (readonly [OversizeLine, Told])[] = [];
  const limits = idBytesMax === undefined ? { eventBytesMax } : { eventBytesMax, idBytesMax };
  const reader = new SseReader(limits, {
    onEvent: (event) => events.push(told(event)),
    onOversize: (line, event) => oversize.push([line, told(event)]),
  });
  for (const chunk of chunks) reader.push(typeof chunk === 'string' ? encodeText(chunk) : chunk);
  const thrownAway = reader.end();
  expect(reader.bufferedBytes).toBe(0);
  return { events, oversize, thrownAway, longIds: reader.longIds };
}

const eventsOf = (...chunks: readonly string[]): readonly Told[] => read(chunks).events;

describe('an event', () => {
  test('ends at a blank line, whatever ends a line', () => {
    for (const ending of ['\n', '\r', '\r\n']) {
      expect(eventsOf(`data: a${ending}${ending}data: b${ending}${ending}`)).toEqual([message('a'), message('b')]);
    }
    expect(eventsOf('data: a\r\ndata: b\n\rdata: c\r\r\n\n')).toEqual([message('a\nb'), message('c')]);
  });

  test('is one and the same when a carriage return and its line feed come in two chunks', () => {
    expect(eventsOf('data: a\r', '\ndata: b\r', '\n\r', '', '\ndata: c\n\n')).toEqual([message('a\nb'), message('c')]);
    expect(eventsOf('data: a\r\n', '\ndata: b\n\n')).toEqual([message('a'), message('b')]);
    expect(eventsOf('data: a\r', '\r', 'data: b\r\r')).toEqual([message('a'), message('b')]);
    expect(eventsOf('data: a\r\n', '\ndata: b\n\n')).toEqual([message('a'), message('b')]);
  });

  test('is told as soon as its blank line is there, be it half of a line ending', () => {
    const events: SseEvent[] = [];
    const reader = new SseReader(
      { eventBytesMax: 10 },
      { onEvent: (event) => events.push(event), onOversize: () => expect.unreachable() },
    );
    reader.push(encodeText('data: a\r\r'));
    expect(events.map(told)).toEqual([message('a')]);
  });

  test('loses one space behind the colon, and no more', () => {
    expect(eventsOf('data:a\ndata: b\ndata:  c\ndata: \ndata:\ndata\n\n')).toEqual([message('a\nb\n c\n\n\n')]);
  });

  test('may be cut anywhere within a field: behind its name, its colon, its space', () => {
    for (const chunks of [
      ['d', 'ata: a\n\n'],
      ['data', ': a\n\n'],
      ['data:', ' a\n\n'],
      ['data: ', 'a\n\n'],
      ['data: a', '\n', '\n'],
      ['data:', ' ', 'a\n\n'],
    ]) {
      expect(eventsOf(...chunks)).toEqual([message('a')]);
    }
    expect(eventsOf('data: ', ' a\n\n')).toEqual([message(' a')]);
    expect(eventsOf('data', '\n\n', 'da', '\n\n', 'dat', 'a2:x\n\n')).toEqual([message('')]);
    expect(eventsOf('id: ', '1', '2\n', 'event: en', 'dpoint\nret', 'ry: 5', '0\nda', 'ta: x\n\n')).toEqual([
      { event: 'endpoint', data: 'x', id: '12', retryMs: 50 },
    ]);
  });

  test('has the type that it says last, and message is what every event is without one', () => {
    expect(eventsOf('event: endpoint\ndata: /x\n\ndata: y\n\n')).toEqual([
      message('/x', { event: 'endpoint' }),
      message('y'),
    ]);
    expect(eventsOf('event: message\ndata: x\n\nevent: ping\nevent\ndata: y\n\n')).toEqual([
      message('x'),
      message('y'),
    ]);
    expect(eventsOf('event: messages\ndata: x\n\n')).toEqual([message('x', { event: 'messages' })]);
  });

  test('without data is told when it has an id or a time to wait, and else is nothing', () => {
    expect(eventsOf('id: 1\n\nretry: 20\n\nevent: x\n\n\n: comment\n\n')).toEqual([
      { ...nothing, id: '1' },
      { ...nothing, retryMs: 20 },
    ]);
    expect(eventsOf('event: x\n\ndata: y\n\n')).toEqual([message('y')]);
  });

  test('with empty data is told apart from one without: so servers prime a client to resume', () => {
    expect(eventsOf('id: 1\nretry: 20\ndata: \n\n')).toEqual([message('', { id: '1', retryMs: 20 })]);
  });

  test('that is not ended when the stream ends is thrown away', () => {
    expect(read(['data: a\n\ndata: b\nid: 1\n: comment\n'])).toMatchObject({ events: [message('a')], thrownAway: 12 });
    expect(read(['data: a\n\n: comm'])).toMatchObject({ thrownAway: 0 });
    expect(read(['data: a\n\ndat'])).toMatchObject({ thrownAway: 3 });
    expect(read(['data: a\n\nnonsense: x\nda'])).toMatchObject({ thrownAway: 2 });
    expect(read(['data: a\n\n'])).toMatchObject({ thrownAway: 0 });
  });
});

describe('a field', () => {
  test('is known by its whole name, spelled just so', () => {
    expect(eventsOf('Data: a\ndat: b\ndatab: c\n data: d\ndata : e\nx\n\n')).toEqual([]);
    expect(eventsOf('eve: a\neventx: b\nidx: 1\nretr: 1\ni\nid2\ndata: x\n\n')).toEqual([message('x')]);
  });

  test('that is a comment is passed over, however long and however often it is cut', () => {
    expect(eventsOf(': a\n:\n:data: b\ndata: x\n: c', 'omment data: y', '\n\n')).toEqual([message('x')]);
    expect(eventsOf('unknown: a', 'data: y', '\ndata: x\n\n')).toEqual([message('x')]);
  });

  test('id is passed over when it holds U+0000, and clears the id when it is empty', () => {
    expect(eventsOf('id: 1\nid: a\0b\ndata: x\n\nid\ndata: y\n\nid:\n\n')).toEqual([
      message('x', { id: '1' }),
      message('y', { id: '' }),
      { ...nothing, id: '' },
    ]);
  });

  test('id is no longer than its limit, and a longer one is counted', () => {
    expect(read(['id: 12345678\n\n', 'id: 1234', '5678\n\n'], 100, 8)).toMatchObject({
      events: [
        { ...nothing, id: '12345678' },
        { ...nothing, id: '12345678' },
      ],
      longIds: 0,
    });
    expect(read(['id: 1\nid: 123456789\n\n', 'id: 1234', '567890\ndata: x\n\n'], 100, 8)).toMatchObject({
      events: [{ ...nothing, id: '1' }, message('x')],
      longIds: 2,
    });
    expect(read([`id: ${'x'.repeat(1024)}\n\nid: ${'x'.repeat(1025)}\n\n`])).toMatchObject({ longIds: 1 });
  });

  test('retry is digits alone', () => {
    const wait = (value: string): number | undefined => eventsOf(`retry: ${value}\ndata: x\n\n`)[0]?.retryMs;
    expect(['0', '007', '3000', '', '-1', '1.5', '1e3', ' 5', '5 ', '٣'].map(wait)).toEqual([
      0,
      7,
      3000,
      ...Array.from({ length: 7 }),
    ]);
    expect(wait('9'.repeat(400))).toBe(Number.MAX_SAFE_INTEGER);
    expect(eventsOf('retry: 5\nretry: x\n\n')).toEqual([{ ...nothing, retryMs: 5 }]);
  });

  test('event is cut at the limit of ids', () => {
    expect(read(['event: 123456789\ndata: x\n\n', 'event: 1234', '56789\ndata: y\n\n'], 100, 8).events).toEqual([
      message('x', { event: '12345678' }),
      message('y', { event: '12345678' }),
    ]);
  });
});

describe('a byte order mark', () => {
  const mark = [0xef, 0xbb, 0xbf];
  const rest = [...encodeText('data: x\n\n')];

  test('at the beginning of the stream is no part of it, in pieces too', () => {
    expect(read([Uint8Array.from([...mark, ...rest])]).events).toEqual([message('x')]);
    expect(read([...mark, ...rest].map((byte) => Uint8Array.of(byte))).events).toEqual([message('x')]);
    expect(read([new Uint8Array(), Uint8Array.from(mark), Uint8Array.from(rest)]).events).toEqual([message('x')]);
  });

  test('is one only when it is whole, and only there', () => {
    expect(read([Uint8Array.from([...mark.slice(0, 2), ...rest])]).events).toEqual([]);
    expect(read([Uint8Array.from([...mark, ...mark, ...rest])]).events).toEqual([]);
    expect(read([Uint8Array.from([...rest, ...mark, ...rest])]).events).toEqual([message('x')]);
    expect(read([Uint8Array.from(mark.slice(0, 2))]).thrownAway).toBe(2);
  });

  test('is expected again in the next stream, of which nothing else is known', () => {
    const events: Told[] = [];
    const reader = new SseReader(
      { eventBytesMax: 10 },
      { onEvent: (event) => events.push(told(event)), onOversize: () => expect.unreachable() },
    );
    for (const end of ['id: 1\nevent: x\nretry: 5\ndata: a\ndata: b', 'id: 1', 'da', '\r', 'data: y\n']) {
      reader.push(encodeText(end));
      reader.end();
      reader.push(Uint8Array.from([...mark, ...rest]));
      reader.end();
    }
    expect(events).toEqual(Array.from({ length: 5 }).fill(message('x')));
    reader.push(encodeText('data: x\r'));
    reader.end();
    reader.push(encodeText('\ndata: y\n\n'));
    expect(events.at(-1)).toEqual(message('y'));
  });
});

describe('the bytes of an event', () => {
  const parts = (...chunks: readonly Uint8Array[]): readonly Uint8Array[] => {
    const data: Uint8Array[] = [];
    const reader = new SseReader(
      { eventBytesMax: 100 },
      { onEvent: (event) => data.push(event.data ?? new Uint8Array()), onOversize: () => expect.unreachable() },
    );
    for (const chunk of chunks) reader.push(chunk);
    return data;
  };

  test('are parts of the chunk where they stand in one line of it', () => {
    const chunk = encodeText('event: message\nid: 1\ndata: {"a":1}\n\ndata: {}\r\n\r\n');
    const data = parts(chunk);
    expect(data.map(decodeText)).toEqual(['{"a":1}', '{}']);
    for (const part of data) expect(part.buffer).toBe(chunk.buffer);
  });

  test('are not copied either when what stands around them comes in other chunks', () => {
    const chunk = encodeText('{"a":1}');
    const data = parts(encodeText('data:'), encodeText(' '), chunk, encodeText('\n'), encodeText('\n'));
    expect(data.map(decodeText)).toEqual(['{"a":1}']);
    expect(data[0]?.buffer).toBe(chunk.buffer);
  });

  test('that were put together are not overwritten by the next', () => {
    expect(parts(...['data: a', 'a\ndata: b\n', '\ndata: c', 'c\n\n'].map(encodeText)).map(decodeText)).toEqual([
      'aa\nb',
      'cc',
    ]);
  });

  test('are counted while they are held', () => {
    const reader = new SseReader({ eventBytesMax: 10_000 }, { onEvent: () => {}, onOversize: () => {} });
    const held = (text: string): number => {
      reader.push(encodeText(text));
      return reader.bufferedBytes;
    };
    expect([held('data: 123'), held('45'), held('\ndata: 6'), held('\n'), held('\n'), held('data: 1')]).toEqual([
      3, 5, 7, 7, 0, 1,
    ]);
    expect(held('x'.repeat(50_000))).toBe(8192);
    expect(held('x'.repeat(50_000))).toBe(8192);
  });
});

describe('an event over the limit', () => {
  test('is told once with its length, its head and its tail, and what else it said; the next is whole', () => {
    const long = Array.from({ length: 4000 }, (_, index) => `${index};`).join('');
    const text = `event: x\nid: 7\ndata: ${long}\n\ndata: after\n\n`;
    for (const chunks of [[text], [text.slice(0, 9000), text.slice(9000)], text.match(/[^]{1,700}/g) ?? []]) {
      const heard = read(chunks);
      expect(heard.events).toEqual([message('after')]);
      expect(heard.oversize).toHaveLength(1);
      const [[line, event] = []] = heard.oversize;
      expect(event).toEqual({ ...nothing, event: 'x', id: '7' });
      expect(line?.totalBytes).toBe(long.length);
      expect(decodeText(line?.head ?? new Uint8Array())).toBe(long.slice(0, 4096));
      expect(decodeText(line?.tail ?? new Uint8Array())).toBe(long.slice(-4096));
    }
  });

  test('counts its lines as they are joined, and nothing but its data', () => {
    expect(read(['event: a long type\n: comment\ndata: 1234\ndata: 678\n\n'], 8)).toMatchObject({
      events: [{ data: '1234\n678' }],
    });
    expect(read(['data: 1234\ndata: 6789\n\n'], 8)).toMatchObject({ events: [], oversize: [[{ totalBytes: 9 }, {}]] });
    expect(read(['data: 12345678\n\ndata: 123456789\n\n'], 8)).toMatchObject({
      events: [{ data: '12345678' }],
      oversize: [[{ totalBytes: 9 }, {}]],
    });
  });

  test('is told at the end of the stream, if it has not ended before', () => {
    expect(read(['data: 1234', '5678'], 7)).toMatchObject({ thrownAway: 14, oversize: [[{ totalBytes: 8 }, {}]] });
    expect(read(['data: 12345678\n'], 7)).toMatchObject({ oversize: [[{ totalBytes: 8 }, {}]] });
  });

  test('tells whose message it was', () => {
    const [[line] = []] = read(
      [`data: {"result":{"a":"${'x'.repeat(9000)}"},"jsonrpc":"2.0","id":12}\n\n`],
      5000,
    ).oversize;
    expect(line && probeOversize(line)).toMatchObject({ fault: 'frame-too-large', isAnswer: true, idToken: '12' });
  });
});
