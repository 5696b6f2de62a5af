import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isOver, type Pair, pair, type PairOptions, reportsTo, textOf } from './websocket-peers.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const kibibyte = 1024;

/** A connection on which both sides listen. */
async function talking(options: PairOptions): Promise<Pair> {
  const talk = await pair(options);
  talk.link.start(reportsTo(talk.told));
  return talk;
}

/** Asks the peer something, so that everything written before has been heard when this is over. */
async function untilHeard({ link, heard }: Pair, text = 'last'): Promise<void> {
  link.write([bytes(text)]);
  await heard.until((all) => all.includes(`text ${text}`));
}

describe.each(['server', 'client'] as const)('a link that is the %s', (ours) => {
  test('carries each message as one text frame, whole and unchanged', async () => {
    const talk = await talking({ ours });
    const { link, told, peer } = talk;
    link.write([bytes('{"id":1,'), bytes('"result":\n{}}')]);
    peer.send('{"id":1,\r\n"method":"ping"}');
    peer.send('{"in', { fin: false });
    peer.send('', { fin: false });
    peer.send(' parts"}', { fin: true });
    await told.until((all) => all.length === 2);
    expect(told.all).toEqual(['message {"id":1,\r\n"method":"ping"}', 'message {"in parts"}']);
    await untilHeard(talk);
    expect(talk.heard.all).toEqual(['text {"id":1,"result":\n{}}', 'text last']);
  });

  test('does not change what it was given, nor what it has handed on', async () => {
    const { link, told, peer, heard } = await pair({ ours, frameBytesMax: 100_000 });
    const kept: Uint8Array[] = [];
    link.start({ ...reportsTo(told), message: (message) => kept.push(message) && told.tell('message') });
    const given = bytes('{"given":true}');
    link.write([given]);
    const said = Array.from({ length: 300 }, (_, index) => `${index}`.repeat(1 + (index % 200)));
    for (const text of said) peer.send(text);
    await told.until((all) => all.length === said.length);
    await heard.until((all) => all.length === 1);
    expect(kept.map(textOf)).toEqual(said);
    expect(textOf(given)).toBe('{"given":true}');
  });

  test('is not read before it is started, and tells its end even then', async () => {
    const { link, told, peer } = await pair({ ours });
    peer.send('early');
    link.pause(false);
    await manyTurns();
    link.start(reportsTo(told));
    await told.until((all) => all.includes('message early'));

    const other = await pair({ ours });
    other.link.terminate();
    await other.heard.until(isOver);
    other.link.start(reportsTo(other.told));
    await other.told.until(isOver);
    expect(other.told.all).toEqual(['closed 1006']);
  });

  test('takes a message of exactly the limit, and says whose a longer one was', async () => {
    const talk = await talking({ ours, frameBytesMax: 5000 });
    const { told, peer } = talk;
    const sized = (id: number, size: number): string => {
      const head = `{"jsonrpc":"2.0","id":${id},"method":"m","params":"`;
      return `${head}${'x'.repeat(size - head.length - 2)}"}`;
    };
    peer.send(sized(1, 5000));
    peer.send(sized(2, 5001));
    peer.send(`{"result":"${'x'.repeat(9000)}","jsonrpc":"2.0","id":"at the end"}`);
    peer.send(sized(3, 100));
    await told.until((all) => all.length === 4);
    expect(told.all.map((line) => line.slice(0, 40).trim())).toEqual([
      `message ${sized(1, 5000)}`.slice(0, 40),
      'frame-too-large 2 5001',
      'frame-too-large "at the end" 9047',
      `message ${sized(3, 100)}`.slice(0, 40),
    ]);
    await untilHeard(talk);
  });

  test('ends with 1009 where a message is so long that it is not read at all', async () => {
    const { told, peer, heard } = await talking({ ours, frameBytesMax: 500 });
    peer.send('x'.repeat(1001));
    peer.send('nobody hears this');
    await told.until(isOver);
    expect(told.all).toEqual([
      'frame-too-large of nobody 0',
      'leaving: Max payload size exceeded',
      'closed 1006 Max payload size exceeded',
    ]);
    await heard.until(isOver);
    expect(heard.all).toEqual(['closed 1009']);
  });

  test('ends with 1003 on a binary frame, once whoever sent it could be told', async () => {
    const { link, told, peer, heard } = await pair({ ours });
    const events = reportsTo(told);
    link.start({
      ...events,
      unreadable: (fault, size) => {
        events.unreadable(fault, size);
        link.write([bytes('an error')]);
      },
    });
    peer.send(Buffer.from('{}'));
    peer.send('{"nobody":"hears this"}');
    await told.until(isOver);
    const reason = 'MCP is spoken in text frames, and this one was binary.';
    expect(told.all).toEqual(['invalid-message of nobody 2', `leaving: ${reason}`, `closed 1003 ${reason}`]);
    await heard.until(isOver);
    expect(heard.all).toEqual(['text an error', `closed 1003 ${reason}`]);
  });

  test('ends with 1007 on text that is not UTF-8', async () => {
    const { told, peer, heard } = await talking({ ours });
    peer.send(Buffer.from([0x7b, 0xff, 0x7d]), { binary: false });
    await told.until(isOver);
    const reason = 'Invalid WebSocket frame: invalid UTF-8 sequence';
    expect(told.all).toEqual(['invalid-utf8 of nobody 0', `leaving: ${reason}`, `closed 1006 ${reason}`]);
    await heard.until(isOver);
    expect(heard.all).toEqual(['closed 1007']);
  });

  test('ends with 1002 on what is no frame', async () => {
    const { told, peer, heard } = await talking({ ours });
    // To a server this frame lacks its mask, and to a client it has one.
    peer.send('x', { mask: ours === 'client' });
    await told.until(isOver);
    const reason = `Invalid WebSocket frame: MASK must be ${ours === 'client' ? 'clear' : 'set'}`;
    expect(told.all).toEqual([`leaving: ${reason}`, `closed 1006 ${reason}`]);
    await heard.until(isOver);
    expect(heard.all).toEqual(['closed 1002']);
  });

  test('tells how the peer ended, in its words', async () => {
    const { told, peer, clock } = await talking({ ours });
    peer.send('goodbye');
    peer.close(1001, 'moving');
    await told.until(isOver);
    expect(told.all).toEqual(['message goodbye', 'closed 1001 moving']);
    expect(clock.pending).toBe(0);

    const silent = await talking({ ours });
    silent.peer.close();
    await silent.told.until(isOver);
    expect(silent.told.all).toEqual(['closed 1005']);
  });

  test('that breaks is closed once, and takes what is written afterwards as if nothing were', async () => {
    const { link, told, peer, clock } = await talking({ ours });
    peer.terminate();
    await told.until(isOver);
    expect(link.write([bytes('too late')])).toBe(true);
    link.pause(true);
    link.pause(false);
    link.close('too late');
    link.terminate();
    await new Promise(setImmediate);
    expect(told.all).toEqual(['closed 1006']);
    expect(clock.pending).toBe(0);
  });
});

