import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/protocol/envelope.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { InterceptorChain } from '../../src/runtime/interceptor-chain.ts';
import { Exchange } from '../../src/session/pending.ts';
import type { InterceptAction, InterceptContext, Interceptor, Verdict } from '../../src/session/interception.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { frameOf, openSession } from '../session/fixtures.ts';

const call = { id: 1, method: 'tools/call', params: { name: 'x' } };
const { record } = openSession({ id: 'here', principal: 'ann' });
const clock = new VirtualClock({ epochMs: 1_700_000_000_000 });

/** An interceptor that answers with what the function gives. */
function asked(name: string, answer: (context: InterceptContext) => unknown): Interceptor {
  return { name, intercept: (context) => answer(context) as InterceptAction };
}

function decide(interceptors: readonly Interceptor[], frame: Frame = frameOf(call)) {
  return new InterceptorChain(interceptors, clock).decide(record, 'client-to-server', frame, 12);
}

function decideNow(interceptors: readonly Interceptor[], frame?: Frame): Verdict {
  const verdict = decide(interceptors, frame);
  if ('settled' in verdict) throw new Error('The verdict is still to come');
  return verdict;
}

async function decideLater(interceptors: readonly Interceptor[], frame?: Frame): Promise<Verdict> {
  const verdict = decide(interceptors, frame);
  if (!('settled' in verdict)) throw new Error('The verdict was there at once');
  return verdict.settled;
}

/** What goes on, as text. */
const forwarded = (verdict: Verdict): string =>
  verdict.kind === 'forward' ? decodeText(verdict.frame.bytes) : verdict.kind;

const circle: Record<string, unknown> = {};
circle['self'] = circle;

test('what was said along with a message is said along with what it is modified to', () => {
  const frame = { ...frameOf(call), aside: { token: 't' } };
  const rename = {
    name: 'rename',
    intercept: () => ({ action: 'modify', message: { jsonrpc: '2.0', ...call, a: 1 } }),
  };
  const verdict = decideNow([rename as Interceptor], frame);
  expect(verdict).toMatchObject({ kind: 'forward', frame: { aside: { token: 't' }, envelope: { id: call.id } } });
});

describe('a chain', () => {
  test('without interceptors is empty and lets everything pass', () => {
    const frame = frameOf(call);
    expect(new InterceptorChain([], clock).isEmpty).toBe(true);
    expect(decideNow([], frame)).toEqual({ kind: 'forward', frame, delayMs: 0, steps: [], isAside: false });
  });

  test('asks in order, and each step is kept', () => {
    const order: string[] = [];
    const say = (name: string): Interceptor => asked(name, () => void order.push(name));
    const verdict = decideNow([say('a'), say('b'), say('c')]);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(verdict.steps).toEqual(['a', 'b', 'c'].map((interceptor) => ({ interceptor, action: 'continue' })));
  });

  test('ends with the first that refuses or answers', () => {
    const never = asked('never', () => {
      throw new Error('was asked');
    });
    expect(decideNow([asked('wall', () => ({ action: 'block' })), never])).toMatchObject({
      kind: 'refuse',
      refusal: { code: 'BLOCKED' },
    });
    expect(decideNow([asked('stub', () => ({ action: 'mock', result: 7 })), never])).toMatchObject({
      kind: 'answer',
      body: { result: 7 },
    });
  });

  test('adds up delays', () => {
    const wait = (delayMs: number): Interceptor => asked('wait', () => ({ action: 'delay', delayMs }));
    expect(decideNow([wait(100), wait(50)]).delayMs).toBe(150);
    expect(decideNow([wait(100), asked('wall', () => ({ action: 'block' }))]).delayMs).toBe(100);
  });

  test('shows each what the one before has made of the message, and forwards the last of it', () => {
    const add = (word: string): Interceptor =>
      asked(word, ({ message }) => ({
        action: 'modify',
        message: { ...message, params: { ...(message['params'] as object), [word]: 1 } },
      }));
    const verdict = decideNow([add('a'), add('b')]);
    expect(JSON.parse(forwarded(verdict))).toEqual({ jsonrpc: '2.0', ...call, params: { name: 'x', a: 1, b: 1 } });
    expect(verdict.steps.map(({ action }) => action)).toEqual(['modify', 'modify']);
  });

  test('of which one answers later is awaited, from there on', async () => {
    const early = asked('early', () => undefined);
    const late = asked('late', () => Promise.resolve({ action: 'delay', delayMs: 5 }));
    const verdict = decide([early, late, asked('last', () => ({ action: 'block' }))]);
    if (!('settled' in verdict)) throw new Error('The verdict was there at once');
    expect(verdict.deliberation).toMatchObject({ interceptor: 'late', steps: [{ interceptor: 'early' }] });
    expect(await verdict.settled).toMatchObject({
      kind: 'refuse',
      delayMs: 5,
      steps: [
        { interceptor: 'early', action: 'continue' },
        { interceptor: 'late', action: 'delay' },
        { interceptor: 'last', action: 'block' },
      ],
    });
    expect(verdict.deliberation.interceptor).toBe('last');
  });
});

