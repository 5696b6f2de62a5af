/** Streams of events: the same wherever they are cut, and what another reader of the standard hears. */

import { createParser } from 'eventsource-parser';
import { SseReader } from '../../../src/protocol/sse-read.ts';
import { decodeText, encodeText } from '../../../src/protocol/text.ts';
import { fuzzCases, inPieces } from '../fuzz-case.ts';
import { type PureTarget, broken } from '../fuzz-target.ts';

const limits = [5, 20, 100, 100_000];

function heardFrom(chunks: readonly Uint8Array[], eventBytesMax: number, idBytesMax: number): readonly string[] {
  const heard: string[] = [];
  const reader = new SseReader(
    { eventBytesMax, idBytesMax },
    {
      onEvent: ({ event, data, id, retryMs }) =>
        heard.push(JSON.stringify([event, data && decodeText(data), id, retryMs])),
      onOversize: ({ totalBytes, head, tail }, { event, id, retryMs }) =>
        heard.push(
          JSON.stringify([totalBytes, Buffer.from(head).toString('hex'), [...tail].join(), event, id, retryMs]),
        ),
    },
  );
  for (const chunk of chunks) {
    reader.push(chunk);
    if (reader.bufferedBytes > Math.max(eventBytesMax, 2 * 4096)) broken('more of an event is kept than the limit');
  }
  heard.push(JSON.stringify([reader.end(), reader.longIds]));
  return heard;
}

/** Of events with data: type, data and id. The other reader tells no others. */
function withData(heard: readonly string[]): string {
  const events = heard.map((text) => JSON.parse(text) as readonly unknown[]).filter(({ length }) => length === 4);
  return JSON.stringify(events.filter(([, data]) => data !== null).map(([event, data, id]) => [event, data, id]));
}

function heardByOther(text: string): string {
  const events: unknown[] = [];
  const parser = createParser({
    onEvent: ({ event, data, id }) => events.push([event === 'message' ? '' : (event ?? ''), data, id ?? null]),
  });
  parser.feed(text);
  return JSON.stringify(events);
}

export const sse: PureTarget = {
  name: 'sse',
  kind: 'pure',
  law: 'events are the same wherever their stream is cut, and those that another reader hears',
  cases: fuzzCases(
    [
      encodeText('event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n'),
      encodeText('\ufeffid: 17\nretry: 3000\ndata:\n\ndata: a\ndata: b\nid\n\n: alive\n\n'),
      encodeText('event: endpoint\r\ndata: /messages?id=1\r\n\r\ndata:x\rdata: ü€😀\r\r'),
      new Uint8Array(),
    ],
    [
      ...[
        '\n',
        '\r',
        '\r\n',
        '\n\n',
        ':',
        ': ',
        ' ',
        'data',
        'data: ',
        'data:',
        'event',
        'event: ping\n',
        'id',
        'id: 1',
      ],
      ...['retry', 'retry: 12\n', 'retry: -1', 'dat', 'Data:', '\u0000', '\ufeff', 'a', 'x'.repeat(17), 'ü', '😀'],
      ...['9'.repeat(30), 'i'.repeat(1030), 'message'],
    ],
  ),
  check: (fuzzCase) => {
    const { bytes, choices } = fuzzCase;
    const eventBytesMax = limits[(choices[0] ?? 0) % limits.length]!;
    const whole = heardFrom([bytes], eventBytesMax, 20).join('\n');
    if (heardFrom(inPieces(fuzzCase), eventBytesMax, 20).join('\n') !== whole)
      broken('cut in pieces the events are others');
    // The decoder takes the mark away, and we do; behind a carriage return at the end the other one waits.
    const text = new TextDecoder().decode(bytes);
    if (text.endsWith('\r')) return;
    const ours = withData(heardFrom(inPieces(fuzzCase), 1e6, 1e6));
    const others = heardByOther(text);
    if (ours !== others) broken(`another reader hears ${others}, and we ${ours}`);
  },
};