describe('a peer that reads slowly', () => {
  test('is written to until 64 KiB wait, and again when it has read everything', async () => {
    const talk = await talking({ ours: 'server' });
    const { link, told, peer, heard } = talk;
    const message = [Buffer.alloc(10 * kibibyte, 'x')];
    peer.pause();
    let written = 1;
    while (link.write(message)) written += 1;
    // Whoever writes all the same is not refused; the runtime counts what waits.
    expect([link.write(message), told.all]).toEqual([false, []]);
    peer.resume();
    await told.until((all) => all.includes('drained'));
    expect(link.write([bytes('goes on')])).toBe(true);
    await heard.until((all) => all.includes('text goes on'));
    expect(heard.all).toHaveLength(written + 2);
    expect(told.all).toEqual(['drained']);
  });

  test('that goes away while much waits is closed, and drains nothing', async () => {
    const { link, told, peer } = await talking({ ours: 'server' });
    peer.pause();
    // More than the kernels take, so that it cannot be gone by itself.
    for (let index = 0; index < 200; index += 1) link.write([Buffer.alloc(100 * kibibyte, 'x')]);
    peer.terminate();
    await told.until(isOver);
    await new Promise(setImmediate);
    expect(told.all).toEqual(['closed 1006']);
  });

  test('still reads what was written before the end', async () => {
    const { link, told, peer, heard } = await talking({ ours: 'server' });
    peer.pause();
    let written = 1;
    while (link.write([Buffer.alloc(10 * kibibyte, 'x')])) written += 1;
    link.close('done');
    peer.resume();
    await heard.until(isOver);
    expect(heard.all).toHaveLength(written + 1);
    expect(heard.all.at(-1)).toBe('closed 1000 done');
    await told.until(isOver);
    expect(told.all).toEqual(['closed 1000 done']);
  });
});

