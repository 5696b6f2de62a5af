/** Every kind of event, as a line of a tape and back. That it does the same to a session is tested in properties and scenarios. */
import { expect, test } from 'vitest';
import { isFault } from '../../src/protocol/faults.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { eventLine, plainFrameText } from '../../src/record/event-line.ts';
import type { SessionEvent } from '../../src/session/events.ts';

function frame(text: string) {
  const read = readMessage(encodeText(text));
  if (isFault(read)) throw new Error(read.reason);
  return read;
}

const notice = frame('{"jsonrpc":"2.0","method":"notifications/x"}');
const names = { exchange: () => ({ number: 4 }), text: () => 'text', awaited: () => undefined };
const around = {
  seq: 1,
  at: 2,
  session: 3,
  decision: 'committed',
  from: 'active.serving',
  to: 'active.serving',
} as const;
const lineOf = (event: SessionEvent) => eventLine({ ...around, event, effects: [] }, names);

test.each<readonly [SessionEvent, object]>([
  [{ type: 'upstream.ready', at: 2 }, {}],
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
      kind: 'notification',
      method: 'notifications/x',
      ticket: 9,
      bytes: 44,
      verdict: 'awaited',
    },
  ],
])('%j', (event, facts) => {
  expect(lineOf(event)).toEqual({ seq: 1, at: 2, session: 3, event: event.type, to: 'active.serving', ...facts });
});

test('a deadline of the chart keeps the name that the chart gave it', () => {
  const event = { type: 'xstate.after.drainDeadline.session.shuttingDown' } as unknown as SessionEvent;
  expect(
    eventLine({ ...around, to: 'failed', event, effects: [{ type: 'ended', reason: 'drain-deadline' }] }, names),
  ).toEqual({
    seq: 1,
    at: 2,
    session: 3,
    event: 'xstate.after.drainDeadline.session.shuttingDown',
    from: 'active.serving',
    to: 'failed',
  });
});

test('a frame that nobody intercepts is the same line as a text', () => {
  const request = frame('{"jsonrpc":"2.0","id":"a\\"b","method":"x/\\u0022y","params":{}}');
  const entry = { direction: 'client-to-server', id: null, method: 'q"' } as const;
  const own = { type: 'send', direction: 'server-to-client', message: [new Uint8Array(3)], kind: 'response' } as const;
  const event: SessionEvent = {
    type: 'frame.request',
    at: 2,
    direction: 'client-to-server',
    frame: request,
    ticket: 9,
    verdict: undefined,
    via: { exchange: undefined, request: undefined, status: 202 },
  };
  const happened = {
    ...around,
    from: 'initializing',
    event,
    effects: [
      { type: 'settled', entry, outcome: 'result', elapsedMs: 1.5 },
      { ...own, entry: undefined, exchange: undefined, status: 0, frame: undefined },
      { ...own, entry: undefined, exchange: undefined, status: 0, frame: request },
    ],
  } as const;
  const text = plainFrameText(happened, names);
  expect(`${text}}`).toBe(JSON.stringify(eventLine(happened, names)));
  expect(plainFrameText({ ...happened, decision: 'rolled-back' }, names)).toBeUndefined();
  expect(plainFrameText({ ...happened, event: { ...event, verdict: 'awaited' } }, names)).toBeUndefined();
});
