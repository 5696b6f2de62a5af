/** What a body is, and what it costs, as somebody asks for it. How pieces travel is seen in feed.test.ts. */
import { expect, test } from 'vitest';
import { Bodies } from '../../src/inspector/bodies.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { Redaction } from '../../src/redaction.ts';
import { Playbook } from '../../src/testing/playbook.ts';

async function bodiesOf(limits: Partial<ConstructorParameters<typeof Bodies>[0]['limits']> = {}) {
  const ring = new TraceRing();
  const play = new Playbook({ tracer: ring });
  const talk = play.open();
  talk.handshake();
  talk.client.asks(1, 'tools/call', { name: 'echo', arguments: { text: 'x'.repeat(200) } });
  talk.server.takesAll();
  talk.server.answers(1);
  talk.client.takesAll();
  talk.session.close();
  await play.ends();
  let now = 0;
  const seqs = ring.eventsOf(ring.session('s1')!);
  const asked = seqs.find(
    ({ event }) => typeof event !== 'string' && event.type === 'frame.request' && event.frame.envelope.id === 1,
  );
  const bodies = new Bodies({
    ring,
    payloads: 'redacted',
    redaction: new Redaction(),
    limits: { bodyBytesMax: 4096, bodyPieceCharacters: 100, bodyBytesPerSecond: 250, ...limits },
    now: () => now,
  });
  return { bodies, seq: asked!.seq, first: seqs[2]!.seq, pass: (ms: number) => (now += ms) };
}

test('a body is read piece by piece', async () => {
  const { bodies, seq } = await bodiesOf();
  const begin = bodies.read(seq, 0);
  const rest = bodies.read(seq, 100);
  if ('problem' in begin || 'problem' in rest) throw new Error('no body');
  expect(begin.text).toHaveLength(100);
  expect(`${begin.text}${rest.text}`).toMatch(/^\{"jsonrpc":"2.0","id":1,"method":"tools\/call"/);
});

test('what is too much in one second is there in the next, and what was read last is read on', async () => {
  const { bodies, seq, first, pass } = await bodiesOf();
  expect(bodies.read(first, 0)).toHaveProperty('text');
  expect(bodies.read(seq, 0)).toMatchObject({ problem: 'BODY_GONE' });
  pass(1000);
  expect(bodies.read(seq, 0)).toHaveProperty('text');
  expect(bodies.read(seq, 100)).toHaveProperty('text');
  bodies.forget();
  expect(bodies.read(seq, 100)).toMatchObject({ problem: 'BODY_GONE' });
});

test('a body that is too long to be looked through for secrets is not shown', async () => {
  const { bodies, seq } = await bodiesOf({ bodyBytesMax: 50 });
  expect(bodies.read(seq, 0)).toMatchObject({ problem: 'BODY_GONE', message: expect.stringContaining('whole') });
});

test('an event without a message has no body, and one that is still to come neither', async () => {
  const { bodies } = await bodiesOf();
  expect(bodies.read(1, 0)).toMatchObject({ problem: 'NO_SUCH_EVENT' });
  expect(bodies.read(9999, 0)).toMatchObject({ problem: 'NO_SUCH_EVENT' });
});
