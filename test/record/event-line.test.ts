/** Every kind of event, as a line of a tape and back. That it does the same to a session is tested in properties and scenarios. */
import { describe, expect, test } from 'vitest';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { type Happened, writeEvent } from '../../src/record/event-line.ts';
import { LineBytes } from '../../src/record/line-bytes.ts';
import { Exchange } from '../../src/session/pending.ts';
import { noFacts } from '../../src/session/facts.ts';
import type { SessionEvent } from '../../src/session/events.ts';

function frame(text: string) {
  const read = readMessage(encodeText(text));
  if (isFault(read)) throw new Error(read.reason);
  return read;
}

const notice = frame('{"jsonrpc":"2.0","method":"notifications/x"}');
const names = {
  exchange: () => ({ number: 4, params: [['mcp-param-x', 'y']] as const }),
  text: () => 'text',
  shown: <T>(value: T) => value,
  awaited: () => undefined,
};
const around = {
  seq: 1,
  at: 2,
  session: 3,
  decision: 'committed',
  from: 'active.serving',
  to: 'active.serving',
  isWhole: false,
} as const;
function textOf(happened: Happened): string {
  const out = new LineBytes();
  writeEvent(out, happened, names);
  return `${decodeText(out.written)}}`;
}
const lineOf = (event: SessionEvent): unknown => JSON.parse(textOf({ ...around, event, effects: [] }));

test.each<readonly [SessionEvent, object]>([
  [{ type: 'upstream.ready', at: 2 }, {}],
  [{ type: 'upstream.ready', at: 2, goesOn: true }, { goesOn: true }],
  [
    { type: 'session.reopened', at: 2, facts: { ...noFacts, protocolVersion: '2025-11-25', initialized: notice } },
    { facts: { protocolVersion: '2025-11-25', initialized: 'text' } },
  ],
  [{ type: 'session.drain', at: 2 }, {}],
  [{ type: 'session.ticked', at: 2 }, {}],
  [{ type: 'client.attached', at: 2, hasOpenStream: true }, { hasOpenStream: true }],
  [{ type: 'client.closed', at: 2, isGone: false }, { isGone: false }],
  [{ type: 'session.close', at: 2, reason: 'evicted' }, { reason: 'evicted' }],
  [{ type: 'session.expired', at: 2, reason: 'age' }, { reason: 'age' }],
  [
    { type: 'session.labelled', at: 2, label: 'x', isSet: true },
    { label: 'x', isSet: true },
  ],
  [
    { type: 'frame.decided', at: 2, ticket: 9, news: 'turn' },
    { ticket: 9, news: 'turn' },
  ],
  [
    { type: 'frame.notification', at: 2, direction: 'server-to-client', frame: notice, ticket: 9, verdict: 'awaited' },
    {
      direction: 'server-to-client',
      ticket: 9,
      method: 'notifications/x',
      bytes: 44,
      verdict: 'awaited',
    },
  ],
])('%j', (event, facts) => {
  expect(lineOf(event)).toEqual({ seq: 1, at: 2, session: 3, event: event.type, to: 'active.serving', ...facts });
});

test('a deadline of the chart keeps the name that the chart gave it', () => {
  const event = { type: 'xstate.after.drainDeadline.session.shuttingDown' } as unknown as SessionEvent;
  const text = textOf({ ...around, to: 'failed', event, effects: [{ type: 'ended', reason: 'drain-deadline' }] });
  expect(JSON.parse(text)).toEqual({
    seq: 1,
    at: 2,
    session: 3,
    event: 'xstate.after.drainDeadline.session.shuttingDown',
    from: 'active.serving',
    to: 'failed',
  });
});

