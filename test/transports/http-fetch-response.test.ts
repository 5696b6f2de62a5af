import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { FetchResponse } from '../../src/transports/http-fetch-response.ts';

const kibibyte = 1024;

/** A response, and what happened to it. */
class Stage {
  readonly clock = new VirtualClock();
  overs = 0;
  told = 0;
  taken = 0;
  readonly response = new FetchResponse(this.clock, () => {
    this.overs++;
  });

  constructor() {
    this.response.owner = {
      responseClosed: () => {
        this.told++;
      },
    };
    this.response.onTaken(() => {
      this.taken++;
    });
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function readerOf(stage: Stage): Promise<Reader> {
  const { body } = await stage.response.answer;
  return body!.getReader() as Reader;
}

/** Reads so many bytes, and no further. */
async function takes(reader: Reader, bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes;) {
    const { value } = await reader.read();
    taken += value?.length ?? bytes;
  }
}

describe('a response that is said at once', () => {
  test('has its status, its headers and its body', async () => {
    const stage = new Stage();
    stage.response.pageOrigin = 'http://a';
    stage.response.begin(404, ['X-A', '1', 'X-A', '2', 'Vary', 'X']);
    stage.response.endShort([encodeText('{'), encodeText('é}')]);
    const answer = await stage.response.answer;
    expect([answer.status, await answer.text()]).toEqual([404, '{é}']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-a': '1, 2',
      vary: 'X, Origin',
      'access-control-allow-origin': 'http://a',
    });
    expect([stage.overs, stage.told]).toEqual([1, 0]);
  });

  test('may have no body, where none may be', async () => {
    const stage = new Stage();
    stage.response.begin(204, []);
    stage.response.end();
    const answer = await stage.response.answer;
    expect([answer.status, answer.body]).toEqual([204, null]);
  });
});

describe('a response that is a stream', () => {
  test('is there before anything is said, and says what is written in turn', async () => {
    const stage = new Stage();
    stage.response.begin(200, ['Content-Type', 'text/event-stream']);
    stage.response.flushHeaders();
    const answer = await stage.response.answer;
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    for (const text of ['a', 'b']) stage.response.write(encodeText(text));
    stage.response.end(encodeText('c'));
    expect([await answer.text(), stage.overs]).toEqual(['abc', 1]);
  });

  test('P16 knows how much is not taken, and when it was', async () => {
    const stage = new Stage();
    stage.response.begin(200, []);
    stage.response.write(new Uint8Array(8 * kibibyte));
    expect(stage.response.untakenBytes).toBe(0);
    stage.response.write(new Uint8Array(300 * kibibyte));
    expect(stage.response.untakenBytes).toBe(308 * kibibyte);
    const before = stage.taken;
    const reader = await readerOf(stage);
    await takes(reader, 8 * kibibyte);
    expect([stage.response.untakenBytes, stage.taken]).toEqual([300 * kibibyte, before]);
    await takes(reader, 300 * kibibyte);
    expect([stage.response.untakenBytes, stage.taken > before]).toEqual([0, true]);
  });

  test('that has ended is over when the rest was taken but a little', async () => {
    const stage = new Stage();
    stage.response.begin(200, []);
    stage.response.write(new Uint8Array(100 * kibibyte));
    stage.response.end();
    expect([stage.overs, stage.response.untakenBytes]).toEqual([0, 100 * kibibyte]);
    const reader = await readerOf(stage);
    await takes(reader, 100 * kibibyte);
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    expect([stage.overs, stage.response.untakenBytes, stage.told]).toEqual([1, 0, 0]);
  });

  test('P16 is cut off when nothing is taken for a while, and not while something is', async () => {
    const stage = new Stage();
    stage.response.begin(200, []);
    stage.response.write(new Uint8Array(300 * kibibyte));
    const reader = await readerOf(stage);
    stage.response.cutOffAfter(10);
    stage.clock.advance(9);
    await takes(reader, 64 * kibibyte);
    stage.clock.advance(1);
    expect(stage.response.destroyed).toBe(false);
    stage.clock.advance(10);
    expect([stage.response.destroyed, stage.told, stage.overs, stage.clock.pending]).toEqual([true, 1, 1, 0]);
    await expect(reader.read()).rejects.toThrow('cut off');
  });

  test('is not cut off once all was taken', async () => {
    const stage = new Stage();
    stage.response.begin(200, []);
    stage.response.write(new Uint8Array(30 * kibibyte));
    stage.response.cutOffAfter(10);
    await takes(await readerOf(stage), 30 * kibibyte);
    stage.clock.advance(100);
    expect([stage.response.destroyed, stage.clock.pending]).toEqual([false, 0]);
  });

  test('whose client has left just ends for whoever reads on', async () => {
    const stage = new Stage();
    stage.response.begin(200, []);
    stage.response.write(encodeText('a'));
    const reader = await readerOf(stage);
    stage.response.clientGone();
    expect([await reader.read(), await reader.read()]).toMatchObject([{ done: false }, { done: true }]);
    expect([stage.told, stage.overs, stage.response.destroyed]).toEqual([1, 1, true]);
  });

  test('whose reader cancels it has lost its client, once', async () => {
    const stage = new Stage();
    stage.response.begin(200, []);
    stage.response.write(new Uint8Array(30 * kibibyte));
    const reader = await readerOf(stage);
    await reader.cancel();
    stage.response.write(encodeText('nobody hears this'));
    stage.response.end();
    stage.response.destroy();
    expect([stage.told, stage.overs, stage.response.destroyed, stage.response.untakenBytes]).toEqual([1, 1, true, 0]);
  });
});

test('a client that leaves before anything is said leaves nobody waiting', async () => {
  const stage = new Stage();
  stage.response.clientGone();
  stage.response.begin(200, []);
  stage.response.end(encodeText('{}'));
  const answer = await stage.response.answer;
  expect([answer.status, answer.body, stage.told, stage.overs]).toEqual([499, null, 1, 1]);
});
