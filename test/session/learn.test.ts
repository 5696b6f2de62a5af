import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/protocol/envelope.ts';
import { decodeText } from '../../src/protocol/text.ts';
import { rememberedOf } from '../../src/session/learn.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import {
  answer,
  decide,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  request,
} from './fixtures.ts';

const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: { sampling: {} },
  clientInfo: { name: 'inspector', version: '1' },
};
const welcome = {
  protocolVersion: '2025-06-18',
  capabilities: { tools: {}, logging: {} },
  serverInfo: { name: 'everything', version: '2' },
};
const failure = { error: { code: 1, message: 'no' } };

function parsed(frame: Frame | undefined): unknown {
  return frame && JSON.parse(decodeText(frame.bytes));
}

/** Asks and answers. */
function exchange(record: SessionRecord, method: string, params: object, how: Parameters<typeof answer>[1] = {}): void {
  receive(record, request(1, method, params));
  receive(record, answer(1, how));
}

describe('what is remembered of a request until its answer comes', () => {
  test('is its frame, of the methods whose answer does not say what was agreed', () => {
    const methods = [
      'initialize',
      'logging/setLevel',
      'resources/subscribe',
      'resources/unsubscribe',
      'tasks/result',
      'tasks/cancel',
      'tasks/get',
      'tools/call',
      'ping',
    ];
    const remembered = methods.filter((method) => rememberedOf(request(1, method)) !== undefined);
    expect(remembered).toEqual(methods.slice(0, 6));
    const asked = methods.filter((method) => rememberedOf(request(1, method, {}, { from: fromServer })) !== undefined);
    expect(asked).toEqual(['tasks/result', 'tasks/cancel']);
  });

  test.each([
    ['resources/subscribe', 16 * 1024],
    ['tasks/result', 16 * 1024],
    ['logging/setLevel', 16 * 1024],
    ['initialize', 256 * 1024],
  ])('is bounded: %s up to %i bytes', (method, bytesMax) => {
    const bare = request(1, method, { padding: '' }).frame.bytes.length;
    const padded = (bytes: number) => request(1, method, { padding: 'x'.repeat(bytes - bare) });
    expect(rememberedOf(padded(bytesMax))?.bytes.length).toBe(bytesMax);
    expect(rememberedOf(padded(bytesMax + 1))).toBeUndefined();
  });
});

describe('what is remembered of a request that interceptors change', () => {
  const said = request(1, 'logging/setLevel', { level: 'debug' });

  test('is what is sent: a server that comes back is told what it was told before', () => {
    const sent = frameOf({ id: 1, method: 'logging/setLevel', params: { level: 'info' } });
    expect(parsed(rememberedOf({ ...said, verdict: forwardVerdict(sent) }))).toMatchObject({
      params: { level: 'info' },
    });
    expect(parsed(rememberedOf({ ...said, verdict: 'awaited' }))).toMatchObject({ params: { level: 'debug' } });
  });

  test('is what is sent also when that is decided later', () => {
    const { record } = openSession();
    receive(record, { ...said, verdict: 'awaited' });
    decide(record, 1, forwardVerdict(frameOf({ id: 1, method: 'logging/setLevel', params: { level: 'info' } })));
    receive(record, answer(1, { ticket: 2 }));
    expect(parsed(record.facts.loggingLevel)).toMatchObject({ params: { level: 'info' } });
  });

  test('is nothing when it became another request', () => {
    const other = frameOf({ id: 1, method: 'tools/list' });
    expect(rememberedOf({ ...said, verdict: forwardVerdict(other) })).toBeUndefined();
  });
});

test('the word that the handshake is complete is kept as it was said; in few words where it had many', () => {
  const said = (padding: string): unknown => {
    const { record } = openSession();
    receive(record, notification('notifications/initialized', { padding }));
    return parsed(record.facts.initialized);
  };
  const bare = notification('notifications/initialized', { padding: '' }).frame.bytes.length;
  expect(said('x'.repeat(16 * 1024 - bare))).toHaveProperty('params');
  expect(said('x'.repeat(16 * 1024 - bare + 1))).toEqual({ jsonrpc: '2.0', method: 'notifications/initialized' });
});

describe('the handshake', () => {
  test('tells the revision, the names and the capabilities, and is kept to be repeated', () => {
    const { record } = openSession();
    exchange(record, 'initialize', initialize, { result: welcome });
    expect(record.facts).toMatchObject({
      protocolVersion: '2025-06-18',
      clientName: 'inspector',
      serverName: 'everything',
      serverCapabilities: '{"logging":{},"tools":{}}',
    });
    expect(parsed(record.facts.initialize)).toEqual({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: initialize,
    });
  });

  test('tells nothing when it failed, or when the result is none of initialize', () => {
    const { record } = openSession();
    exchange(record, 'initialize', initialize, failure);
    exchange(record, 'initialize', initialize, { result: {} });
    expect([record.facts.protocolVersion, record.facts.initialize]).toEqual([undefined, undefined]);
  });

  test('of an unusual size tells what its answer tells, and is not repeated', () => {
    const { record } = openSession();
    exchange(record, 'initialize', { ...initialize, padding: 'x'.repeat(300_000) }, { result: welcome });
    expect(record.facts).toMatchObject({ protocolVersion: '2025-06-18', serverName: 'everything' });
    expect([record.facts.clientName, record.facts.initialize]).toEqual([undefined, undefined]);
  });

  test("is the client's: a server that asks the same thing changes nothing", () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize', initialize, { from: fromServer }));
    receive(record, answer(1, { from: fromClient, result: welcome }));
    expect(record.facts.protocolVersion).toBeUndefined();
  });

  test('is what the server itself said, whatever interceptors made of it', () => {
    const { record } = openSession();
    const tamed = frameOf({ id: 1, result: { ...welcome, capabilities: {} } });
    exchange(record, 'initialize', initialize, { result: welcome, verdict: forwardVerdict(tamed) });
    expect(record.facts.serverCapabilities).toBe('{"logging":{},"tools":{}}');
  });

  test('that interceptors turned into an error has failed', () => {
    const { record } = openSession();
    const refused = frameOf({ id: 1, ...failure });
    exchange(record, 'initialize', initialize, { result: welcome, verdict: forwardVerdict(refused) });
    expect(record.facts.protocolVersion).toBeUndefined();
  });

  test('a result that mentions a protocol version is no handshake: a response is what its request was (S5)', () => {
    const { record } = openSession();
    exchange(record, 'tools/call', {}, { result: welcome });
    expect(record.facts.protocolVersion).toBeUndefined();
  });
});

