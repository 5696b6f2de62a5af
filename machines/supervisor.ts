/**
 * Decides when sessions are taken: while running; not while draining; and when the last one is gone, it is over. Routing
 * and the book-keeping of sessions happen around this chart, in constant time (runtime/supervisor-actor.ts).
 */

import { setup } from 'xstate';

/** What the whole process is told. */
export type SupervisorEvent =
  | { readonly type: 'supervisor.drain' }
  | { readonly type: 'supervisor.stop' }
  | { readonly type: 'supervisor.emptied' };

/** `accepting`: new sessions may be opened. */
export type SupervisorTag = 'accepting';

/** What the chart asks about its sessions. */
export interface SupervisorContext {
  readonly sessions: { readonly size: number };
}

const supervisor = setup({
  types: {
    context: {} as SupervisorContext,
    events: {} as SupervisorEvent,
    input: {} as SupervisorContext,
    tags: {} as SupervisorTag,
  },
  guards: { isEmpty: ({ context }) => context.sessions.size === 0 },
});

/** The chart of the process: docs/charts/supervisor.md. */
export const supervisorMachine = supervisor.createMachine({
  id: 'supervisor',
  options: { maxIterations: 100 },
  context: ({ input }) => input,
  initial: 'running',
  states: {
    running: {
      description: 'Takes new sessions and routes frames.',
      tags: 'accepting',
      on: { 'supervisor.drain': 'draining', 'supervisor.stop': 'stopped', 'supervisor.emptied': {} },
    },
    draining: {
      description: 'Takes no new sessions; those that are open finish what is under way.',
      always: { guard: 'isEmpty', target: 'stopped' },
      on: { 'supervisor.emptied': { guard: 'isEmpty', target: 'stopped' }, 'supervisor.stop': 'stopped' },
    },
    // Not final: an actor that is over hears nothing, and frames that come too late have to be counted by somebody.
    stopped: { description: 'No session is left, none is taken.' },
  },
});
