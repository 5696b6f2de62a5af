/** The session that a visitor drives: what each button comes to. */
import { describe, expect, test } from 'vitest';
import { type LiveAct, LiveSession } from '../../../site/play/live-session.ts';

const acts: readonly LiveAct[] = [
  'initialize',
  'request',
  'cancel',
  'reply',
  'close',
  'answer',
  'fail',
  'progress',
  'ask',
  'crash',
  'second',
  'timeout',
];

function driven(...done: readonly LiveAct[]): LiveSession {
  const session = new LiveSession(0);
  for (const act of done) {
    expect([act, session.can(act)]).toEqual([act, true]);
    session.do(act);
  }
  return session;
}

const states = ({ events }: LiveSession): readonly string[] =>
  events.filter(({ from, to }) => from !== to).map(({ to }) => to);
const outcomes = ({ events }: LiveSession): readonly string[] =>
  events.flatMap(({ settled = [] }) => settled.map(({ method, outcome }) => `${method} ${outcome}`));
const now = (session: LiveSession) => session.viewAt(session.events.length - 1)!.snapshot;

describe('a session of one’s own', () => {
  test('shakes hands, carries calls and ends when what waits is answered', () => {
    const session = driven('initialize', 'answer', 'request', 'request', 'answer', 'close', 'fail');
    expect(states(session)).toEqual(['active.serving', 'shuttingDown', 'closed']);
    expect(outcomes(session)).toEqual(['initialize result', 'tools/call result', 'tools/call error']);
    expect(session.isOver).toBe(true);
    expect(acts.filter((act) => session.can(act))).toEqual([]);
    expect(session.events.every(({ problem }) => problem === undefined)).toBe(true);
  });

  test('loses its server, answers for it, and goes on with the next one', () => {
    const session = driven('initialize', 'answer', 'request', 'crash', 'request', 'timeout', 'answer', 'answer');
    expect(states(session)).toEqual(['active.serving', 'active.recovering', 'active.serving']);
    expect(outcomes(session)).toEqual(['initialize result', 'tools/call upstream-lost', 'tools/call result']);
  });

  test('that loses its server too often has failed', () => {
    const lost = Array.from({ length: 3 }, (): readonly LiveAct[] => ['crash', 'timeout', 'answer']).flat();
    const session = driven('initialize', 'answer', ...lost, 'crash');
    expect(now(session)).toMatchObject({ state: 'failed', endReason: 'upstream-exhausted' });
  });

  test('runs into deadlines on a clock that waits for nobody', () => {
    const session = driven('initialize', 'answer', 'request', 'timeout');
    expect(outcomes(session)).toContain('tools/call timeout');
    expect(now(session).tags).toContain('idle');
    expect(session.events.at(-1)!.at).toBeGreaterThan(300_000);
  });

  test('can be cancelled, hears of progress, and is asked', () => {
    const session = driven('initialize', 'answer', 'request', 'progress', 'ask');
    expect(now(session).pending.map(({ method }) => method)).toEqual(['tools/call', 'sampling/createMessage']);
    for (const act of ['reply', 'cancel'] as const) session.do(act);
    expect(outcomes(session)).toEqual(['initialize result', 'sampling/createMessage result', 'tools/call cancelled']);
    expect(session.can('answer')).toBe(false);
  });

  test('says of a call before the handshake that it comes too early', () => {
    const session = driven('request');
    expect(now(session).state).toBe('initializing');
    expect(session.events.at(-1)!.problem?.text).toContain('before the handshake');
    expect(session.viewAt(session.events.length)).toBeUndefined();
  });

  test('can be looked at as it was after each event, with what was said', () => {
    const session = driven('initialize', 'answer', 'request', 'crash');
    expect(session.events.map((_, index) => session.viewAt(index)!.snapshot.state)).toEqual(
      session.events.map(({ to }) => to),
    );
    const asked = session.events.find(({ frame }) => frame?.method === 'tools/call')!;
    expect(JSON.parse(session.bodyOf(asked.seq)!)).toMatchObject({ method: 'tools/call', params: { name: 'echo' } });
  });
});