describe('what an interceptor is shown', () => {
  test('S8 is the message and the session around it', () => {
    let seen: InterceptContext | undefined;
    decideNow([asked('curious', (context) => void (seen = context))]);
    expect(seen).toMatchObject({
      kind: 'request',
      method: 'tools/call',
      direction: 'client-to-server',
      sessionId: 'here',
      transportType: 'in-memory',
      frameId: 12,
      timestamp: 1_700_000_000_000,
    });
    expect(seen!.message).toEqual({ jsonrpc: '2.0', ...call });
    expect(JSON.parse(JSON.stringify(seen!.metadata))).toEqual({
      frame_count: 0,
      session_duration_ms: 0,
      session_tags: [],
      session_state: 'initializing',
      pending_count: 0,
      principal: 'ann',
    });
  });

  test('S8 costs nothing while it is not read: the bytes go on as they came', () => {
    const bytes = encodeText('{"jsonrpc":"2.0",  "id":1,"method":"x"}');
    const frame = readMessage(bytes) as Frame;
    const verdict = decideNow([asked('blind', ({ method, kind }) => void (method + kind))], frame);
    expect(verdict.kind === 'forward' && verdict.frame).toBe(frame);
  });

  test('goes on as it was read: a key that stands there twice means one thing to everybody', () => {
    const frame = readMessage(encodeText('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":1,"a":2}}')) as Frame;
    const verdict = decideNow([asked('reader', ({ message }) => void message)], frame);
    expect(forwarded(verdict)).toBe('{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":2}}');
  });

  test('keeps its kind and id even when somebody changes it in place', () => {
    const vandal = asked('vandal', ({ message }) => void ((message as Record<string, unknown>)['id'] = 99));
    expect(JSON.parse(forwarded(decideNow([vandal])))).toEqual({ jsonrpc: '2.0', ...call });
  });
});

describe('what an interceptor says', () => {
  test('may be a code and a text of its own for a block', () => {
    const verdict = decideNow([asked('wall', () => ({ action: 'block', code: 4711, message: 'Not today' }))]);
    expect(verdict).toMatchObject({
      kind: 'refuse',
      refusal: { code: 'BLOCKED', data: { interceptor: 'wall' }, number: 4711, message: 'Not today' },
    });
  });

  test('may be an error as a mocked answer', () => {
    const error = { code: 1, message: 'no', data: { why: 'because' } };
    expect(decideNow([asked('stub', () => ({ action: 'mock', error }))])).toMatchObject({
      kind: 'answer',
      body: { error },
    });
  });

  test('may be a mocked answer that says nothing', () => {
    expect(decideNow([asked('stub', () => ({ action: 'mock', result: undefined }))])).toMatchObject({
      kind: 'answer',
      body: { result: undefined },
    });
  });

  const nonsense: readonly [string, unknown][] = [
    ['a number', 7],
    ['null', null],
    ['a list of nonsense', ['block']],
    ['an unknown action', { action: 'dance' }],
    ['a modification without a message', { action: 'modify' }],
    ['a modification to a list', { action: 'modify', message: [] }],
    ['a negative delay', { action: 'delay', delayMs: -1 }],
    ['an endless delay', { action: 'delay', delayMs: Infinity }],
    ['a delay that is no number', { action: 'delay', delayMs: '5' }],
    ['a block with a code that is no integer', { action: 'block', code: 1.5 }],
    ['a block with a text that is none', { action: 'block', message: 7 }],
    ['a mock of nothing', { action: 'mock' }],
    ['a mocked error without a code', { action: 'mock', error: { message: 'no' } }],
    ['a mocked error that is a text', { action: 'mock', error: 'no' }],
    [
      'an action that throws when it is read',
      {
        get action() {
          throw new Error('hands off');
        },
      },
    ],
    ['a message with another id', { action: 'modify', message: { jsonrpc: '2.0', ...call, id: 2 } }],
    ['a message of another kind', { action: 'modify', message: { jsonrpc: '2.0', method: 'tools/call' } }],
    ['a message that is none', { action: 'modify', message: { hello: 'world' } }],
    ['a message that is a circle', { action: 'modify', message: circle }],
    ['a message with a number too large for JSON', { action: 'modify', message: { ...call, big: 1n } }],
    ['a mocked circle', { action: 'mock', result: circle }],
    ['a mocked function', { action: 'mock', result: () => 1 }],
    ['a mocked error with a circle in it', { action: 'mock', error: { code: 1, message: 'no', data: circle } }],
  ];

  test.each(nonsense)('S6 fails the frame when it is %s, at once or later', async (_what, action) => {
    const failed = { kind: 'refuse', refusal: { code: 'INTERCEPTOR_FAILED', data: { interceptor: 'odd' } } };
    expect(decideNow([asked('odd', () => action)])).toMatchObject(failed);
    const later = await decideLater([asked('odd', async () => action)]);
    expect(later).toMatchObject(failed);
    expect(later.steps.at(-1)).toEqual({ interceptor: 'odd', action: 'failed' });
  });

  test.each([
    ['an error', new Error('boom'), 'boom'],
    ['a text', 'boom', 'boom'],
    ['something without a name', Object.create(null), 'it threw something that is no error'],
    ['a long complaint', new Error('x'.repeat(1000)), 'x'.repeat(500)],
  ])('S6 fails the frame when it throws %s, at once or later', async (_what, thrown: unknown, reason) => {
    const data = { interceptor: 'odd', reason };
    const verdict = decideNow([
      asked('odd', () => {
        throw thrown;
      }),
    ]);
    expect(verdict).toMatchObject({ kind: 'refuse', refusal: { code: 'INTERCEPTOR_FAILED', data } });
    // What is not an Error can be thrown all the same.
    const later = await decideLater([
      asked('odd', async () => {
        throw thrown;
      }),
    ]);
    expect(later).toMatchObject({ kind: 'refuse', refusal: { code: 'INTERCEPTOR_FAILED', data } });
  });

  test('S6 of a message that it made unspeakable in place is not forwarded: the original is', async () => {
    const spoil = ({ message }: InterceptContext): void => void Object.assign(message, { big: 1n });
    expect(JSON.parse(forwarded(decideNow([asked('odd', spoil)])))).toEqual({ jsonrpc: '2.0', ...call });
    expect(JSON.parse(forwarded(await decideLater([asked('odd', async (context) => spoil(context))])))).toEqual({
      jsonrpc: '2.0',
      ...call,
    });
  });

  test('cannot be an answer to a notification', () => {
    const note = frameOf({ method: 'notifications/message' });
    expect(decideNow([asked('stub', () => ({ action: 'mock', result: 1 }))], note)).toMatchObject({
      kind: 'refuse',
      refusal: { code: 'INTERCEPTOR_FAILED', data: { reason: 'a notification has no answer to mock' } },
    });
  });

  test('may change an answer, which keeps its id', () => {
    const response = frameOf({ id: 'a', result: { secret: 1 } });
    const redact = asked('redact', ({ message }) => ({ action: 'modify', message: { ...message, result: {} } }));
    expect(JSON.parse(forwarded(decideNow([redact], response)))).toEqual({ jsonrpc: '2.0', id: 'a', result: {} });
  });
});

