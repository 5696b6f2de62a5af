import { describe, expect, onTestFinished, test } from 'vitest';
import type { UpstreamConnector, UpstreamEvents } from '../../src/ports.ts';
import { Health, childBackend, urlBackend } from '../../src/proxy/backend.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import type { Departure } from '../../src/session/upstream.ts';
import { fixture } from '../e2e/program.ts';
import { survivors } from '../e2e/survivors.ts';

/** Events that nobody looks at but for those that are named. */
function listening(events: Partial<UpstreamEvents>): UpstreamEvents {
  const nothing = (): void => {};
  return {
    ready: nothing,
    message: nothing,
    unreadable: nothing,
    failed: nothing,
    drained: nothing,
    leaving: nothing,
    lost: nothing,
    ...events,
  };
}

function children(command: string, args: readonly string[]) {
  const pids: number[] = [];
  const backend = childBackend({
    command,
    args,
    clock: systemClock(),
    lineBytesMax: 1e6,
    onStderr: () => {},
    onSpawned: (pid) => pids.push(pid),
    onExit: () => {},
  });
  onTestFinished(() => backend.kill());
  return { backend, pids };
}

/** Connects, and resolves when the server takes messages. */
async function reached(connector: UpstreamConnector, events: Partial<UpstreamEvents> = {}) {
  return new Promise<ReturnType<UpstreamConnector['connect']>>((resolve) => {
    const link = connector.connect(listening({ ...events, ready: () => queueMicrotask(() => resolve(link)) }));
  });
}

describe('a command', () => {
  test('is started for each session, for the first before anybody asks; all are gone when it is stopped (P1)', async () => {
    const { backend, pids } = children(process.execPath, [fixture('scripted-server.mjs')]);
    const [first, second] = [backend.open(), backend.open()];
    await Promise.all([reached(first.connector), reached(second.connector)]);
    expect([new Set(pids).size, pids.map((pid) => survivors(pid).length > 0)]).toEqual([2, [true, true]]);
    await backend.stop();
    expect(pids.map((pid) => survivors(pid).length > 0)).toEqual([false, false]);
    expect(backend.problem()).toBe(undefined);
  });

  test('that is not there is a problem until one says something', async () => {
    const { backend } = children('/no/such/command', []);
    const departure = await new Promise<Departure>((lost) => backend.open().connector.connect(listening({ lost })));
    expect(departure.reason).toBe('spawn-failed');
    expect(backend.problem()).toBe('spawn-failed');
  });
});

describe('what is known of a server', () => {
  function watched() {
    const health = new Health();
    let inner: UpstreamEvents | undefined;
    const heard: string[] = [];
    const connector = health.watching({
      idBase: 7,
      connect: (events) => {
        inner = events;
        return { write: () => true, pause: () => {}, close: () => {}, closeInput: () => {} };
      },
    });
    const hear = (word: string) => (): void => void heard.push(word);
    connector.connect({
      ready: hear('ready'),
      message: hear('message'),
      unreadable: hear('unreadable'),
      failed: hear('failed'),
      drained: hear('drained'),
      leaving: hear('leaving'),
      lost: hear('lost'),
    });
    return { health, connector, heard, events: inner! };
  }
  const gone = { exitCode: null, signal: null, lastStderr: [] } as const;
  const fault = { fault: 'not-json', reason: '', expectsAnswer: false, isAnswer: false, idToken: undefined } as const;

  test('everything is passed on as it comes, and its ids begin where they did', () => {
    const { connector, heard, events } = watched();
    events.ready();
    events.message(new Uint8Array());
    events.unreadable(fault, 1);
    events.drained();
    events.leaving({ reason: 'exited', ...gone });
    events.lost({ reason: 'closed', ...gone });
    expect(heard).toEqual(['ready', 'message', 'unreadable', 'drained', 'leaving', 'lost']);
    expect(connector.idBase).toBe(7);
  });

  test('one that cannot be reached, or fell over, is a problem; one that answers is well (P5)', () => {
    const { health, events } = watched();
    events.lost({ ...gone, reason: 'unreachable', lastStderr: ['connect ECONNREFUSED'] });
    expect(health.problem).toBe('connect ECONNREFUSED');
    events.message(new Uint8Array());
    expect(health.problem).toBe(undefined);
    events.lost({ ...gone, reason: 'exited', exitCode: 3 });
    expect(health.problem).toBe('the server exited with code 3');
  });

  test('one that ended well is none', () => {
    const { health, events } = watched();
    events.lost({ ...gone, reason: 'exited', exitCode: 0 });
    events.lost({ ...gone, reason: 'closed' });
    expect(health.problem).toBe(undefined);
  });
});

test('a URL is a connection of its own for each session, and is not stopped', async () => {
  let connections = 0;
  const told: string[] = [];
  const backend = urlBackend({
    name: 'http://a',
    restart: neverRestart,
    connector: () => ({
      connect: () => {
        connections++;
        return { write: () => true, pause: () => {}, close: () => {}, closeInput: () => {} };
      },
    }),
    stop: async () => void told.push('stopped'),
  });
  for (const behind of [backend.open(), backend.open()]) {
    behind.connector.connect(listening({}));
    behind.release();
  }
  backend.hurry();
  backend.kill();
  await backend.stop();
  expect([connections, told, backend.name, backend.servesSessionless]).toEqual([2, ['stopped'], 'http://a', true]);
});

test('a URL is done with when each session has taken its leave of the server, and not before', async () => {
  const told: string[] = [];
  const backend = urlBackend({
    name: 'http://a',
    restart: neverRestart,
    connector: () => ({
      connect: () => ({ write: () => true, pause: () => {}, close: () => {}, closeInput: () => {} }),
    }),
    stop: async () => void told.push('stopped'),
  });
  const sessions = [backend.open(), backend.open()];
  const stopped = backend.stop();
  for (const session of sessions) {
    await Promise.resolve();
    expect(told).toEqual([]);
    session.release();
  }
  await stopped;
  expect(told).toEqual(['stopped']);
});
