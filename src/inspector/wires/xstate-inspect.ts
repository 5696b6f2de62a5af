/**
 * The wire of `@xstate/inspect` 0.8: messages named `service.*`, whose charts and states are texts of JSON inside them, in the
 * words of XState 4. A viewer first says that it inspects, and may say so again. What it would have us do to a service is not done.
 */

import type { ChartNode, ChartTransition, ChartTransitions } from './chart.ts';
import type { Wire, WiredEvent, WiredState } from './wire.ts';

export const xstateInspectWire: Wire = {
  asks: (text) => {
    try {
      const said: unknown = JSON.parse(text);
      return typeof said === 'object' && said !== null && 'type' in said && said.type === 'xstate.inspecting';
    } catch {
      return false;
    }
  },
  registered: (actor, state) => [
    JSON.stringify({
      type: 'service.register',
      machine: JSON.stringify(inWordsOf4(actor.chart)),
      state: stateText(state, { type: 'xstate.init' }),
      id: actor.name,
      sessionId: actor.id,
      parent: actor.parentId,
    }),
  ],
  happened: (actor, event) => [
    JSON.stringify({ type: 'service.event', event: JSON.stringify(scxml(event)), sessionId: actor.id }),
  ],
  became: (actor, state, event) => [
    JSON.stringify({ type: 'service.state', state: stateText(state, event), sessionId: actor.id }),
  ],
  stopped: (actor) => [JSON.stringify({ type: 'service.stop', sessionId: actor.id })],
};

/** What XState 4 makes a `State` of: it reads every one of these, and takes the event from `_event`. */
function stateText({ value, tags, isFinal, context }: WiredState, event: WiredEvent): string {
  return JSON.stringify({
    value,
    context,
    event,
    _event: scxml(event),
    _sessionid: null,
    actions: [],
    activities: {},
    meta: {},
    events: [],
    configuration: [],
    transitions: [],
    children: {},
    done: isFinal,
    changed: true,
    tags,
  });
}

function scxml(event: WiredEvent): object {
  return { name: event.type, data: event, $$type: 'scxml', type: 'external' };
}

/** The same chart for XState 4: what is a guard now was a condition then. */
function inWordsOf4({ on, after, always, states, ...node }: ChartNode): object {
  return {
    ...node,
    ...(on === undefined ? {} : { on: eachIn4(on) }),
    ...(after === undefined ? {} : { after: eachIn4(after) }),
    ...(always === undefined ? {} : { always: transitionsIn4(always) }),
    ...(states === undefined ? {} : { states: mapped(states, inWordsOf4) }),
  };
}

function eachIn4(transitions: ChartTransitions): object {
  return mapped(transitions, transitionsIn4);
}

function transitionsIn4(transitions: ChartTransition | readonly ChartTransition[]): readonly object[] {
  const list: readonly ChartTransition[] = Array.isArray(transitions) ? transitions : [transitions as ChartTransition];
  return list.map(({ guard, ...others }) => (guard === undefined ? others : { ...others, cond: guard }));
}

function mapped<From, To>(
  named: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, to(value)]));
}