describe('the log level', () => {
  test('is the last one that the server agreed to', () => {
    const { record } = openSession();
    exchange(record, 'logging/setLevel', { level: 'info' });
    exchange(record, 'logging/setLevel', { level: 'debug' });
    exchange(record, 'logging/setLevel', { level: 'loud' }, failure);
    expect(parsed(record.facts.loggingLevel)).toMatchObject({ params: { level: 'debug' } });
  });

  test('is not one that the server refused, though interceptors made a result of the refusal', () => {
    const { record } = openSession();
    const appeased = forwardVerdict(frameOf({ id: 1, result: {} }));
    exchange(record, 'logging/setLevel', { level: 'loud' }, { ...failure, verdict: appeased });
    expect(record.facts.loggingLevel).toBeUndefined();
  });
});

describe('subscriptions', () => {
  const subscribed = (record: SessionRecord): readonly string[] => [...record.facts.subscriptions.keys()];

  test('are those that the server agreed to and the client did not give up', () => {
    const { record } = openSession();
    for (const uri of ['a:1', 'a:2', 'a:3']) exchange(record, 'resources/subscribe', { uri });
    exchange(record, 'resources/subscribe', { uri: 'a:4' }, failure);
    exchange(record, 'resources/unsubscribe', { uri: 'a:2' });
    exchange(record, 'resources/unsubscribe', { uri: 'a:1' }, failure);
    exchange(record, 'resources/subscribe', {});
    expect(subscribed(record)).toEqual(['a:1', 'a:3']);
    expect(parsed(record.facts.subscriptions.get('a:1'))).toMatchObject({ method: 'resources/subscribe' });
  });

  test('are bounded; one that is in force may be renewed', () => {
    const { record } = openSession({ limits: { replayedSubscriptionsMax: 2 } });
    for (const uri of ['a:1', 'a:2', 'a:3', 'a:1']) exchange(record, 'resources/subscribe', { uri });
    expect(subscribed(record)).toEqual(['a:2', 'a:1']);
  });

  test('of one commit are a new map: who looked before sees what was', () => {
    const { record } = openSession();
    exchange(record, 'resources/subscribe', { uri: 'a:1' });
    const before = record.facts.subscriptions;
    exchange(record, 'resources/subscribe', { uri: 'a:2' });
    expect([before.size, record.facts.subscriptions.size]).toEqual([1, 2]);
  });
});

describe('R22 tasks', () => {
  const task = { taskId: 't', status: 'working' };
  const asksTask = { task: {}, _meta: { progressToken: 'p' } };
  const known = (record: SessionRecord): readonly string[] => record.tasks.toJSON().map(({ taskId }) => taskId);

  test('begin with the answer to a request that asked for one', () => {
    const { record } = openSession();
    exchange(record, 'tools/call', asksTask, { result: { task } });
    expect(record.tasks.get(fromClient, 't')).toMatchObject({
      taskId: 't',
      direction: fromClient,
      method: 'tools/call',
      progressToken: 'p',
    });
  });

  test('do not begin with any other answer', () => {
    const { record } = openSession();
    exchange(record, 'tools/call', {}, { result: { task } });
    exchange(record, 'tools/call', asksTask, failure);
    exchange(record, 'tools/call', asksTask, { result: {} });
    expect(known(record)).toEqual([]);
  });

  test('are over when their result was fetched, or their cancelling was agreed to', () => {
    for (const method of ['tasks/result', 'tasks/cancel']) {
      const { record } = openSession();
      exchange(record, 'tools/call', asksTask, { result: { task } });
      exchange(record, 'tasks/get', { taskId: 't' });
      exchange(record, method, { taskId: 'other' });
      exchange(record, method, { taskId: 't' }, failure);
      expect(known(record)).toEqual(['t']);
      exchange(record, method, { taskId: 't' });
      expect(known(record)).toEqual([]);
    }
  });

  test('are over when their holder says so', () => {
    const { record } = openSession();
    exchange(record, 'tools/call', asksTask, { result: { task } });
    const says = (params: object) =>
      receive(record, notification('notifications/tasks/status', params, { from: fromServer }));
    says({ taskId: 't', status: 'input_required' });
    says({ taskId: 't' });
    expect(known(record)).toEqual(['t']);
    says({ taskId: 't', status: 'failed' });
    expect(known(record)).toEqual([]);
  });

  test("may be the client's, when the server asked for one", () => {
    const { record } = openSession();
    receive(record, request('q', 'sampling/createMessage', asksTask, { from: fromServer }));
    receive(record, answer('q', { from: fromClient, result: { task } }));
    expect(known(record)).toEqual(['t']);
    receive(record, request('r', 'tasks/result', { taskId: 't' }, { from: fromServer }));
    receive(record, answer('r', { from: fromClient }));
    expect(known(record)).toEqual([]);
  });
});
