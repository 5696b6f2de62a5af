/** What a session is like, told by tags: each is set at its threshold, and goes when it holds no longer. */
import { describe, expect, test } from 'vitest';
import { builtInTagRules } from '../../src/session/tags.ts';
import type { Playbook, PlaybookOptions, Talk, TalkOptions } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

interface Tagged extends Talk<ScriptedServer> {
  readonly play: Playbook;
  readonly tags: () => readonly string[];
  /** A request that the server answers after this long. */
  readonly exchange: (elapsedMs?: number, isError?: boolean) => void;
}

function tagged(options?: PlaybookOptions, talkOptions?: TalkOptions): Tagged {
  const play = playbook({ checksInvariants: false, ...options });
  const talk = play.open(talkOptions);
  const { client, server, session } = talk;
  let ids = 0;
  const exchange = (elapsedMs = 0, isError = false): void => {
    const id = ++ids;
    client.asks(id, 'tools/call');
    play.timePasses(elapsedMs);
    if (isError) server.answersWithError(id, -32000, 'no');
    else server.answers(id);
    server.takesAll();
    client.takesAll();
  };
  return { play, tags: () => session.snapshot().tags, exchange, ...talk };
}

describe('S9 a session is', () => {
  test('S9 long-running when it is older than five minutes', () => {
    const { play, tags, exchange } = tagged();
    play.timePasses(300_000);
    exchange();
    expect(tags()).toEqual([]);
    play.timePasses(1);
    exchange();
    expect(tags()).toEqual(['long-running']);
  });

  test('S9 long-running without anything happening', () => {
    const { play, tags } = tagged();
    play.timePasses(300_200);
    expect(tags()).toEqual(['long-running', 'idle']);
  });

  test('S9 high-volume when it had more than 1000 frames', () => {
    const { play, tags, exchange } = tagged();
    for (let frames = 0; frames < 1000; frames += 2) {
      exchange();
      play.timePasses(100);
    }
    expect(tags()).toEqual([]);
    exchange();
    expect(tags()).toEqual(['high-volume']);
    play.timePasses(30_000);
    exchange();
    expect(tags()).toEqual(['high-volume']);
  });

  test('S9 high-volume at more than 50 frames a second over ten seconds, and only so long', () => {
    const { play, tags, exchange } = tagged();
    for (let frames = 0; frames < 500; frames += 2) exchange();
    expect(tags()).toEqual([]);
    exchange();
    expect(tags()).toEqual(['high-volume']);
    play.timePasses(8_900);
    expect(tags()).toEqual(['high-volume']);
    play.timePasses(2_200);
    expect(tags()).toEqual([]);
  });

  test('S9 authenticated when it is known who the client is', () => {
    expect(tagged({}, { principal: 'alice' }).tags()).toEqual(['authenticated']);
    expect(tagged({}, {}).tags()).toEqual([]);
  });

  test('S9 error-prone when five of the last twenty requests ended otherwise than with a result', () => {
    const { tags, exchange } = tagged();
    for (let errors = 0; errors < 4; errors++) exchange(0, true);
    expect(tags()).toEqual([]);
    exchange(0, true);
    expect(tags()).toEqual(['error-prone']);
    for (let results = 0; results < 15; results++) exchange();
    expect(tags()).toEqual(['error-prone']);
    exchange();
    expect(tags()).toEqual([]);
  });

  test('S9 error-prone by timeouts, cancellations and refusals as well', () => {
    const { play, client, server, tags } = tagged({ limits: { pendingPerSession: 2 } });
    client.asks(1, 'tools/call');
    client.asks(2, 'tools/call');
    client.asks(3, 'tools/call');
    client.notifies('notifications/cancelled', { requestId: 1 });
    client.asks(2, 'tools/call');
    client.asks(4, 'tools/call');
    play.timePasses(300_000);
    expect(tags()).toEqual(expect.arrayContaining(['error-prone']));
    client.takesAll();
    server.takesAll();
  });

  test('S9 slow when more than one request in twenty takes longer than five seconds', () => {
    const { tags, exchange } = tagged();
    exchange(5_000);
    expect(tags()).toEqual([]);
    exchange(5_001);
    expect(tags()).toEqual(['slow']);
    for (let fast = 0; fast < 17; fast++) exchange();
    expect(tags()).toEqual(['slow']);
    exchange();
    expect(tags()).toEqual([]);
  });

  test('S9 idle when no frame came for a minute, until the next one', () => {
    const { play, tags, client, server } = tagged();
    client.asks(1, 'tools/call');
    play.timePasses(59_999);
    expect(tags()).toEqual([]);
    play.timePasses(101);
    expect(tags()).toEqual(['idle']);
    server.notifies('notifications/message');
    expect(tags()).toEqual([]);
    client.takesAll();
    server.takesAll();
  });

  test('S9 of large payload when a frame was larger than a mebibyte', () => {
    const { client, server, tags } = tagged();
    const frame = (bytes: number): string => {
      const head = '{"jsonrpc":"2.0","method":"notifications/roots/list_changed","params":{"pad":"';
      return `${head}${'x'.repeat(bytes - head.length - 3)}"}}`;
    };
    client.sends(frame(1024 * 1024));
    expect(tags()).toEqual([]);
    client.sends(frame(1024 * 1024 + 1));
    expect(tags()).toEqual(['large-payload']);
    server.takesAll();
  });

  test('S9 S7 saturated while more than 80 % of its limit wait', () => {
    const { client, server, tags } = tagged({ limits: { pendingPerSession: 10 } });
    for (let id = 1; id <= 8; id++) client.asks(id, 'tools/call');
    expect(tags()).toEqual([]);
    client.asks(9, 'tools/call');
    expect(tags()).toEqual(['saturated']);
    client.notifies('notifications/cancelled', { requestId: 9 });
    expect(tags()).toEqual([]);
    server.takesAll();
  });

  test('S9 whatever a label says, until it is taken off', () => {
    const { session, tags } = tagged();
    session.label('suspicious', true);
    expect(tags()).toEqual(['suspicious']);
    session.label('suspicious', false);
    expect(tags()).toEqual([]);
  });

  test('S9 what a rule of the user says, decided together with the frame that makes it so', () => {
    const seen: (readonly string[])[] = [];
    const { client, server, tags } = tagged({
      tagRules: [{ tag: 'chatty', holds: ({ frames }) => frames % 2 === 1 }],
      interceptors: [{ name: 'reads tags', intercept: ({ metadata }) => void seen.push(metadata.session_tags) }],
    });
    client.notifies('notifications/roots/list_changed');
    expect(tags()).toEqual(['chatty']);
    client.notifies('notifications/roots/list_changed');
    expect(tags()).toEqual([]);
    expect(seen).toEqual([[], ['chatty']]);
    server.takesAll();
  });
});

