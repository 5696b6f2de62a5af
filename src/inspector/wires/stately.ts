/**
 * The wire of `@statelyai/inspect` 0.7: JSON messages named `@xstate.*`, as its WebSocket receiver and its relay take them. A
 * viewer asks for nothing: it is told what there is as soon as it is connected. That an actor is over stands in its snapshot.
 */

import type { Wire, WiredActor, WiredState } from './wire.ts';

/** Of the package whose messages these are; viewers take what has none for something else. */
const wireVersion = '0.7.2';

export const statelyWire: Wire = {
  registered: (actor, state, at) => [
    message(actor, at, {
      type: '@xstate.actor',
      name: actor.name,
      parentId: actor.parentId,
      definition: JSON.stringify(actor.chart),
      snapshot: snapshotOf(state),
    }),
  ],
  happened: (actor, event, at) => [message(actor, at, { type: '@xstate.event', event, sourceId: undefined })],
  became: (actor, state, event, at) => [
    message(actor, at, { type: '@xstate.snapshot', event, snapshot: snapshotOf(state) }),
  ],
  stopped: (actor, last, at) =>
    last.isFinal
      ? []
      : [
          message(actor, at, {
            type: '@xstate.snapshot',
            event: { type: 'xstate.stop' },
            snapshot: { ...snapshotOf(last), status: 'stopped' },
          }),
        ],
};

function message({ id, rootId }: WiredActor, at: number, said: object): string {
  return JSON.stringify({
    ...said,
    sessionId: id,
    rootId,
    createdAt: String(Math.round(at)),
    id: null,
    _version: wireVersion,
  });
}

/** As XState 5 writes the snapshot of a machine. */
function snapshotOf({ value, tags, isFinal, context }: WiredState): object {
  return { status: isFinal ? 'done' : 'active', value, context, tags, children: {}, historyValue: {} };
}
