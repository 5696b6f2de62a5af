/** What all sessions do together: the chart with how many are where and how often each edge was taken, and how long they stay. */

import { useRef } from 'preact/hooks';
import { sessionStates } from '../../../session/outcomes.ts';
import { heatOf } from '../chart/heat.ts';
import { StateChart } from '../chart/state-chart.tsx';
import { StateName } from '../parts/state-name.tsx';
import { spokenMs } from '../session/spoken.ts';
import type { Aggregate } from './aggregate.ts';
import { type NewestEdge, newestEdge } from './newest-edge.ts';
import { filterText, pickState, pickedState } from './overview-state.ts';

export function AggregatePanel({ aggregate }: { readonly aggregate: Aggregate }) {
  const { counts, dwellMs, transitions } = aggregate;
  const before = useRef(transitions);
  const newest = useRef<NewestEdge | undefined>(undefined);
  newest.current = newestEdge(before.current, transitions, newest.current);
  before.current = transitions;
  const longest = Math.max(0, ...Object.values(dwellMs).map(({ p99 }) => p99));
  return (
    <aside class="aggregate" aria-label="All sessions together">
      <StateChart
        title="All sessions"
        lit={sessionStates.filter((state) => counts[state] > 0)}
        counts={counts}
        edges={transitions}
        dwellMs={dwellMs}
        last={newest.current}
        picked={pickedState(filterText.value)}
        onPick={pickState}
      />
      <table>
        <caption>How long sessions stay</caption>
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col" class="number">
              now
            </th>
            <th scope="col" class="number" title="Half of the stays that ended lately were shorter">
              p50
            </th>
            <th scope="col" class="number" title="99 of 100 stays that ended lately were shorter">
              p99
            </th>
          </tr>
        </thead>
        <tbody>
          {sessionStates.map((state) => {
            const dwell = dwellMs[state];
            return (
              <tr key={state}>
                <th scope="row">
                  <StateName state={state} />
                </th>
                <td class="number">{counts[state]}</td>
                <td class="number">{dwell === undefined ? '' : spokenMs(dwell.p50)}</td>
                <td class={`number heat-${heatOf(dwell?.p99 ?? 0, longest)}`}>
                  {dwell === undefined ? '' : spokenMs(dwell.p99)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </aside>
  );
}
