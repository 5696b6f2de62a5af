/** What interceptors are shown, what they may do to a frame, and what becomes of one that fails. */
import { describe, expect, test } from 'vitest';
import type { InterceptAction, InterceptContext, Interceptor } from '../../src/session/interception.ts';
import { failure, request, result } from '../../src/testing/messages.ts';
import type { Playbook, PlaybookOptions, Talk } from '../../src/testing/playbook.ts';
import type { ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { playbook } from './conversation.ts';

type Intercept = Interceptor['intercept'];

interface Intercepted extends Talk<ScriptedServer> {
  readonly play: Playbook;
}

/** A session whose frames of the client (`up`) and the server (`down`) are intercepted. */
function intercepted(up: Intercept, down: Intercept = () => undefined, options: PlaybookOptions = {}): Intercepted {
  const interceptor: Interceptor = {
    name: 'the rule',
    intercept: (context) => (context.direction === 'client-to-server' ? up(context) : down(context)),
  };
  const play = playbook({ interceptors: [interceptor], ...options });
  return { play, ...play.open() };
}

const always =
  (action: InterceptAction): Intercept =>
  () =>
    action;
const pass: Intercept = () => undefined;

describe('an interceptor', () => {
  test('S8 is shown the message, its way, and the session around it', () => {
    const seen: Omit<InterceptContext, 'header'>[] = [];
    const play = playbook({
      epochMs: 1_800_000_000_000,
      interceptors: [{ name: 'looks', intercept: (context) => void seen.push(structuredCloneOf(context)) }],
    });
    const { client, server, handshake } = play.open({ principal: 'alice', route: '/mcp', transportType: 'stdio' });
    handshake();
    client.asks(1, 'tools/call', { name: 'echo' });
    server.receivesRequest(1, 'tools/call', { name: 'echo' });
    play.timePasses(500);
    server.answers(1);
    client.receivesResult(1);
    expect(seen.at(-2)).toEqual({
      kind: 'request',
      method: 'tools/call',
      name: 'echo',
      message: request(1, 'tools/call', { name: 'echo' }),
      bytes: 71,
      direction: 'client-to-server',
      sessionId: 's1',
      transportType: 'stdio',
      frameId: 4,
      claims: {},
      timestamp: 1_800_000_000_000,
      metadata: {
        frame_count: 3,
        session_duration_ms: 0,
        session_tags: ['authenticated'],
        session_state: 'active.serving',
        pending_count: 0,
        protocol_version: '2025-11-25',
        client_name: 'test-client',
        server_name: 'test-server',
        principal: 'alice',
        route: '/mcp',
      },
    });
    expect(seen.at(-1)).toMatchObject({
      kind: 'response',
      method: '',
      message: result(1),
      direction: 'server-to-client',
      frameId: 5,
      timestamp: 1_800_000_000_500,
      metadata: { frame_count: 4, session_duration_ms: 500, pending_count: 1 },
    });
  });

  test('S8 sees the same names in metadata that the API shows', () => {
    const names: string[][] = [];
    const play = playbook({
      interceptors: [{ name: 'looks', intercept: ({ metadata }) => void names.push(namesOf(metadata)) }],
    });
    const { handshake, session } = play.open({ principal: 'alice', route: '/mcp' });
    handshake();
    expect(names.at(-1)).toEqual([
      'frame_count',
      'session_duration_ms',
      'session_tags',
      'session_state',
      'pending_count',
      'protocol_version',
      'client_name',
      'server_name',
      'principal',
      'route',
    ]);
    expect(namesOf(session.metadata())).toEqual(names.at(-1));
  });

  test('S8 that reads nothing costs the frame nothing: its bytes go on as they came', () => {
    const { client, server } = intercepted(() => ({ action: 'continue' }));
    client.sends('{ "method":"ping", "id": 1, "jsonrpc":"2.0" }');
    server.receives('{ "method":"ping", "id": 1, "jsonrpc":"2.0" }');
  });

  test('that read the message lets go on what it has read: a name that came twice means one thing to all', () => {
    const { client, server } = intercepted(({ message }) => void message['params']);
    client.sends('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"harmless","name":"harmful"}}');
    server.receives('{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"harmful"}}');
  });

  test('is asked about every frame of both peers, in order, and the next one after it', () => {
    const asked: string[] = [];
    const named = (name: string): Interceptor => ({
      name,
      intercept: ({ message, frameId }) =>
        void asked.push(`${frameId} ${name} ${(message['method'] as string | undefined) ?? 'answer'}`),
    });
    const { client, server } = playbook({ interceptors: [named('a'), named('b')] }).open();
    client.asks(1, 'ping');
    server.answers(1);
    server.notifies('notifications/message');
    expect(asked).toEqual([
      '1 a ping',
      '1 b ping',
      '2 a answer',
      '2 b answer',
      '3 a notifications/message',
      '3 b notifications/message',
    ]);
    client.takesAll();
    server.takesAll();
  });
});

describe('a request may be', () => {
  test('continued, by the word or by saying nothing', () => {
    const { client, server } = intercepted(({ message }) => (message['id'] === 1 ? { action: 'continue' } : undefined));
    client.asks(1, 'ping');
    client.asks(2, 'ping');
    server.receivesRequest(1, 'ping');
    server.receivesRequest(2, 'ping');
  });

  test('modified: the next interceptor and the server see the new message', () => {
    const seen: unknown[] = [];
    const rename: Interceptor = {
      name: 'renames',
      intercept: ({ message }) => ({ action: 'modify', message: { ...message, params: { name: 'safe' } } }),
    };
    const looks: Interceptor = { name: 'looks', intercept: ({ message }) => void seen.push(message['params']) };
    const { client, server } = playbook({ interceptors: [rename, looks] }).open();
    client.asks(1, 'tools/call', { name: 'dangerous' });
    server.receivesRequest(1, 'tools/call', { name: 'safe' });
    expect(seen).toEqual([{ name: 'safe' }]);
  });

  test('blocked: it is refused with 4030, and nobody after that is asked', () => {
    const asked: unknown[] = [];
    const blocks: Interceptor = { name: 'the guard', intercept: always({ action: 'block' }) };
    const late: Interceptor = { name: 'late', intercept: ({ frameId }) => void asked.push(frameId) };
    const { client, server, counts, session } = playbook({ interceptors: [blocks, late] }).open();
    client.asks(1, 'tools/call');
    client.receives(
      failure(1, 4030, 'An interceptor blocked the message', { code: 'BLOCKED', interceptor: 'the guard' }),
    );
    server.receivesNothing();
    expect(asked).toEqual([]);
    expect(counts('outcome.refused', 'blocked')).toEqual({ 'outcome.refused': 1, blocked: 1 });
    expect(session.snapshot().pending).toEqual([]);
  });

  test('blocked in the rule’s own words, which win', () => {
    const { client } = intercepted(always({ action: 'block', code: -32001, message: 'Not on a Sunday' }));
    client.asks(1, 'tools/call');
    client.receives(failure(1, -32001, 'Not on a Sunday', { code: 'BLOCKED', interceptor: 'the rule' }));
  });

  test('mocked: the answer is the rule’s, and the server never hears of it', () => {
    const { client, server, counts } = intercepted(({ message }) =>
      message['id'] === 1
        ? { action: 'mock', result: { tools: [] } }
        : { action: 'mock', error: { code: -32601, message: 'no', data: [1] } },
    );
    client.asks(1, 'tools/list');
    client.asks(2, 'tools/list');
    client.receivesResult(1, { tools: [] });
    client.receives(failure(2, -32601, 'no', [1]));
    server.receivesNothing();
    expect(counts('outcome.result', 'outcome.error')).toEqual({ 'outcome.result': 1, 'outcome.error': 1 });
  });

  test('delayed, by the sum of what interceptors ask for, and then still blocked', () => {
    const slow: Interceptor = { name: 'slow', intercept: always({ action: 'delay', delayMs: 300 }) };
    const strict: Interceptor = {
      name: 'strict',
      intercept: ({ message }) => (message['id'] === 2 ? { action: 'block' } : undefined),
    };
    const play = playbook({ interceptors: [slow, { ...slow, name: 'slower' }, strict] });
    const { client, server } = play.open();
    client.asks(1, 'tools/list');
    client.asks(2, 'tools/list');
    play.timePasses(599);
    server.receivesNothing();
    play.timePasses(100);
    server.receivesRequest(1, 'tools/list');
    client.receivesError(2, 4030, { code: 'BLOCKED', interceptor: 'strict' });
  });
});

describe('an answer may be', () => {
  function answered(down: Intercept): Intercepted {
    const talk = intercepted(pass, down);
    talk.client.asks(1, 'tools/call');
    talk.server.receivesRequest(1, 'tools/call');
    talk.server.answers(1, { secret: 'x' });
    return talk;
  }

  test('modified', () => {
    const { client, counts } = answered(({ message }) => ({
      action: 'modify',
      message: { ...message, result: { secret: '***' } },
    }));
    client.receivesResult(1, { secret: '***' });
    expect(counts('outcome.result', 'modified')).toEqual({ 'outcome.result': 1, modified: 1 });
  });

  test('modified into an error, and is one then', () => {
    const { client, counts } = answered(({ message }) => ({
      action: 'modify',
      message: { jsonrpc: '2.0', id: message['id'], error: { code: 1, message: 'no' } },
    }));
    client.receives(failure(1, 1, 'no'));
    expect(counts('outcome.result', 'outcome.error')).toEqual({ 'outcome.result': 0, 'outcome.error': 1 });
  });

  test('blocked: the requester is refused, and what the server said goes no further', () => {
    const { client, counts } = answered(always({ action: 'block' }));
    client.receivesError(1, 4030, { code: 'BLOCKED', interceptor: 'the rule' });
    expect(counts('outcome.refused', 'outcome.result')).toEqual({ 'outcome.refused': 1, 'outcome.result': 0 });
  });

  test('mocked: its content is the rule’s', () => {
    answered(always({ action: 'mock', result: { clean: true } })).client.receivesResult(1, { clean: true });
    answered(always({ action: 'mock', error: { code: 7, message: 'gone' } })).client.receives(failure(1, 7, 'gone'));
  });

  test('delayed: its request waits on, and the others do not', () => {
    const { play, client, server, session } = answered(({ message }) =>
      message['id'] === 1 ? { action: 'delay', delayMs: 1000 } : undefined,
    );
    expect(session.snapshot().pending).toMatchObject([{ id: 1, state: 'answering' }]);
    client.asks(2, 'tools/list');
    server.receivesRequest(2, 'tools/list');
    server.answers(2);
    client.receivesResult(2);
    play.timePasses(1100);
    client.receivesResult(1, { secret: 'x' });
  });
});

describe('a notification may be', () => {
  test('modified, blocked or delayed, but not answered', () => {
    const { play, client, server, counts } = intercepted(({ message }) => {
      switch (message['method']) {
        case 'x/modify':
          return { action: 'modify', message: { ...message, params: { seen: true } } };
        case 'x/block':
          return { action: 'block' };
        case 'x/delay':
          return { action: 'delay', delayMs: 100 };
        default:
          return { action: 'mock', result: {} };
      }
    });
    client.notifies('x/modify');
    client.notifies('x/block');
    client.notifies('x/mock');
    client.notifies('x/delay');
    server.receivesNotification('x/modify', { seen: true });
    server.receivesNothing();
    play.timePasses(200);
    server.receivesNotification('x/delay');
    client.receivesNothing();
    expect(counts('dropped', 'modified')).toEqual({ dropped: 2, modified: 1 });
  });
});

describe('a question of the server', () => {
  test('may be blocked or mocked like any other', () => {
    const { client, server } = intercepted(pass, ({ message }) =>
      message['method'] === 'sampling/createMessage' ? { action: 'block' } : { action: 'mock', result: { roots: [] } },
    );
    server.asks(1, 'sampling/createMessage');
    server.asks(2, 'roots/list');
    server.receivesError(1, 4030, { code: 'BLOCKED', interceptor: 'the rule' });
    server.receivesResult(2, { roots: [] });
    client.receivesNothing();
  });
});

describe('S6 an interceptor that fails', () => {
  const failed = (reason: unknown): object => ({ code: 'INTERCEPTOR_FAILED', interceptor: 'the rule', reason });

  test.each<[string, () => unknown, string]>([
    ['throws', () => thrown(new Error('out of luck')), 'out of luck'],
    ['throws a text', () => thrown('just text'), 'just text'],
    ['returns a number', () => 5, 'it returned no known action'],
    ['returns null', () => null, 'it returned no known action'],
    ['returns an action nobody knows', () => ({ action: 'explode' }), 'it returned no known action'],
    ['modifies into nothing', () => ({ action: 'modify' }), 'it returned no known action'],
    [
      'modifies the id',
      () => ({ action: 'modify', message: request(2, 'tools/call') }),
      'the modified message has another kind or id, or is no message',
    ],
    [
      'modifies the kind',
      () => ({ action: 'modify', message: { jsonrpc: '2.0', id: 1, result: {} } }),
      'the modified message has another kind or id, or is no message',
    ],
    ['delays for ever', () => ({ action: 'delay', delayMs: Infinity }), 'it returned no known action'],
    ['delays backwards', () => ({ action: 'delay', delayMs: -1 }), 'it returned no known action'],
    ['blocks with half a code', () => ({ action: 'block', code: 1.5 }), 'it returned no known action'],
    ['mocks an error without text', () => ({ action: 'mock', error: { code: 1 } }), 'it returned no known action'],
    ['mocks nothing', () => ({ action: 'mock' }), 'it returned no known action'],
  ])('S6 because it %s fails the frame and nothing else', (_case, intercept, reason) => {
    let isBroken = true;
    const { client, server, counts, session } = intercepted(() => (isBroken ? (intercept() as undefined) : undefined));
    client.asks(1, 'tools/call');
    client.receivesError(1, 5000, failed(reason));
    server.receivesNothing();
    expect(counts('outcome.refused', 'interceptorFailures')).toEqual({ 'outcome.refused': 1, interceptorFailures: 1 });
    isBroken = false;
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    expect(session.snapshot().pending).toMatchObject([{ id: 1 }]);
  });

  test('S6 later than at once does so in the same way', async () => {
    const { play, client, server } = intercepted(async () => {
      await Promise.resolve();
      throw new Error('second thoughts');
    });
    client.asks(1, 'tools/call');
    await play.promisesSettle();
    client.receivesError(1, 5000, failed('second thoughts'));
    server.receivesNothing();
  });

  test('S6 over an answer leaves the requester with an error, not without one', () => {
    const { client, server } = intercepted(pass, () => thrown(new Error('indigestible')));
    client.asks(1, 'tools/call');
    server.receivesRequest(1, 'tools/call');
    server.answers(1);
    client.receivesError(1, 5000, failed('indigestible'));
  });

  test('S6 because it is too slow fails the frame when its time is over, and says who it was', async () => {
    const quick: Interceptor = { name: 'quick', intercept: always({ action: 'continue' }) };
    const hangs: Interceptor = { name: 'hangs', intercept: () => new Promise(() => {}) };
    const play = playbook({ interceptors: [quick, hangs], traces: true });
    const { client, server, counts, session } = play.open();
    client.asks(1, 'tools/call');
    await play.promisesSettle();
    play.timePasses(4_999);
    client.receivesNothing();
    play.timePasses(100);
    client.receivesError(1, 5000, { code: 'INTERCEPTOR_FAILED', interceptor: 'hangs', reason: 'too slow' });
    server.receivesNothing();
    expect(counts('outcome.refused', 'interceptorFailures')).toEqual({ 'outcome.refused': 1, interceptorFailures: 1 });
    expect(session.snapshot()).toMatchObject({ pending: [], held: [] });
    expect(play.log.lines('trace').find((line) => 'interceptors' in line.fields)?.fields).toMatchObject({
      event: 'frame.decided',
      frameId: 1,
      interceptors: [
        { interceptor: 'quick', action: 'continue' },
        { interceptor: 'hangs', action: 'failed' },
      ],
    });
  });

  test('S6 and then decides after all has decided nothing: its frame is gone', async () => {
    let decide: (action: InterceptAction) => void = () => {};
    const decided = new Promise<InterceptAction>((resolve) => {
      decide = resolve;
    });
    const { play, client, server, counts } = intercepted(() => decided, pass, { times: { interceptorMs: 1000 } });
    client.asks(1, 'tools/call');
    play.timePasses(1100);
    client.receivesError(1, 5000, failed('too slow'));
    decide({ action: 'mock', result: 'too late' });
    await play.promisesSettle();
    client.receivesNothing();
    server.receivesNothing();
    expect(counts('outcome.refused', 'outcome.result')).toEqual({ 'outcome.refused': 1, 'outcome.result': 0 });
  });

  test('S6 by a clock that is not the frame’s: time that passes in the chain is one time for the whole of it', async () => {
    const waits: Interceptor = { name: 'waits', intercept: () => Promise.resolve({ action: 'continue' }) };
    const hangs: Interceptor = { name: 'hangs', intercept: () => new Promise(() => {}) };
    const play = playbook({ interceptors: [waits, hangs] });
    const { client } = play.open();
    client.asks(1, 'tools/call');
    play.timePasses(4_000);
    await play.promisesSettle();
    play.timePasses(1_100);
    client.receivesError(1, 5000, { code: 'INTERCEPTOR_FAILED', interceptor: 'hangs', reason: 'too slow' });
  });
});

describe('the trace', () => {
  test('S8 tells of each frame what every interceptor decided, at once or later', async () => {
    const play = playbook({
      traces: true,
      interceptors: [
        { name: 'a', intercept: always({ action: 'delay', delayMs: 0 }) },
        {
          name: 'b',
          intercept: ({ message }) =>
            message['id'] === 2 ? Promise.resolve({ action: 'block' } as const) : { action: 'continue' },
        },
      ],
    });
    const { client, server } = play.open();
    client.asks(1, 'ping');
    client.asks(2, 'ping');
    await play.promisesSettle();
    server.receivesRequest(1, 'ping');
    client.receivesError(2, 4030, { code: 'BLOCKED', interceptor: 'b' });
    const told = play.log.lines('trace').flatMap(({ fields }) => {
      const { event, frameId, interceptors } = fields;
      return interceptors === undefined ? [] : [{ event, frameId, interceptors }];
    });
    expect(told).toEqual([
      {
        event: 'frame.request',
        frameId: 1,
        interceptors: [
          { interceptor: 'a', action: 'delay' },
          { interceptor: 'b', action: 'continue' },
        ],
      },
      {
        event: 'frame.decided',
        frameId: 2,
        interceptors: [
          { interceptor: 'a', action: 'delay' },
          { interceptor: 'b', action: 'block' },
        ],
      },
    ]);
  });
});

const namesOf = (metadata: object): string[] => Object.keys(JSON.parse(JSON.stringify(metadata)) as object);

function thrown(error: unknown): never {
  throw error;
}

/** A context is a view of the session as it is now; what it showed is kept. */
function structuredCloneOf(context: InterceptContext): Omit<InterceptContext, 'header'> {
  const { kind, method, name, message, bytes, direction, sessionId, transportType, frameId, timestamp } = context;
  const { metadata, claims } = context;
  return structuredClone({
    kind,
    method,
    name,
    message,
    bytes,
    direction,
    sessionId,
    transportType,
    frameId,
    timestamp,
    claims,
    metadata: JSON.parse(JSON.stringify(metadata)) as InterceptContext['metadata'],
  });
}
