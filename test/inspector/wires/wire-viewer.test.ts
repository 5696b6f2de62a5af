import { describe, expect, test } from 'vitest';
import { statelyWire } from '../../../src/inspector/wires/stately.ts';
import { type WireViewerOptions, WireViewer } from '../../../src/inspector/wires/wire-viewer.ts';
import { xstateInspectWire } from '../../../src/inspector/wires/xstate-inspect.ts';
import { type SpokenSessions, spokenSessions as spoken } from './spoken-sessions.ts';

const limits = { sessionsMax: 3, eventsPerTurnMax: 10, unreadBytesMax: 1000, behindMsMax: 5_000 };

interface Told {
  readonly type: string;
  readonly sessionId: string;
  readonly name?: string;
  readonly event?: { readonly type: string };
  readonly snapshot?: {
    readonly status: string;
    readonly value: unknown;
    readonly tags: readonly string[];
    readonly context: Readonly<Record<string, unknown>>;
  };
}

/** A viewer of Stately's wire whose messages are read when a test looks. */
function watch(sessions: SpokenSessions, options: Partial<WireViewerOptions> = {}) {
  const texts: string[] = [];
  let unread = 0;
  const viewer = new WireViewer({
    wire: statelyWire,
    source: sessions.source,
    clock: sessions.clock,
    write: (text) => texts.push(text),
    unreadBytes: () => unread,
    limits,
    ...options,
  });
  /** What a turn has told. */
  const turn = (): readonly Told[] => {
    viewer.turn();
    return texts.splice(0).map((text) => JSON.parse(text) as Told);
  };
  return { viewer, turn, leaveUnread: (bytes: number) => (unread = bytes) };
}

const line = ({ type, sessionId, event, snapshot }: Told): string =>
  [type.replace('@xstate.', ''), sessionId, event?.type, snapshot && JSON.stringify(snapshot.value)]
    .filter((part) => part !== undefined)
    .join(' ');

const ofSessions = (told: readonly Told[]): readonly string[] =>
  told.filter(({ sessionId }) => !sessionId.startsWith('ninelives')).map(line);

const ofProcess = (told: readonly Told[]): Readonly<Record<string, unknown>> | undefined =>
  told.findLast(({ sessionId }) => sessionId === 'ninelives-42')?.snapshot?.context;

describe('a viewer on a foreign wire', () => {
  test('that comes late is told the process, and every session as it is', () => {
    const sessions = spoken();
    sessions.open().handshake();
    sessions.open();
    const told = watch(sessions).turn();
    expect(told[0]).toMatchObject({ type: '@xstate.actor', name: 'ninelives', sessionId: 'ninelives-42' });
    expect(ofSessions(told)).toEqual([
      'actor 00000001-aaaa {"active":"serving"}',
      'actor 00000002-aaaa "initializing"',
    ]);
    expect(told[1]?.snapshot?.tags).toEqual(['open', 'ready']);
    const context = told[1]?.snapshot?.context ?? {};
    expect(context).toMatchObject({ frames: 3, protocolVersion: '2025-11-25' });
    expect(Object.values(context['counts'] as object)).not.toContain(0);
  });

  test('is told every event from then on, the state after each, and the end', () => {
    const sessions = spoken();
    const { turn } = watch(sessions);
    turn();
    const talk = sessions.open();
    expect(ofSessions(turn())).toEqual([
      'actor 00000001-aaaa "initializing"',
      'event 00000001-aaaa upstream.ready',
      'snapshot 00000001-aaaa upstream.ready "initializing"',
    ]);
    talk.handshake();
    expect(ofSessions(turn())).toEqual([
      'event 00000001-aaaa frame.request',
      'snapshot 00000001-aaaa frame.request "initializing"',
      'event 00000001-aaaa frame.response',
      'snapshot 00000001-aaaa frame.response {"active":"serving"}',
      'event 00000001-aaaa frame.notification',
      'snapshot 00000001-aaaa frame.notification {"active":"serving"}',
    ]);
    talk.session.close();
    const told = turn();
    expect(ofSessions(told)).toEqual([
      'event 00000001-aaaa session.close',
      'snapshot 00000001-aaaa session.close "closed"',
      'event 00000001-aaaa session.ended',
      'snapshot 00000001-aaaa session.ended "closed"',
    ]);
    expect(told.findLast(({ sessionId }) => sessionId === '00000001-aaaa')?.snapshot?.status).toBe('done');
    expect(turn()).toEqual([]);
  });

  test('is told nothing where nothing has happened', () => {
    const sessions = spoken();
    sessions.open();
    const { turn } = watch(sessions);
    turn();
    expect(turn()).toEqual([]);
  });

  test('on the classic wire is told nothing before it asks, and everything again when it asks again', () => {
    const sessions = spoken();
    sessions.open().handshake();
    const { viewer, turn } = watch(sessions, { wire: xstateInspectWire });
    const types = (): readonly string[] => turn().map(({ type }) => type);
    expect(types()).toEqual([]);
    viewer.hear('{"type":"xstate.inspecting"}');
    const first = types();
    expect(first.filter((type) => type === 'service.register')).toHaveLength(2);
    expect(types()).toEqual([]);
    viewer.hear('{"type":"xstate.inspecting"}');
    expect(types()).toEqual(first);
  });

  test('of one session hears of no other', () => {
    const sessions = spoken();
    sessions.open();
    const { turn } = watch(sessions, { sessionId: '00000002-aaaa-4bbb-8ccc-dddddddddddd' });
    expect(ofSessions(turn())).toEqual([]);
    sessions.open().handshake();
    expect(new Set(turn().map(({ sessionId }) => sessionId))).toEqual(new Set(['ninelives-42', '00000002-aaaa']));
  });

  test('never sees the whole id of a session, or a body', () => {
    const sessions = spoken();
    const talk = sessions.open();
    talk.ask(1, 'x'.repeat(5000));
    const { viewer, turn } = watch(sessions);
    const text = JSON.stringify(turn());
    expect(text).not.toContain('4bbb-8ccc');
    expect(text.length).toBeLessThan(20_000);
    expect(viewer.turn()).toBe(true);
  });
});

