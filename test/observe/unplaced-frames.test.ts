import { expect, test } from 'vitest';
import { UnplacedFrames } from '../../src/observe/unplaced-frames.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { answer, fromClient, notification, request } from '../session/fixtures.ts';

const ended = (event: SessionEvent, at = 5) => ({ type: 'ended', sessionId: 's9', at, event }) as const;

test('a message without a session is kept as what it was, with the rule that it breaks', () => {
  const frames = new UnplacedFrames();
  const fault = { fault: 'not-json', reason: 'no', expectsAnswer: true, isAnswer: false, idToken: undefined } as const;
  frames.note(ended(request(1, 'tools/call', { secret: 'x' })));
  frames.note(ended(answer('a')));
  frames.note(ended(notification('notifications/x')));
  frames.note(ended({ type: 'frame.malformed', at: 0, direction: fromClient, fault, bytes: 7 }));
  frames.note({ type: 'foreign', sessionId: 's1', at: 6, direction: fromClient, bytes: 9 });
  expect(frames.newest().map(({ what, id }) => [what, id])).toEqual([
    ['request tools/call', 1],
    ['response', 'a'],
    ['notification notifications/x', undefined],
    ['not a message', undefined],
    ['message', undefined],
  ]);
  const [first, , , , foreign] = frames.newest();
  expect(first).toMatchObject({ at: 5, sessionId: 's9', direction: fromClient });
  expect(first?.problem.spec).toBe('https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#shutdown');
  expect(foreign?.problem).toEqual({ text: 'The session belongs to somebody else: nothing of this was told to it' });
  expect(JSON.stringify(frames.newest())).not.toContain('secret');
});

test('a message for a session that nobody knows is one', () => {
  const frames = new UnplacedFrames();
  frames.note({ type: 'unknown', sessionId: 'x', at: 1, said: request(3, 'ping').frame });
  expect(frames.newest()).toMatchObject([{ what: 'request ping', id: 3, sessionId: 'x', direction: fromClient }]);
});

test('so is a stream that is asked for of such a session, and its end', () => {
  const frames = new UnplacedFrames();
  for (const said of ['GET', 'DELETE'] as const)
    frames.note({ type: 'unknown', sessionId: 'x'.repeat(100), at: 1, said });
  expect(frames.newest()).toMatchObject(
    ['GET for its stream', 'DELETE of the session'].map((what) => ({
      what,
      bytes: 0,
      sessionId: 'x'.repeat(64),
      direction: fromClient,
      problem: { spec: expect.stringMatching(/#session-management$/) as string },
    })),
  );
});

test('of what is no message nobody is told', () => {
  const frames = new UnplacedFrames();
  frames.note(ended({ type: 'session.ticked', at: 0 }));
  expect([frames.count, frames.newest()]).toEqual([0, []]);
});

test('the last hundred are kept, and all are counted', () => {
  const frames = new UnplacedFrames();
  let told = 0;
  const stop = frames.watch(() => told++);
  for (let id = 1; id <= 150; id++) frames.note(ended(request(id, 'ping')));
  expect([frames.count, frames.newest().length, frames.newest()[0]?.id, told]).toEqual([150, 100, 51, 150]);
  stop();
  frames.note(ended(request(151, 'ping')));
  expect(told).toBe(150);
});
