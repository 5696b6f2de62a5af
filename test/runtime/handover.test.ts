/** A session that one runtime has and another goes on with, in front of a real server on HTTP that both reach. */
import { describe, expect, onTestFinished, test } from 'vitest';

import { type Recollection, endsHereAlone, handoverOf } from '../../src/runtime/handover.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { httpConnector } from '../../src/transports/http-connector.ts';
import { remoteRestartPolicy } from '../../src/session/upstream.ts';
import { result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  type Asked,
  type HttpTalk,
  TestClient,
  openAgent,
  sessionful,
  startServer,
  talkWith,
} from '../transports/http-talk.ts';

const answersWithItsSession = sessionful((call) => call.json(result(call.id, call.header('mcp-session-id'))));

/** A session that has shaken hands, and what is known of it. */
async function begun(answers: (asked: Asked) => void = answersWithItsSession) {
  const server = await startServer(answers);
  const talk = await talkWith(server.url);
  await talk.shakeHands();
  await expect.poll(() => server.log).toContain('GET');
  return { server, talk, recollection: handoverOf(talk.runtime)!.recollect('s1')! };
}

/** Another process that goes on with it. */
async function goesOn(url: string, recollection: Recollection) {
  const clock = new VirtualClock();
  const runtime = createRuntime({ ids: { sessionId: () => 's1' }, clock, checksInvariants: true });
  onTestFinished(async () => {
    const done = runtime.stop();
    clock.advance(10_000);
    await done;
  });
  const connector = httpConnector({ url, agent: await openAgent(), clock, frameBytesMax: 1024 * 1024 });
  const { serverSession } = recollection;
  const client = new TestClient();
  const opened = handoverOf(runtime)!.reopen(
    {
      transportType: 'http',
      client: client.exchanges,
      server: serverSession === undefined ? connector : connector.goingOn(serverSession),
      restart: remoteRestartPolicy,
    },
    recollection,
  );
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  client.session = opened.session.client;
  return { runtime, clock, client, session: opened.session };
}

async function stopped({ talk }: { readonly talk: HttpTalk }): Promise<void> {
  talk.clock.advance(10_000);
  await talk.serverStopped;
}

describe('a session that another process goes on with', () => {
  test('goes on at its server, which hears no second handshake and no farewell', async () => {
    const first = await begun();
    const { server, recollection } = first;
    handoverOf(first.talk.runtime)!.keepWith({ learned: () => {}, isKept: () => true });
    handoverOf(first.talk.runtime)!.handOver('s1');
    await stopped(first);
    expect(first.talk.endedWith).toEqual(['handed-over']);
    const { client, session } = await goesOn(server.url, recollection);
    client.asks(7, 'tools/call');
    expect(await client.hears()).toEqual(result(7, 'session-1'));
    expect(session.snapshot()).toMatchObject({
      id: 's1',
      state: 'active.serving',
      protocolVersion: '2025-11-25',
      clientName: first.talk.session.snapshot().clientName,
    });
    await expect.poll(() => server.log.filter((what) => what === 'GET')).toHaveLength(2);
    expect(server.log.filter((what) => what === 'initialize' || what === 'DELETE')).toEqual(['initialize']);
    expect(server.asked.at(-1)!.header('mcp-protocol-version')).toBe('2025-11-25');
  });

  test('tells the server again what it had been told, where that does not know it any more', async () => {
    let known = 'session-1';
    const first = await begun((asked) => {
      if (asked.what !== 'initialize' && asked.header('mcp-session-id') !== known) asked.empty(404);
      else
        sessionful(
          (call) => call.json(result(call.id, call.header('mcp-session-id'))),
          () => known,
        )(asked);
    });
    known = 'session-2';
    const { client, clock } = await goesOn(first.server.url, first.recollection);
    client.asks(7, 'tools/call');
    await expect
      .poll(() => {
        clock.advance(50);
        return client.heard.length;
      })
      .toBe(1);
    expect(await client.hears()).toEqual(result(7, 'session-2'));
    expect(first.server.log.filter((what) => what === 'initialize')).toHaveLength(2);
  });

  test('and that nobody has saved tells its server that it is over', async () => {
    const first = await begun();
    handoverOf(first.talk.runtime)!.keepWith({ learned: () => {}, isKept: () => false });
    handoverOf(first.talk.runtime)!.fence();
    expect(first.talk.endedWith).toEqual(['node-fenced']);
    await expect.poll(() => first.server.log).toContain('DELETE');
  });
});

describe('whoever keeps sessions', () => {
  test('hears when there is something to keep, and each time when it is otherwise', async () => {
    const server = await startServer(sessionful((call) => call.json(result(call.id))));
    const talk = await talkWith(server.url);
    const heard: (string | undefined)[] = [];
    const handover = handoverOf(talk.runtime)!;
    handover.keepWith({
      learned: (id) => heard.push(handover.recollect(id)?.serverSession?.id),
      isKept: () => false,
    });
    expect(handover.recollect('s1')).toBeUndefined();
    await talk.shakeHands();
    talk.client.asks(1, 'tools/call');
    await talk.client.hears();
    expect(heard).toEqual(['session-1', 'session-1']);
    talk.client.asks(2, 'logging/setLevel', { level: 'info' });
    await talk.client.hears();
    expect(heard).toHaveLength(3);
    expect(handover.recollect('nobody')).toBeUndefined();
  });
});

test('a session that its client or its server has ended is over everywhere', () => {
  const reasons = ['handed-over', 'node-fenced', 'drained', 'drain-deadline', 'client-closed', 'idle'] as const;
  expect(reasons.filter((reason) => endsHereAlone(reason))).toEqual(reasons.slice(0, 4));
});
