/** The state of a session, in its colour and in its word. */

import type { SessionState } from '../../../session/outcomes.ts';

/** The last part of a state's name, as colours are named by it. */
export function leafOf(state: SessionState): string {
  return state.slice(state.indexOf('.') + 1);
}

export function StateName({ state }: { readonly state: SessionState }) {
  return <span class={`state state-${leafOf(state)}`}>{leafOf(state)}</span>;
}
