import { describe, expect, test } from 'vitest';
import {
  type Candidate,
  type FrameOrigin,
  resolveSession,
  type ResolutionOptions,
  resolutionStrategies,
  type SessionIndex,
} from '../../src/session/resolution.ts';

const ann = { principal: 'ann', route: 'files' } as const;

function session(sessionId: string, owner: Omit<Candidate, 'sessionId'> = ann): Candidate {
  return { sessionId, ...owner };
}

/** Every key finds what the table says; one that is missing finds nothing. */
function indexOf(table: {
  readonly ids?: readonly Candidate[];
  readonly bindings?: Readonly<Record<string, Candidate>>;
  readonly requests?: ReadonlyMap<string | number, readonly Candidate[]>;
  readonly tokens?: ReadonlyMap<string | number, readonly Candidate[]>;
  readonly routeKeys?: Readonly<Record<string, readonly Candidate[]>>;
  readonly active?: readonly Candidate[];
}): SessionIndex {
  return {
    byId: (id) => table.ids?.find(({ sessionId }) => sessionId === id),
    byBinding: (binding) => table.bindings?.[binding],
    byPendingRequest: (id) => table.requests?.get(id) ?? [],
    byProgressToken: (token) => table.tokens?.get(token) ?? [],
    byRouteKey: (key) => table.routeKeys?.[key] ?? [],
    activeOf: () => table.active ?? [],
  };
}

/** A world in which every strategy finds a session of its own. */
const index = indexOf({
  ids: [session('by-header'), session('by-fallback')],
  bindings: { socket: session('by-binding') },
  requests: new Map([[1, [session('by-answer')]]]),
  tokens: new Map([['p', [session('by-token')]]]),
  routeKeys: { cookie: [session('by-route-key')] },
  active: [session('alone')],
});
const everything: FrameOrigin = {
  ...ann,
  sessionHeader: 'by-header',
  binding: 'socket',
  answers: 1,
  progressToken: 'p',
  routeKey: 'cookie',
  fallback: 'by-fallback',
};
const soleSession: ResolutionOptions = { soleSession: true };

describe('S4 a session is found', () => {
  test('by the strategies in their order: the first that has something to go by decides', () => {
    const keys = ['sessionHeader', 'binding', 'answers', 'progressToken', 'routeKey', 'fallback'] as const;
    const origin: Record<string, unknown> = { ...everything };
    const found = [resolveSession(everything, index, soleSession)];
    for (const key of keys) {
      delete origin[key];
      found.push(resolveSession({ ...ann, ...origin }, index, soleSession));
    }
    expect(found).toEqual([
      { sessionId: 'by-header', strategy: 'session-header' },
      { sessionId: 'by-binding', strategy: 'transport-binding' },
      { sessionId: 'by-answer', strategy: 'answered-request' },
      { sessionId: 'by-token', strategy: 'progress-token' },
      { sessionId: 'by-route-key', strategy: 'route-key' },
      { sessionId: 'by-fallback', strategy: 'fallback' },
      { sessionId: 'alone', strategy: 'sole-session' },
    ]);
    expect(found.map(({ strategy }) => strategy)).toEqual([...resolutionStrategies]);
  });

  test('by an id that is 0, and by a token that is empty', () => {
    const zero = indexOf({
      requests: new Map([[0, [session('a')]]]),
      tokens: new Map([['', [session('b')]]]),
    });
    expect(resolveSession({ ...ann, answers: 0 }, zero)).toEqual({ sessionId: 'a', strategy: 'answered-request' });
    expect(resolveSession({ ...ann, progressToken: '' }, zero)).toEqual({ sessionId: 'b', strategy: 'progress-token' });
  });
});

describe('what names a session that is not there', () => {
  test('is not rescued by a guess: a header, a binding and a fallback each stand for themselves', () => {
    expect(resolveSession({ ...everything, sessionHeader: 'gone' }, index, soleSession)).toEqual({
      unresolved: 'no-such-session',
      strategy: 'session-header',
    });
    const { sessionHeader: _, ...unnamed } = everything;
    expect(resolveSession({ ...unnamed, binding: 'closed' }, index, soleSession)).toEqual({
      unresolved: 'no-such-session',
      strategy: 'transport-binding',
    });
    expect(resolveSession({ ...ann, fallback: 'gone' }, index, soleSession)).toEqual({
      unresolved: 'no-such-session',
      strategy: 'fallback',
    });
  });

  test('is passed over where it is no name: an answer, a token or a cookie that nobody knows', () => {
    const { sessionHeader: _header, binding: _binding, ...unnamed } = everything;
    const stray = { ...unnamed, answers: 'unknown', progressToken: 'unknown', routeKey: 'unknown' };
    expect(resolveSession(stray, index)).toEqual({ sessionId: 'by-fallback', strategy: 'fallback' });
  });
});

