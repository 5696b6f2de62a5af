/** How many sessions are in each state. Pressing one shows those alone. */

import { type SessionState, sessionStates } from '../../../session/outcomes.ts';
import { StateName } from '../parts/state-name.tsx';
import { filterText, pickState, pickedState } from './overview-state.ts';

export function StateCounts({ counts }: { readonly counts: Readonly<Record<SessionState, number>> }) {
  return (
    <ul class="counts" aria-label="Sessions by state">
      {sessionStates
        .filter((state) => counts[state] > 0)
        .map((state) => (
          <li key={state}>
            <button
              type="button"
              class="plain"
              aria-pressed={pickedState(filterText.value) === state}
              onClick={() => pickState(state)}
            >
              <StateName state={state} /> {counts[state]}
            </button>
          </li>
        ))}
    </ul>
  );
}
