/**
 * Decides the life of one connection to one server: when it is started, whether it is started again after it went away,
 * and how it ends. The restart intensity is the circuit breaker. Does not know processes, sockets, or sessions.
 */

import { setup } from 'xstate';
import {
  type UpstreamEvent,
  type UpstreamInput,
  UpstreamRecord,
  announceFinalLoss,
  announceLoss,
  announceReady,
  announceStopped,
  backoffMs,
  connect,
  disconnect,
  isRestartGranted,
  mayRestart,
  noteDeparture,
} from '../src/session/upstream.ts';
import { condition, update } from './update.ts';

export type UpstreamTag = 'usable' | 'coming' | 'ended';

const upstream = setup({
  types: {
    context: {} as { readonly record: UpstreamRecord },
    events: {} as UpstreamEvent,
    input: {} as UpstreamInput,
    tags: {} as UpstreamTag,
  },
  actions: {
    connect: update(connect),
    disconnect: update(disconnect),
    announceReady: update(announceReady),
    announceLoss: update(announceLoss),
    announceFinalLoss: update(announceFinalLoss),
    announceStopped: update(announceStopped),
    noteDeparture: update(noteDeparture),
  },
  guards: { mayRestart: condition(mayRestart), isRestartGranted: condition(isRestartGranted) },
  delays: { backoff: ({ context }) => backoffMs(context.record) },
});

const idle = upstream.createStateConfig({
  description: 'Not started yet.',
  on: { 'upstream.start': 'starting', 'upstream.stop': 'stopped' },
});

const starting = upstream.createStateConfig({
  description: 'Being started; nothing can be sent yet.',
  tags: 'coming',
  entry: 'connect',
  on: {
    'connection.ready': 'ready',
    'connection.lost': [
      { guard: 'mayRestart', target: 'backingOff', actions: 'announceLoss' },
      { target: 'stopped', actions: 'announceFinalLoss' },
    ],
    'upstream.stop': 'stopping',
  },
});

const ready = upstream.createStateConfig({
  description: 'Takes frames.',
  tags: 'usable',
  entry: 'announceReady',
  on: {
    'connection.leaving': [
      { guard: 'mayRestart', target: 'leaving', actions: 'announceLoss' },
      { target: 'leaving', actions: 'announceFinalLoss' },
    ],
    'connection.lost': [
      { guard: 'mayRestart', target: 'backingOff', actions: 'announceLoss' },
      { target: 'stopped', actions: 'announceFinalLoss' },
    ],
    'upstream.stop': 'stopping',
  },
});

const leaving = upstream.createStateConfig({
  description: 'Says nothing more and is being ended. Its session knows; the next one starts when this one is gone.',
  tags: 'coming',
  on: {
    'connection.lost': [
      { guard: 'isRestartGranted', target: 'backingOff', actions: 'noteDeparture' },
      { target: 'stopped' },
    ],
    'upstream.stop': 'stopping',
  },
});

const backingOff = upstream.createStateConfig({
  description: 'Went away within its restart intensity; waits before it is started again.',
  tags: 'coming',
  after: { backoff: 'starting' },
  on: { 'upstream.stop': 'stopped' },
});

const stopping = upstream.createStateConfig({
  description: 'Asked to go; its departure is awaited.',
  entry: 'disconnect',
  on: { 'connection.lost': 'stopped' },
});

/** The chart of one connection to a server: docs/charts/upstream.md. */
export const upstreamMachine = upstream.createMachine({
  id: 'upstream',
  options: { maxIterations: 100 },
  context: ({ input }) => ({ record: new UpstreamRecord(input) }),
  initial: 'idle',
  states: {
    idle,
    starting,
    ready,
    leaving,
    backingOff,
    stopping,
    stopped: {
      description: 'Gone for good.',
      type: 'final',
      tags: 'ended',
      entry: 'announceStopped',
    },
  },
});
