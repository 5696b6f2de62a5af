/** How many sessions are in each state. Pressing one shows those alone. */

import { type SessionState, sessionStates } from '../../../session/outcomes.ts';
import { StateName } from '../parts/state-name.tsx';
import { filterText } from './overview-state.ts';

export function StateCounts({ counts }: { readonly counts: Readonly<Record<SessionState, number>> }) {
  return (
    <ul class="counts" aria-label="Sessions by state">
      {sessionStates
        .filter((state) => counts[state] > 0)
        .map((state) => {
          const condition = `state == "${state}"`;
          const isChosen = filterText.value === condition;
          return (
            <li key={state}>
              <button
                type="button"
                class="plain"
                aria-pressed={isChosen}
                onClick={() => {
                  filterText.value = isChosen ? '' : condition;
                }}
              >
                <StateName state={state} /> {counts[state]}
              </button>
            </li>
          );
        })}
    </ul>
  );
}
