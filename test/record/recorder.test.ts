import { describe, expect, test } from 'vitest';
import type { Interceptor } from '../../src/session/interception.ts';
import { Recorder, type RecorderOptions, withoutInfinity } from '../../src/record/recorder.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { readLine } from '../../src/record/tape-lines.ts';
import { Playbook } from '../../src/testing/playbook.ts';
import { KeptLines, plain } from './kept-lines.ts';

type Line = Readonly<Record<string, unknown>>;

interface TapedOptions {
  readonly hide?: RecorderOptions['hide'];
  readonly interceptors?: readonly Interceptor[];
}

/** A playbook whose tape is a list, with bodies of 200 bytes at most. */
function taped({ hide = plain, interceptors = [] }: TapedOptions = {}) {
  const sink = new KeptLines();
  const { texts } = sink;
  const recorder = new Recorder({ sink, hide, digest: (body) => `${body.length} bytes`, bodyBytesMax: 200 });
  const play = new Playbook({ tracer: recorder, interceptors });
  const lines = (): readonly Line[] => texts.map(lineOf);
  return { play, texts, lines, recorder };
}

function lineOf(text: string, index: number): Line {
  const read = readLine(encodeText(text), index + 2, index);
  if ('problem' in read) throw new Error(read.problem);
  return { ...read.line };
}

describe('a recorder', () => {
  test('writes the limits once, the session as it opened, every event with what followed, and the end', async () => {
    const { play, lines, recorder } = taped();
    const { client, server, session, handshake } = play.open({ principal: 'ann' });
    handshake();
    play.timePasses(5);
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    play.timePasses(7);
    server.answers(1, { tools: [] });
    client.receivesResult(1, { tools: [] });
    session.close();
    const [settings, opened, ...rest] = lines();
    expect(settings).toMatchObject({
      seq: 1,
      event: 'settings',
      settings: 1,
      ledger: 1,
      times: { sessionIdleMs: null },
    });
    expect(opened).toMatchObject({
      seq: 2,
      event: 'session.opened',
      session: 1,
      id: 's1',
      settings: 1,
      principal: 'ann',
    });
    const [request, response] = rest.filter(({ id }) => id === 1);
    const list = { direction: 'client-to-server', kind: 'request' };
    expect(request).toMatchObject({
      at: 5,
      event: 'frame.request',
      to: 'active.serving',
      ...list,
      method: 'tools/list',
    });
    expect(request).toMatchObject({ sent: [list], body: { jsonrpc: '2.0', id: 1, method: 'tools/list' } });
    const settled = { direction: 'client-to-server', id: 1, method: 'tools/list', outcome: 'result', elapsedMs: 7 };
    expect(response).toMatchObject({ at: 12, event: 'frame.response', settled: [settled] });
    expect(lines().at(-2)).toMatchObject({ event: 'session.close', from: 'active.serving', to: 'closed' });
    expect(lines().at(-1)).toMatchObject({ event: 'session.ended', session: 1, reason: 'closed-by-operator' });
    expect(lines().map(({ seq }) => seq)).toEqual(lines().map((_, index) => index + 1));
    expect([recorder.lines, recorder.sessions]).toEqual([lines().length, 1]);
    await play.ends();
  });

  test('writes a message as it was spelled, on one line', async () => {
    const { play, texts } = taped();
    const { client, server, handshake } = play.open();
    handshake();
    client.sendsBytes(
      new TextEncoder().encode('{"jsonrpc":"2.0",\n"id" : 9007199254740991, "method":"x","params":{"n":1.50}}'),
    );
    server.takesAll();
    expect(texts.at(-1)).toContain(
      '"body":{"jsonrpc":"2.0", "id" : 9007199254740991, "method":"x","params":{"n":1.50}}}',
    );
    await play.ends();
  });

  test('keeps no more of a long body than its digest and its envelope, and a handshake whole', async () => {
    const { play, lines } = taped();
    const { client, server, handshake } = play.open();
    handshake({ capabilities: { experimental: { x: { y: 'y'.repeat(300) } } } });
    client.asks(1, 'tools/call', { text: 'x'.repeat(300), _meta: { progressToken: 't' } });
    server.takesAll();
    const [call] = lines().filter(({ method }) => method === 'tools/call');
    expect(call).toMatchObject({ envelope: { progressToken: 't' }, bodyDigest: expect.stringMatching(/^\d+ bytes$/) });
    expect(call).not.toHaveProperty('body');
    expect(lines().find(({ kind, id }) => kind === 'response' && id === 0)).toHaveProperty('body.result.capabilities');
    await play.ends();
  });

  test('shows of a message what may be shown, of one that an interceptor wrote too, and of a session id its beginning', async () => {
    const hide = (message: Uint8Array): string => decodeText(message).replaceAll('swordfish', '*');
    const rename: Interceptor = {
      name: 'rename',
      intercept: ({ message, kind }) =>
        kind === 'request' ? { action: 'modify', message: { ...message, params: { new: 'swordfish' } } } : undefined,
    };
    const { play, texts } = taped({ hide, interceptors: [rename] });
    const { client, server } = play.open();
    client.asks(1, 'initialize', { secret: 'swordfish' });
    server.takesAll();
    expect(texts.join()).not.toContain('swordfish');
    expect(texts.at(-1)).toContain('"verdict":{"kind":"forward"');
    await play.ends();
  });
});

test('what is switched off is null', () => {
  expect(withoutInfinity({ a: 1, b: Infinity })).toEqual({ a: 1, b: null });
});
