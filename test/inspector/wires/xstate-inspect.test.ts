import { describe, expect, test } from 'vitest';
import type { ChartNode } from '../../../src/inspector/wires/chart.ts';
import type { WiredActor, WiredState } from '../../../src/inspector/wires/wire.ts';
import { xstateInspectWire } from '../../../src/inspector/wires/xstate-inspect.ts';

const chart: ChartNode = {
  id: 'session',
  initial: 'a',
  states: {
    a: {
      tags: 'open',
      on: { go: [{ guard: 'mayGo', target: 'b', actions: ['count'] }, { actions: 'count' }], stay: {} },
      after: { deadline: { target: '#session.b' } },
      always: { guard: 'isDone', target: 'b' },
    },
    b: { type: 'final', entry: 'settle' },
  },
};
const actor: WiredActor = { id: 's', name: 'session s', chart, parentId: 'p', rootId: 'p' };
const state: WiredState = { value: 'a', tags: ['open'], isFinal: false, context: { frames: 3 } };

type Texts = Readonly<Record<'type' | 'machine' | 'state' | 'event', string>>;
const said = (texts: readonly string[]): Texts[] => texts.map((text) => JSON.parse(text) as Texts);
const inner = (text: string): unknown => JSON.parse(text);

describe('the wire of @xstate/inspect', () => {
  test('tells what there is when a viewer says that it inspects, and by nothing else', () => {
    const asks = (text: string): boolean | undefined => xstateInspectWire.asks?.(text);
    expect(asks('{"type":"xstate.inspecting"}')).toBe(true);
    for (const text of ['{"type":"xstate.event","event":"{}","service":"s"}', '{}', 'null', '"x"', 'not JSON', '']) {
      expect(asks(text)).toBe(false);
    }
  });

  test('a chart is told in the words of XState 4', () => {
    const [message] = said(xstateInspectWire.registered(actor, state, 0));
    expect(message).toMatchObject({ type: 'service.register', id: 'session s', sessionId: 's', parent: 'p' });
    expect(inner(message!.machine)).toEqual({
      id: 'session',
      initial: 'a',
      states: {
        a: {
          tags: 'open',
          on: { go: [{ cond: 'mayGo', target: 'b', actions: ['count'] }, { actions: 'count' }], stay: [{}] },
          after: { deadline: [{ target: '#session.b' }] },
          always: [{ cond: 'isDone', target: 'b' }],
        },
        b: { type: 'final', entry: 'settle' },
      },
    });
    expect(inner(message!.state)).toMatchObject({ value: 'a', context: { frames: 3 }, event: { type: 'xstate.init' } });
  });

  test('an event and the state after it carry it as XState 4 wraps events', () => {
    const event = { type: 'go', why: 1 };
    const wrapped = { name: 'go', data: event, $$type: 'scxml', type: 'external' };
    const [happened] = said(xstateInspectWire.happened(actor, event, 0));
    expect(happened).toMatchObject({ type: 'service.event', sessionId: 's' });
    expect(inner(happened!.event)).toEqual(wrapped);
    const [became] = said(xstateInspectWire.became(actor, { ...state, value: 'b', isFinal: true }, event, 0));
    expect(became).toMatchObject({ type: 'service.state', sessionId: 's' });
    expect(inner(became!.state)).toMatchObject({ value: 'b', event, _event: wrapped, done: true, tags: ['open'] });
  });

  test('the end is a message of its own', () => {
    expect(said(xstateInspectWire.stopped(actor, state, 0))).toEqual([{ type: 'service.stop', sessionId: 's' }]);
  });
});