describe('a link that is paused', () => {
  test('reads no more, so that its peer cannot get rid of what it says, and loses nothing', async () => {
    const { link, told, peer } = await talking({ ours: 'server', frameBytesMax: 100_000 });
    link.pause(true);
    const sent = 400;
    for (let index = 0; index < sent; index += 1) peer.send(`${index} `.padEnd(64 * kibibyte, 'x'));
    // What both kernels and one read hold is less than half of it.
    await stillness(() => peer.bufferedAmount);
    expect(peer.bufferedAmount).toBeGreaterThan((sent / 2) * 64 * kibibyte);
    expect(told.all).toEqual([]);
    link.pause(false);
    await told.until((all) => all.length === sent);
    expect(told.all.map((line) => parseInt(line.slice('message '.length), 10))).toEqual([...Array(sent).keys()]);
  });

  test('before it is started stays so until it is told to go on', async () => {
    const { link, told, peer } = await pair({ ours: 'server' });
    link.pause(true);
    link.start(reportsTo(told));
    peer.send('said');
    await manyTurns();
    expect(told.all).toEqual([]);
    link.pause(false);
    await told.until((all) => all.length === 1);
  });

  test('ends as any other', async () => {
    const { link, told, peer, heard } = await talking({ ours: 'server' });
    link.pause(true);
    peer.send('never heard');
    link.close('the session ended');
    link.pause(true);
    await told.until(isOver);
    await heard.until(isOver);
    expect([told.all, heard.all]).toEqual([['closed 1000 the session ended'], ['closed 1000 the session ended']]);
  });
});

describe('the end of a link', () => {
  test.each([
    ['short', 'short'],
    ['', ''],
    ['ä'.repeat(100), 'ä'.repeat(61)],
    [`${'x'.repeat(121)}€`, 'x'.repeat(121)],
  ])('is explained in as many whole characters as there is room for: %s', async (reason, heardReason) => {
    const { link, heard } = await talking({ ours: 'server' });
    link.close(reason, 4001);
    await heard.until(isOver);
    expect(heard.all).toEqual([`closed 4001 ${heardReason}`.trimEnd()]);
  });

  test('does not wait longer than its time for a peer that does not agree', async () => {
    const { link, told, peer, clock } = await talking({ ours: 'server', closeTimeoutMs: 3000 });
    peer.pause();
    link.close('the session ended');
    clock.advance(2999);
    expect(told.all).toEqual([]);
    clock.advance(1);
    await told.until(isOver);
    expect(told.all).toEqual(['closed 1006']);
    expect(clock.pending).toBe(0);
  });
});

describe('P14 a connection on which nobody speaks', () => {
  test('is pinged every 25 seconds, and lives on without a single pong', async () => {
    const { told, heard, peer, clock } = await talking({ ours: 'server', peer: { autoPong: false } });
    clock.advance(24_999);
    for (let beat = 1; beat <= 40; beat += 1) {
      clock.advance(25_000);
      await heard.until((all) => all.length === beat);
    }
    peer.send('still here');
    await told.until((all) => all.length === 1);
    expect(told.all).toEqual(['message still here']);
  });

  test('is not pinged while something waits to be read', async () => {
    const talk = await talking({ ours: 'server', heartbeatMs: 1000 });
    const { link, heard, peer, clock } = talk;
    peer.pause();
    for (let index = 0; index < 200; index += 1) link.write([Buffer.alloc(100 * kibibyte, 'x')]);
    clock.advance(100_000);
    peer.resume();
    await untilHeard(talk);
    expect(heard.all).not.toContain('ping');
  });
});

test('messages of any kind arrive in order and whole, in however many parts they come', async () => {
  const { told, peer } = await talking({ ours: 'server', frameBytesMax: 1_000_000 });
  const message = fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
      told.all.length = 0;
      for (const parts of messages) {
        parts.forEach((part, index) =>
          peer.send(Buffer.from(part), { binary: false, fin: index === parts.length - 1 }),
        );
      }
      await told.until((all) => all.length === messages.length);
      expect(told.all).toEqual(messages.map((parts) => `message ${parts.join('')}`));
    }),
    { numRuns: 100 },
  );
});

/** So long that what was sent would have arrived, if anybody read it. */
async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
}

/** Waits until a number has not changed while many turns of the event loop passed: what could flow has flowed. */
async function stillness(read: () => number): Promise<void> {
  let before = Number.NaN;
  for (let still = 0; still < 2000;) {
    await new Promise(setImmediate);
    const now = read();
    still = now === before ? still + 1 : 0;
    before = now;
  }
}