describe('two candidates', () => {
  const two = [session('a'), session('b')];

  test.each<[string, FrameOrigin, SessionIndex]>([
    ['answered-request', { ...ann, answers: 1 }, indexOf({ requests: new Map([[1, two]]) })],
    ['progress-token', { ...ann, progressToken: 1 }, indexOf({ tokens: new Map([[1, two]]) })],
    ['route-key', { ...ann, routeKey: 'k' }, indexOf({ routeKeys: { k: two } })],
    ['sole-session', ann, indexOf({ active: two })],
  ])('of %s are a refusal, never a choice', (strategy, origin, ambiguous) => {
    const resolution = resolveSession({ ...origin, fallback: undefined }, ambiguous, soleSession);
    expect(resolution).toEqual({ unresolved: 'ambiguous', strategy });
  });

  test('stay a refusal when a later strategy would know', () => {
    const origin = { ...ann, answers: 1, progressToken: 'p', fallback: 'a' };
    const known = indexOf({ ids: two, requests: new Map([[1, two]]), tokens: new Map([['p', [session('a')]]]) });
    expect(resolveSession(origin, known)).toEqual({ unresolved: 'ambiguous', strategy: 'answered-request' });
  });
});

describe('another principal or another route', () => {
  const bob = { principal: 'bob', route: 'files' };
  const elsewhere = { principal: 'ann', route: 'search' };
  const anonymous = { principal: undefined, route: 'files' };

  test.each([bob, elsewhere, anonymous])('is never found by a name: %o', (owner) => {
    const foreign = indexOf({
      ids: [session('x', owner)],
      bindings: { socket: session('x', owner) },
      routeKeys: { cookie: [session('x', owner)] },
      active: [session('x', owner)],
    });
    const origins: readonly FrameOrigin[] = [
      { ...ann, sessionHeader: 'x' },
      { ...ann, binding: 'socket' },
      { ...ann, routeKey: 'cookie' },
      { ...ann, fallback: 'x' },
      ann,
    ];
    expect(origins.map((origin) => resolveSession(origin, foreign, soleSession))).toEqual(
      ['session-header', 'transport-binding', 'route-key', 'fallback', 'sole-session'].map((strategy) => ({
        unresolved: 'foreign',
        strategy,
      })),
    );
  });

  test('F7 may use the same ids and tokens: theirs are no candidates, and do not make ours ambiguous', () => {
    const shared = indexOf({
      requests: new Map([[1, [session('theirs', bob), session('ours'), session('other', elsewhere)]]]),
      tokens: new Map([[1, [session('theirs', bob)]]]),
    });
    expect(resolveSession({ ...ann, answers: 1 }, shared)).toEqual({ sessionId: 'ours', strategy: 'answered-request' });
    expect(resolveSession({ ...ann, progressToken: 1, fallback: 'none' }, shared)).toMatchObject({
      strategy: 'fallback',
    });
  });
});

describe('F12 the only active session', () => {
  test('is not guessed unless that is asked for', () => {
    expect(resolveSession(ann, index)).toEqual({ unresolved: 'nothing-known', strategy: undefined });
    expect(resolveSession(ann, index, { soleSession: false })).toEqual({
      unresolved: 'nothing-known',
      strategy: undefined,
    });
    expect(resolveSession(ann, index, soleSession)).toEqual({ sessionId: 'alone', strategy: 'sole-session' });
  });

  test("is looked for within the frame's own principal and route", () => {
    const asked: unknown[] = [];
    const listening: SessionIndex = {
      ...index,
      activeOf: (principal, route) => {
        asked.push([principal, route]);
        return [];
      },
    };
    expect(resolveSession(ann, listening, soleSession)).toEqual({
      unresolved: 'no-such-session',
      strategy: 'sole-session',
    });
    expect(asked).toEqual([['ann', 'files']]);
  });

  test('needs no principal where nobody has one', () => {
    const nobody = { principal: undefined, route: undefined };
    const open = indexOf({ active: [session('only', nobody)] });
    expect(resolveSession(nobody, open, soleSession)).toEqual({ sessionId: 'only', strategy: 'sole-session' });
  });
});
