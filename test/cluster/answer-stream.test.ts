/** An answer is sent until it was received, in a window, and not for ever. */
import { describe, expect, test } from 'vitest';
import { AnswerStream } from '../../src/cluster/answer-stream.ts';
import { decodeMessage } from '../../src/cluster/message.ts';
import { PairWindow } from '../../src/cluster/pair-window.ts';
import { defaultTimes } from '../../src/cluster/settings.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { settled } from './stage.ts';

function answering({ streamBytesMax = 1000, payloadBytesMax = 10_000, framesMax = 100, queuedMax = 100 } = {}) {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const window = new PairWindow(() => ({ framesMax, bytesMax: 100_000, queuedMax }));
  const options = {
    ...{ node: 'a', clock, times: defaultTimes, streamBytesMax, payloadBytesMax },
    publish: (_address: string, bytes: Uint8Array): void => {
      const message = decodeMessage(bytes)!;
      sent.push(`${message.kind} ${message.sequence} ${decodeText(message.body)}`);
    },
  };
  const answer = new AnswerStream(options, 'node.b.answer.1', 1, 5, window);
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 300) {
      clock.advance(300);
      answer.sweep(clock.now());
    }
  };
  return { answer, sent, window, pass };
}

describe('an answer', () => {
  test('is sent again from the first part that was not received, and is over when all of it was', async () => {
    const { answer, sent, window, pass } = answering();
    await answer.write(encodeText('x'));
    await answer.write(encodeText('y'));
    answer.complete(encodeText('z'));
    expect(sent.splice(0)).toEqual(['part 0 x', 'part 1 y', 'result 2 z']);
    answer.acknowledged(1, 1);
    pass(1200);
    expect(sent.splice(0)).toEqual(['part 1 y', 'result 2 z']);
    expect(answer.isOver).toBe(false);
    answer.acknowledged(3, 3);
    expect([answer.isOver, window.frames]).toEqual([true, 0]);
    pass(5000);
    expect(sent).toEqual([]);
  });

  test('waits for its reader when too much is not taken, and asks how far it is', async () => {
    const { answer, sent, pass } = answering({ streamBytesMax: 10 });
    let hasRoom = false;
    await answer.write(encodeText('x'.repeat(10)));
    const waiting = answer.write(encodeText('y')).then(() => (hasRoom = true));
    answer.acknowledged(2, 0);
    await settled();
    expect(hasRoom).toBe(false);
    sent.length = 0;
    pass(1200);
    expect(sent).toEqual(['part 1 ']);
    answer.acknowledged(2, 1);
    await waiting;
    expect(hasRoom).toBe(true);
  });

  test('that nobody acknowledges is given up, and says so once', () => {
    const { answer, window, pass } = answering();
    let closed = 0;
    answer.onClosed(() => (closed += 1));
    void answer.write(encodeText('x'));
    pass(defaultTimes.answerKeepMs - 600);
    expect(answer.isOver).toBe(false);
    pass(1200);
    expect([answer.isOver, closed, window.frames]).toEqual([true, 1, 0]);
    answer.close();
    expect(closed).toBe(1);
  });

  test('that has nothing to say for an hour is not given up', () => {
    const { answer, pass } = answering();
    pass(3_600_000);
    expect(answer.isOver).toBe(false);
  });

  test('that is closed lets its writer go on', async () => {
    const { answer } = answering({ streamBytesMax: 1 });
    const writing = answer.write(encodeText('xy'));
    answer.close();
    await writing;
    await answer.write(encodeText('more'));
    expect(answer.isClosed).toBe(true);
  });

  test('larger than the engine carries becomes a failure', () => {
    const { answer, sent } = answering({ payloadBytesMax: 100 });
    answer.complete(encodeText('x'.repeat(100)));
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^failure 0 .*ANSWER_TOO_LARGE/);
  });

  test('whose window is full for too many becomes a failure and not a gap', () => {
    const { answer, sent } = answering({ framesMax: 1, queuedMax: 1 });
    for (const part of ['x', 'y', 'z']) void answer.write(encodeText(part));
    expect(sent[0]).toBe('part 0 x');
    expect(sent.slice(1)).toHaveLength(1);
    expect(sent[1]).toMatch(/^failure 3 .*BUSY/);
  });
});