test('S9 each change is told to observers once, with all tags that hold', () => {
  const { play, client, server, session } = tagged({ limits: { pendingPerSession: 1 } }, { principal: 'alice' });
  client.asks(1, 'tools/call');
  server.answers(1);
  session.label('mine', true);
  session.label('mine', true);
  play.timePasses(60_100);
  const changes = play.observations.flatMap((seen) => (seen.type === 'tags-changed' ? [seen.tags] : []));
  expect(changes).toEqual([
    ['authenticated'],
    ['authenticated', 'saturated'],
    ['authenticated'],
    ['authenticated', 'mine'],
    ['authenticated', 'idle', 'mine'],
  ]);
  client.takesAll();
  server.takesAll();
});

test('S9 no rule is built in that this file does not play through', () => {
  expect(builtInTagRules.map((rule) => rule.tag)).toEqual([
    'long-running',
    'high-volume',
    'authenticated',
    'error-prone',
    'slow',
    'idle',
    'large-payload',
    'saturated',
  ]);
});

test('S9 more rules than can be kept are refused at once', () => {
  const rule = { tag: 'one of many', holds: () => false };
  expect(() => playbook({ tagRules: Array.from({ length: 23 }, () => rule) })).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION' }),
  );
  expect(() => playbook({ tagRules: Array.from({ length: 22 }, () => rule) })).not.toThrow();
});