describe('what an interceptor may read without parsing', () => {
  const nameIn = (text: string): { readonly name: string; readonly sent: string } => {
    let name = '';
    const read = readMessage(encodeText(text)) as Frame;
    const verdict = decideNow([asked('looks', (context) => void (name = context.name))], read);
    return { name, sent: forwarded(verdict) };
  };

  test('is the name, which leaves the bytes as they are', () => {
    const text = '{"jsonrpc":"2.0", "id":1,"method":"tools/call","params":{"name":"x"}}';
    expect(nameIn(text)).toEqual({ name: 'x', sent: text });
    const none = '{"jsonrpc":"2.0", "id":1,"method":"tools/call"}';
    expect(nameIn(none)).toEqual({ name: '', sent: none });
  });

  test('is not a name that is said twice: that is read as a whole, and goes on as it was read', () => {
    const text = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"bad","name":"good"}}';
    const sent = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"good"}}';
    expect(nameIn(text)).toEqual({ name: 'good', sent });
  });

  test('is the size, and the headers of the exchange that brought it', () => {
    const seen: unknown[] = [];
    const looks = asked('looks', (context) => void seen.push(context.bytes, context.header('x-team')));
    decideNow([looks]);
    expect(seen).toEqual([frameOf(call).bytes.length, undefined]);
    const exchange = new Exchange((name) => (name === 'x-team' ? 'red' : undefined));
    const reads = asked('reads', (context) => void seen.push(context.header('x-team'), context.header('x-none')));
    void new InterceptorChain([reads], clock).decide(record, 'client-to-server', frameOf(call), 1, exchange);
    expect(seen.slice(2)).toEqual(['red', undefined]);
  });
});

describe('a source', () => {
  test('is asked with each frame who is to be asked about it, and fails the frame alone', () => {
    const asks: string[] = [];
    const chain = new InterceptorChain(
      {
        interceptorsFor: ({ sessionId, metadata }) => {
          asks.push(`${sessionId} ${metadata.principal}`);
          if (asks.length === 2) throw new Error('no rules');
          return [asked('wall', () => ({ action: 'block' }))];
        },
      },
      clock,
    );
    expect(chain.isEmpty).toBe(false);
    const decided = () => chain.decide(record, 'client-to-server', frameOf(call), 1);
    expect(decided()).toMatchObject({ refusal: { code: 'BLOCKED', data: { interceptor: 'wall' } } });
    expect(decided()).toMatchObject({ refusal: { code: 'INTERCEPTOR_FAILED', data: { reason: 'no rules' } } });
    expect(asks).toEqual(['here ann', 'here ann']);
  });

  test('may say that there is nobody to be asked, and later that there is', () => {
    const source = { isEmpty: true, interceptorsFor: () => [] };
    const chain = new InterceptorChain(source, clock);
    expect(chain.isEmpty).toBe(true);
    source.isEmpty = false;
    expect(chain.isEmpty).toBe(false);
  });
});