test('a frame has what came, how it came and what followed, in one order', () => {
  const request = frame('{"jsonrpc":"2.0","id":"a\\"b","method":"x/\\u0022y","params":{}}');
  const entry = { direction: 'client-to-server', id: null, method: 'q"' } as const;
  const own = { type: 'send', direction: 'server-to-client', message: [new Uint8Array(3)], kind: 'response' } as const;
  const to = { entry: undefined, exchange: undefined, status: 0 };
  const text = textOf({
    ...around,
    decision: 'rolled-back',
    from: 'initializing',
    event: {
      type: 'frame.request',
      at: 2,
      direction: 'client-to-server',
      frame: request,
      ticket: 9,
      verdict: 'awaited',
      deliberation: { interceptor: '', steps: [], isAside: true },
      via: { exchange: new Exchange(), request: undefined, status: 202 },
    },
    effects: [
      { type: 'settled', entry, outcome: 'result', elapsedMs: 1.5 },
      { type: 'settled', entry: { ...entry, id: 7 }, outcome: 'error', elapsedMs: 2 },
      { ...own, ...to, frame: undefined },
      { ...own, ...to, frame: request },
    ],
  });
  expect(text).toBe(
    '{"seq":1,"at":2,"session":3,"event":"frame.request","decision":"rolled-back","from":"initializing","to":"active.serving"' +
      ',"direction":"client-to-server","ticket":9,"id":"a\\"b","method":"x/\\"y","bytes":62' +
      ',"verdict":"awaited","isAside":true,"exchange":4,"params":[["mcp-param-x","y"]],"viaStatus":202' +
      ',"settled":[{"direction":"client-to-server","id":null,"method":"q\\"","outcome":"result","elapsedMs":1.5}' +
      ',{"direction":"client-to-server","id":7,"method":"q\\"","outcome":"error","elapsedMs":2}]' +
      ',"sent":[{"direction":"server-to-client","kind":"response","bytes":3,"isOwn":true}' +
      ',{"direction":"server-to-client","kind":"response","bytes":3}]}',
  );
});

describe('a frame whose message follows as it came', () => {
  const response = frame('{"jsonrpc":"2.0","id":12,"result":{}}');
  const entry = { direction: 'client-to-server', id: 7, method: 'tools/call' } as const;
  const settled = { type: 'settled', entry, outcome: 'result', elapsedMs: 3 } as const;
  const sent = {
    type: 'send',
    direction: 'server-to-client',
    message: [new Uint8Array(36)],
    kind: 'response',
    entry: undefined,
    exchange: undefined,
    status: 0,
    frame: response,
  } as const;
  const event = {
    type: 'frame.response',
    at: 2,
    direction: 'server-to-client',
    frame: response,
    ticket: 9,
    verdict: undefined,
    deliberation: undefined,
    via: undefined,
  } as const;
  const begins =
    '{"seq":1,"at":2,"session":3,"event":"frame.response","to":"active.serving","direction":"server-to-client","ticket":9';
  const whole = (effects: Happened['effects']): string => textOf({ ...around, isWhole: true, event, effects });

  test('leaves to it what it says itself', () => {
    expect(whole([])).toBe(`${begins}}`);
    expect(whole([settled, sent])).toBe(
      `${begins},"settled":[{"method":"tools/call","outcome":"result","elapsedMs":3,"id":7}],"sent":36}`,
    );
    const sameId = { ...settled, entry: { ...entry, id: 12 } } as unknown as typeof settled;
    expect(whole([sameId])).toBe(`${begins},"settled":[{"method":"tools/call","outcome":"result","elapsedMs":3}]}`);
  });

  test('and what else followed is said in full', () => {
    const own = { ...sent, frame: undefined };
    expect(whole([own])).toContain(
      '"sent":[{"direction":"server-to-client","kind":"response","bytes":36,"isOwn":true}]',
    );
    expect(whole([sent, sent])).toContain('"sent":[{"direction":"server-to-client","kind":"response","bytes":36},{');
    const back = { ...sent, direction: 'client-to-server' } as const;
    expect(whole([back])).toContain('"sent":[{"direction":"client-to-server","kind":"response","bytes":36}]');
    const otherWay = { ...settled, entry: { ...entry, direction: 'server-to-client' } } as unknown as typeof settled;
    expect(whole([otherWay])).toContain('"settled":[{"direction":"server-to-client","id":7,');
    expect(whole([settled, settled])).toContain('"settled":[{"direction":"client-to-server","id":7,');
  });
});

test('what a server said before it died is shown as messages are', () => {
  const loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: ['swordfish'], willRestart: false } as const;
  const out = new LineBytes();
  const shown = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('swordfish', '*')) as T;
  const event = { type: 'upstream.lost', at: 2, loss } as const;
  writeEvent(out, { ...around, event, effects: [] }, { ...names, shown });
  expect(decodeText(out.written)).toContain('"lastStderr":["*"]');
});
