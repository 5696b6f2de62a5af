import { describe, expect, test } from 'vitest';
import { HeldFrame, HeldFrames } from '../../src/session/held.ts';
import type { Verdict } from '../../src/session/interception.ts';
import { blocked, forwardVerdict, frameOf, fromClient, fromServer } from './fixtures.ts';

const frame = frameOf({ method: 'notifications/progress', params: { progressToken: 1 } });

function heldFrame(ticket: number, direction = fromClient, verdict?: Verdict): HeldFrame {
  return new HeldFrame('s1', ticket, direction, frame, undefined, verdict);
}

describe('a held frame', () => {
  test('is decided when its verdict is known and its delay is over', () => {
    expect(heldFrame(1).isDecided).toBe(false);
    expect(heldFrame(1, fromClient, blocked).isDecided).toBe(true);
    expect(heldFrame(1, fromClient, forwardVerdict(frame)).isDecided).toBe(true);
    const delayed = heldFrame(1, fromClient, forwardVerdict(frame, 5));
    expect(delayed.isDecided).toBe(false);
    delayed.isDelayOver = true;
    expect(delayed.isDecided).toBe(true);
  });

  test('names its session to the timers, and begins unlinked', () => {
    const held = heldFrame(1);
    expect([held.alarmKind, held.sessionId, held.dueAt]).toEqual(['held', 's1', Infinity]);
    expect([held.alarmPrevious, held.alarmNext]).toEqual([null, null]);
  });
});

describe('the queues of held frames', () => {
  test('are one for each direction, in the order of arrival', () => {
    const frames = new HeldFrames();
    const [a, b, c] = [heldFrame(3), heldFrame(1, fromServer), heldFrame(2)];
    for (const held of [a, b, c]) frames.insert(held);
    expect([...frames.queue(fromClient).values()]).toEqual([a, c]);
    expect([...frames.queue(fromServer).values()]).toEqual([b]);
    expect([frames.first(fromClient), frames.first(fromServer)]).toEqual([a, b]);
    expect([...frames.all()]).toEqual([a, c, b]);
    expect(frames.size).toBe(3);
  });

  test('find a frame by its ticket, from either side', () => {
    const frames = new HeldFrames();
    const [a, b] = [heldFrame(1), heldFrame(2, fromServer)];
    frames.insert(a);
    frames.insert(b);
    expect([frames.find(1), frames.find(2), frames.find(3)]).toEqual([a, b, undefined]);
  });

  test('know how many bytes they hold, and a frame that is gone is subtracted once', () => {
    const frames = new HeldFrames();
    const [a, b] = [heldFrame(1), heldFrame(2, fromServer)];
    frames.insert(a);
    frames.insert(b);
    expect(frames.bytes).toBe(2 * frame.bytes.length);
    frames.remove(a);
    frames.remove(a);
    expect(frames.bytes).toBe(frame.bytes.length);
    frames.remove(b);
    expect([frames.bytes, frames.size, frames.first(fromClient)]).toEqual([0, 0, undefined]);
  });
});
