import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { Rebuild } from '../../src/record/rebuild.ts';
import { Recorder, type RecorderOptions } from '../../src/record/recorder.ts';
import { readLine } from '../../src/record/tape-lines.ts';
import type { UpstreamConnector } from '../../src/ports.ts';
import type { Frame } from '../../src/protocol/envelope.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { handoverOf } from '../../src/runtime/handover.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import { capabilitiesText, noFacts } from '../../src/session/facts.ts';
import { initialize, initializeResult, request, result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { KeptLines, plain } from './kept-lines.ts';

/** The tape of a session that shakes hands, asks once, is answered and is closed. */
async function tape({ hide = plain, bodyBytesMax = 10_000 }: Partial<RecorderOptions> = {}): Promise<
  readonly string[]
> {
  const sink = new KeptLines();
  const recorder = new Recorder({ sink, hide, digest: () => 'd', bodyBytesMax });
  const play = new Playbook({ tracer: recorder });
  const { client, server, session, handshake } = play.open();
  handshake();
  client.asks(1, 'tools/call', { name: 'echo', password: 'swordfish'.repeat(30) });
  server.takesAll();
  play.timePasses(100);
  server.answers(1, { content: 'x'.repeat(300) });
  client.takesAll();
  session.close();
  await play.ends();
  return sink.texts;
}

function rebuilt(texts: readonly string[]): Rebuild {
  const rebuild = new Rebuild();
  let seq = 0;
  for (const [index, text] of texts.entries()) {
    const read = readLine(encodeText(text), index + 2, seq);
    if ('problem' in read) throw new Error(read.problem);
    seq = read.line.seq;
    rebuild.apply(read);
  }
  return rebuild;
}

/** The tape of a session that another process had, and whose server has to be told everything again. */
async function tapeOfReopened(): Promise<readonly string[]> {
  const sink = new KeptLines();
  const recorder = new Recorder({ sink, hide: plain, digest: () => 'd', bodyBytesMax: 10_000 });
  const clock = new VirtualClock();
  const runtime = createTracedRuntime({ clock, ids: { sessionId: () => 's1' } }, recorder);
  const written: { readonly id?: number }[] = [];
  const server: UpstreamConnector = {
    connect: (events) => {
      queueMicrotask(() => events.ready());
      return {
        write: (parts) => {
          const message = JSON.parse(decodeText(Buffer.concat(parts))) as { readonly id?: number };
          written.push(message);
          if (message.id !== undefined) {
            const answer = { ...result(message.id, initializeResult()) };
            queueMicrotask(() => events.message(encodeText(JSON.stringify(answer))));
          }
          return true;
        },
        pause: () => {},
        closeInput: () => {},
        close: () => events.lost({ reason: 'closed', exitCode: null, signal: null, lastStderr: [] }),
      };
    },
  };
  const frame = (message: object): Frame => readMessage(encodeText(JSON.stringify(message))) as Frame;
  const { protocolVersion, capabilities } = initializeResult() as {
    readonly protocolVersion: string;
    readonly capabilities: object;
  };
  const opened = handoverOf(runtime)!.reopen(
    { transportType: 'http', client: { write: () => true, pause: () => {}, close: () => {} }, server },
    {
      principal: undefined,
      route: undefined,
      claims: undefined,
      facts: {
        ...noFacts,
        protocolVersion,
        clientName: 'c',
        serverCapabilities: capabilitiesText(capabilities),
        initialize: frame(initialize(0)),
        subscriptions: new Map([['file:///a', frame(request(2, 'resources/subscribe', { uri: 'file:///a' }))]]),
      },
      labels: ['mine'],
      serverSession: undefined,
    },
  );
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  opened.session.client.receive(encodeText(JSON.stringify(request(7, 'tools/call', { name: 'echo' }))));
  for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(written.map((message) => 'method' in message && message.method)).toEqual([
    'initialize',
    'resources/subscribe',
    'tools/call',
  ]);
  expect(opened.session.snapshot()).toMatchObject({ state: 'active.serving', clientName: 'c', tags: ['mine'] });
  opened.session.close();
  await runtime.stop();
  return sink.texts;
}

const withoutCall = (texts: readonly string[]) =>
  texts.filter((text) => !text.includes('"event":"frame.request"') || !text.includes('"tools/call"'));

describe('a session made again from its tape', () => {
  test('is the one that another process had before', async () => {
    const texts = await tapeOfReopened();
    expect(texts.filter((text) => text.includes('"event":"session.reopened"'))).toHaveLength(1);
    const rebuild = rebuilt(texts);
    expect(rebuild.divergences).toEqual([]);
  });

  test('has the limits that it was given while it was open, and the times', async () => {
    const sink = new KeptLines();
    const recorder = new Recorder({
      sink,
      hide: plain,
      hideHeaders: (headers) => headers,
      digest: () => 'd',
      bodyBytesMax: 100,
    });
    const play = new Playbook({ tracer: recorder });
    const { client, server, session, handshake } = play.open();
    handshake();
    play.runtime.setLimits({ pendingPerSession: 1 });
    play.runtime.setTimes({ requestIdleMs: 50 });
    client.asks(1, 'tools/call', { name: 'echo' });
    client.asks(2, 'tools/call', { name: 'echo' });
    server.takesAll();
    play.timePasses(2000);
    client.takesAll();
    server.takesAll();
    session.close();
    await play.ends();
    const settings = sink.texts.filter((text) => text.includes('"event":"settings"'));
    expect(settings.map((text) => (JSON.parse(text) as { settings: number }).settings)).toEqual([1, 1, 1]);
    expect(sink.texts.filter((text) => text.includes('"outcome":"timeout"'))).toHaveLength(1);
    expect(sink.texts.filter((text) => text.includes('"outcome":"refused"'))).toHaveLength(1);
    expect(rebuilt(sink.texts).divergences).toEqual([]);
    const without = sink.texts.filter((text) => text === settings[0] || !settings.includes(text));
    expect(rebuilt(without).divergences).not.toEqual([]);
  });

  test('U4 is what it was at each line', async () => {
    const texts = await tape();
    const asked = texts.findIndex((text) => text.includes('"tools/call"'));
    const open = rebuilt(texts.slice(0, asked + 1));
    expect(open.snapshot(1)).toMatchObject({ state: 'active.serving', pending: [{ id: 1, method: 'tools/call' }] });
    expect(open.snapshot(1)?.clientName).toBeDefined();
    const over = rebuilt(texts);
    expect(over.snapshot(1)).toMatchObject({ state: 'closed', endReason: 'closed-by-operator', pending: [] });
    expect([over.divergences, over.numbers()]).toEqual([[], [1]]);
  });

  test('is the same where bodies are hidden, and where they were too long', async () => {
    const whole = rebuilt(await tape());
    const hidden = rebuilt(await tape({ hide: (message) => decodeText(message).replaceAll('swordfish', '*') }));
    const short = rebuilt(await tape({ bodyBytesMax: 60 }));
    expect([hidden.divergences, short.divergences]).toEqual([[], []]);
    expect(hidden.snapshot(1)).toEqual(whole.snapshot(1));
    expect(short.snapshot(1)).toEqual(whole.snapshot(1));
  });

  test('does not fit a tape from which a line was taken: which line does not fit is said', async () => {
    const { divergences } = rebuilt(withoutCall(await tape()));
    expect(divergences[0]?.text).toBe('here it settles [], and on the tape [tools/call result]');
  });

  test('that was opened before the tape is not guessed at', async () => {
    const texts = await tape();
    const { divergences } = rebuilt(texts.filter((text) => !text.includes('session.opened')));
    expect(divergences[0]).toMatchObject({ session: 1, text: 'session 1 was opened before this tape' });
  });

  test('whose settings are missing, or whose line is not whole, is not guessed at', async () => {
    const texts = await tape();
    const unset = rebuilt(texts.filter((text) => !text.includes('"settings","settings"')));
    expect(unset.divergences[0]?.text).toBe('the settings 1 are not on the tape');
    const damaged = texts.map((text) => text.replace(/"ticket":\d+,/, ''));
    expect(rebuilt(damaged).divergences[0]?.text).toMatch(/ without ticket$/);
  });
});