describe('a viewer that cannot follow', () => {
  test('misses the oldest events of a turn, is told how many, and where every session is', () => {
    const sessions = spoken();
    const talk = sessions.open();
    talk.handshake();
    const { turn } = watch(sessions);
    turn();
    for (let id = 1; id <= 20; id++) talk.exchange(id);
    const told = turn();
    expect(told.filter(({ type }) => type === '@xstate.event')).toHaveLength(limits.eventsPerTurnMax);
    expect(ofProcess(told)).toMatchObject({ eventsDropped: 30 });
    expect(ofSessions(told).at(-1)).toBe('snapshot 00000001-aaaa ninelives.missed {"active":"serving"}');
  });

  test('hears of a session that ended while it missed events that it has stopped', () => {
    const sessions = spoken(5);
    const gone = sessions.open();
    const { turn } = watch(sessions);
    turn();
    gone.session.close();
    const other = sessions.open();
    other.handshake();
    for (let id = 1; id <= 5; id++) other.exchange(id);
    const told = turn();
    const last = told.findLast(({ sessionId }) => sessionId === '00000001-aaaa');
    expect(last).toMatchObject({ event: { type: 'xstate.stop' }, snapshot: { status: 'stopped' } });
    expect(ofSessions(told)[0]).toMatch(/^actor 00000002-aaaa/);
  });

  test('is written nothing until it has read, and is given up when it does not', () => {
    const sessions = spoken();
    const { viewer, turn, leaveUnread } = watch(sessions);
    turn();
    leaveUnread(1001);
    sessions.open();
    expect(turn()).toEqual([]);
    sessions.clock.advance(4_999);
    expect(viewer.turn()).toBe(true);
    leaveUnread(0);
    expect(ofSessions(turn())[0]).toBe('actor 00000001-aaaa "initializing"');
    leaveUnread(1001);
    expect(viewer.turn()).toBe(true);
    sessions.clock.advance(5_000);
    expect(viewer.turn()).toBe(false);
  });

  test('is told of so many sessions and of how many more there are; who ends makes room', () => {
    const sessions = spoken();
    const talks = [1, 2, 3, 4, 5].map(() => sessions.open());
    const { turn } = watch(sessions);
    expect(ofProcess(turn())).toMatchObject({ sessionsTold: 3, sessionsUntold: 2 });
    talks[0]!.session.close();
    turn();
    talks[4]!.handshake();
    expect(ofSessions(turn())[0]).toBe('actor 00000005-aaaa "initializing"');
  });
});
