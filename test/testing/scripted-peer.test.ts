import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { notification, request } from '../../src/testing/messages.ts';
import { Script } from '../../src/testing/script.ts';
import { RestartableServer, ScriptedClient, ScriptedServer } from '../../src/testing/scripted-peer.ts';
import { sending } from '../session/fixtures.ts';

const ping = request(1, 'ping');
const written = (value: unknown): Uint8Array[] => [
  encodeText(typeof value === 'string' ? value : JSON.stringify(value)),
];

function newClient(): ScriptedClient {
  return new ScriptedClient('client 1', new Script());
}

describe('what a peer hears', () => {
  test('is taken in order, each message once', () => {
    const client = newClient();
    client.write(written(ping));
    client.write(written(notification('hello')));
    client.receivesRequest(1, 'ping');
    client.receivesNotification('hello');
    client.receivesNothing();
    expect(() => client.receives(ping)).toThrow(/received nothing more/);
  });

  test('fails when it is something else, and is not taken then', () => {
    const client = newClient();
    client.write(written(ping));
    expect(() => client.receivesRequest(2, 'ping')).toThrow(/received something else/);
    expect(() => client.receivesNothing()).toThrow(/what nobody expected/);
    client.receives(ping);
  });

  test('can be told to the letter, in slices too', () => {
    const client = newClient();
    client.write([encodeText('{"a" '), encodeText(': 1}')]);
    expect(() => client.receives('{"a":1}')).toThrow(/something else/);
    client.receives('{"a" : 1}');
  });

  test('is an error in our own name when code and data agree, whatever its text', () => {
    const client = newClient();
    client.write(written({ jsonrpc: '2.0', id: 1, error: { code: 5040, message: 'Too late', data: { code: 'X' } } }));
    expect(() => client.receivesError(1, 5041, { code: 'X' })).toThrow(/something else/);
    expect(() => client.receivesError(1, 5040, {})).toThrow(/something else/);
    client.receivesError(1, 5040, { code: 'X' });
  });

  test('can be taken without looking', () => {
    const client = newClient();
    client.write(written(ping));
    expect(client.takesAll()).toEqual([ping]);
    client.receivesNothing();
  });

  test.each([
    ['after its link was closed', ping, true, /after its link was closed/],
    ['and is no JSON', 'hello', false, /no JSON/],
  ])('is a violation when it comes %s', (_case, message, isClosed, said) => {
    const client = newClient();
    if (isClosed) client.close('over');
    client.write(written(message));
    expect(() => client.receivesNothing()).toThrow(said);
  });

  test('fills up while it does not read', () => {
    const client = newClient();
    const heard: string[] = [];
    client.session = {
      receive: () => undefined,
      ready: () => Promise.resolve(),
      receiveValue: () => {},
      unreadable: () => {},
      drained: () => heard.push('drained'),
      closed: () => {},
      attached: () => {},
      receiveRead: () => {},
      exchangeClosed: () => {},
      pressed: () => {},
      ends: () => {},
      undeliverable: () => {},
      revision: undefined,
      acceptsBatches: true,
      refusesRevision: () => false,
    };
    expect(client.write(written(ping))).toBe(true);
    client.stopsReading();
    expect(client.write(written(ping))).toBe(false);
    client.readsAgain();
    expect([client.write(written(ping)), heard]).toEqual([true, ['drained']]);
    client.readsAgain(2);
    expect([client.write(written(ping)), client.write(written(ping))]).toEqual([true, false]);
  });
});

test('what peers say and do reaches their side of the session', () => {
  const client = newClient();
  const said: unknown[] = [];
  const note = (...what: unknown[]): void => void said.push(what);
  client.session = {
    receive: (bytes) => {
      note(new TextDecoder().decode(bytes));
      return undefined;
    },
    ready: () => Promise.resolve(),
    receiveValue: () => {},
    unreadable: (fault, bytes) => note(fault.fault, bytes),
    drained: () => {},
    closed: (isGone) => note('closed', isGone),
    attached: (hasStream) => note('attached', hasStream),
    receiveRead: () => {},
    exchangeClosed: () => {},
    pressed: () => {},
    ends: () => {},
    undeliverable: () => {},
    revision: undefined,
    acceptsBatches: true,
    refusesRevision: () => false,
  };
  client.asks(1, 'ping');
  client.sends('nonsense');
  client.answersWithError(1, -1, 'no');
  const fault = { fault: 'frame-too-large', reason: '', expectsAnswer: true, isAnswer: false, idToken: '1' } as const;
  client.sendsUnreadable(fault, 99);
  client.opensStream();
  client.closesStream();
  client.endsInput();
  client.leaves();
  expect(said).toEqual([
    ['{"jsonrpc":"2.0","id":1,"method":"ping"}'],
    ['nonsense'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-1,"message":"no"}}'],
    ['frame-too-large', 99],
    ['attached', true],
    ['attached', false],
    ['closed', false],
    ['closed', true],
  ]);
});

test('a peer without a session cannot speak', () => {
  expect(() => newClient().asks(1, 'ping')).toThrow(/has no session/);
  expect(() => new ScriptedServer('server 1', new Script()).asks(1, 'ping')).toThrow(/has no session/);
});

test('a restartable server speaks only while it runs, and each life ends once', () => {
  const server = new RestartableServer('server 1', new Script());
  expect(() => server.asks(1, 'ping')).toThrow(/is not running/);
  expect(() => server.comesUp()).toThrow(/was not asked to start/);
  const said: unknown[] = [];
  const link = server.connect({
    ready: () => said.push('ready'),
    message: (bytes) => said.push(bytes.length),
    unreadable: () => said.push('unreadable'),
    failed: () => said.push('failed'),
    drained: () => said.push('drained'),
    leaving: () => said.push('leaving'),
    lost: (departure) => said.push(departure),
  });
  server.comesUp();
  server.asks(1, 'ping');
  link.closeInput();
  link.pause(true);
  link.write(written(ping), sending());
  server.receives(ping);
  expect([server.isInputClosed, server.isPaused, server.isRunning, server.starts]).toEqual([true, true, true, 1]);
  server.goesDown({ exitCode: 3 });
  expect(said).toEqual(['ready', 40, { reason: 'exited', exitCode: 3, signal: null, lastStderr: [] }]);
  expect(server.isRunning).toBe(false);
  expect(() => server.goesDown()).toThrow(/is not running/);
});
