import { expect, test } from 'vitest';
import { sessionRow } from '../../src/inspector/session-row.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { Playbook } from '../../src/testing/playbook.ts';

test('a row says what a session is, whose it is, and how it goes', async () => {
  const ring = new TraceRing();
  const play = new Playbook({ tracer: ring });
  const { client, server, session, handshake } = play.open({ principal: 'ada', route: 'files' });
  const row = (): ReturnType<typeof sessionRow> => sessionRow(ring.session('s1')!.record, play.clock.now());
  expect(row()).toEqual({
    id: 's1',
    state: 'initializing',
    status: 'active',
    transportType: 'in-memory',
    principal: 'ada',
    route: 'files',
    openedAt: 0,
    lastFrameAt: 0,
    frames: 0,
    framesPerSecond: 0,
    pending: 0,
    held: 0,
    errors: 0,
    tags: expect.any(Array) as readonly string[],
  });
  play.timePasses(1000);
  handshake();
  client.asks(1, 'tools/list');
  server.receivesRequest(1, 'tools/list');
  server.answersWithError(1, -32000, 'no');
  client.takesAll();
  client.asks(2, 'tools/list');
  server.receivesRequest(2, 'tools/list');
  session.label('calm', true);
  expect(row()).toMatchObject({
    state: 'active.serving',
    protocolVersion: '2025-11-25',
    clientName: 'test-client',
    serverName: 'test-server',
    lastFrameAt: 1000,
    frames: 6,
    pending: 1,
    errors: 1,
  });
  expect(row().framesPerSecond).toBeGreaterThan(0);
  expect(row().tags).toContain('calm');
  session.close();
  client.takesAll();
  expect(row()).toMatchObject({
    state: 'closed',
    status: 'completed',
    endReason: 'closed-by-operator',
    pending: 0,
    errors: 2,
  });
  await play.ends();
});
