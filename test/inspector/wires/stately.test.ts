import { describe, expect, test } from 'vitest';
import { sessionChart } from '../../../src/inspector/wires/chart.ts';
import { statelyWire } from '../../../src/inspector/wires/stately.ts';
import type { WiredActor, WiredState } from '../../../src/inspector/wires/wire.ts';

const actor: WiredActor = { id: 's', name: 'session s', chart: sessionChart, parentId: 'p', rootId: 'p' };
const serving: WiredState = {
  value: { active: 'serving' },
  tags: ['open', 'ready'],
  isFinal: false,
  context: { frames: 3 },
};
const about = { sessionId: 's', rootId: 'p', createdAt: '1700', id: null, _version: '0.7.2' };
const said = (texts: readonly string[]): unknown[] => texts.map((text) => JSON.parse(text) as unknown);

describe('the wire of @statelyai/inspect', () => {
  test('tells what there is without being asked', () => {
    expect(statelyWire.asks).toBeUndefined();
  });

  test('an actor comes with its chart and where it is', () => {
    const [message] = said(statelyWire.registered(actor, serving, 1700.4)) as [{ definition: string }];
    expect(message).toEqual({
      ...about,
      type: '@xstate.actor',
      name: 'session s',
      parentId: 'p',
      definition: JSON.stringify(sessionChart),
      snapshot: {
        status: 'active',
        value: { active: 'serving' },
        context: { frames: 3 },
        tags: ['open', 'ready'],
        children: {},
        historyValue: {},
      },
    });
    expect(JSON.parse(message.definition)).toEqual(sessionChart);
  });

  test('an event comes alone, and the state after it with it', () => {
    const event = { type: 'frame.request', frame: { method: 'tools/call' } };
    expect(said(statelyWire.happened(actor, event, 1700))).toEqual([{ ...about, type: '@xstate.event', event }]);
    expect(said(statelyWire.became(actor, serving, event, 1700))).toMatchObject([
      { ...about, type: '@xstate.snapshot', event, snapshot: { status: 'active', value: { active: 'serving' } } },
    ]);
  });

  test('the end stands in the last snapshot, or is said where that was missed', () => {
    const closed: WiredState = { ...serving, value: 'closed', isFinal: true };
    expect(said(statelyWire.became(actor, closed, { type: 'session.close' }, 1700))).toMatchObject([
      { snapshot: { status: 'done', value: 'closed' } },
    ]);
    expect(statelyWire.stopped(actor, closed, 1700)).toEqual([]);
    expect(said(statelyWire.stopped(actor, serving, 1700))).toMatchObject([
      { type: '@xstate.snapshot', event: { type: 'xstate.stop' }, snapshot: { status: 'stopped' } },
    ]);
  });
});
