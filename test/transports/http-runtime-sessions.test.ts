import { describe, expect, test } from 'vitest';
import type { ExchangeLink, UpstreamConnector } from '../../src/ports.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { Exchange } from '../../src/session/pending.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { Script } from '../../src/testing/script.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import type { SessionAsked } from '../../src/transports/http-front-options.ts';
import { RuntimeSessions, type ServerOfSession } from '../../src/transports/http-runtime-sessions.ts';
import { TestServer, usual } from './http-stage.ts';

function stage(server: () => ServerOfSession, limits = {}) {
  const clock = new VirtualClock();
  const log = new CollectingLog(new Script(), false);
  const runtime = createRuntime({ clock, log, limits });
  return { log, runtime, sessions: new RuntimeSessions({ runtime, log, server }) };
}

function asked(principal?: string): SessionAsked {
  const client: ExchangeLink = {
    deliver: () => 'accepted',
    settled: () => {},
    pause: () => {},
    close: () => {},
  };
  return {
    kind: 'legacy',
    visitor: { principal, route: 'r', key: '' },
    client,
    exchange: new Exchange(),
  };
}

const ready = (): UpstreamConnector => new TestServer(usual);

describe('a session that a front asks for', () => {
  test('is one of the runtime, for its visitor', () => {
    const { runtime, sessions, log } = stage(() => ({ connector: ready() }));
    const opened = sessions.open(asked('p'));
    const [snapshot] = [...runtime.sessions()];
    expect('session' in opened && opened.session.id).toBe(snapshot!.id);
    expect(snapshot).toMatchObject({ principal: 'p', route: 'r', transportType: 'http' });
    log.says('info', 'session opened');
  });

  test('that is refused lets go of its server at once', () => {
    let released = 0;
    const release = (): void => {
      released++;
    };
    const { sessions, log } = stage(() => ({ connector: ready(), release }), { sessions: 0 });
    expect(sessions.open(asked())).toMatchObject({ refusal: { code: 'TOO_MANY_SESSIONS' } });
    expect(released).toBe(1);
    log.says('warn', 'a session was refused');
  });

  test('is refused when whoever knows the server throws', () => {
    const { sessions, log } = stage(() => {
      throw new Error('no such tenant');
    });
    expect(sessions.open(asked())).toEqual({ refusal: { code: 'INTERCEPTOR_FAILED', data: { part: 'server' } } });
    log.says('error', 'a session could not be opened');
  });

  test('is refused while the front drains, and those that are open go on', () => {
    const { runtime, sessions } = stage(() => ({ connector: ready() }));
    sessions.open(asked());
    sessions.drain();
    expect(sessions.open(asked())).toMatchObject({ refusal: { code: 'DRAINING', data: { executed: 'no' } } });
    expect([...runtime.sessions()]).toHaveLength(1);
  });
});

describe('closing', () => {
  test('ends the sessions that it has opened, and no others', async () => {
    const { runtime, sessions } = stage(() => ({ connector: ready() }));
    const other = new RuntimeSessions({
      runtime,
      log: new CollectingLog(new Script(), false),
      server: () => ({ connector: ready() }),
    });
    other.open(asked('other'));
    for (const principal of ['one', 'two']) sessions.open(asked(principal));
    await sessions.close();
    expect([...runtime.sessions()].map(({ principal }) => principal)).toEqual(['other']);
  });

  test('has nothing to wait for where there is none', async () => {
    expect(await stage(() => ({ connector: ready() })).sessions.close()).toBeUndefined();
  });

  test('a session whose server is lost while it is opened is over already', async () => {
    const lost: UpstreamConnector = {
      connect: (events) => {
        events.lost({ reason: 'unreachable', exitCode: null, signal: null, lastStderr: [] });
        return { write: () => true, pause: () => {}, close: () => {}, closeInput: () => {} };
      },
    };
    const { runtime, sessions } = stage(() => ({ connector: lost, restart: neverRestart }));
    sessions.open(asked());
    await sessions.close();
    expect([...runtime.sessions()]).toEqual([]);
  });
});
