/** What all sessions do together: the states with how long sessions stay, and the edges with how often they were taken. */

import { sessionStates } from '../../../session/outcomes.ts';
import { duration } from '../parts/quantities.ts';
import { StateName } from '../parts/state-name.tsx';
import type { Aggregate } from './aggregate.ts';
import { heatOf } from './heat.ts';

export function AggregatePanel({ aggregate }: { readonly aggregate: Aggregate }) {
  const { counts, dwellMs, transitions } = aggregate;
  const most = Math.max(0, ...transitions.map(({ count }) => count));
  const longest = Math.max(0, ...Object.values(dwellMs).map(({ p99 }) => p99));
  return (
    <aside class="aggregate" aria-label="All sessions together">
      <table>
        <caption>States</caption>
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col" class="number">
              sessions
            </th>
            <th scope="col" class="number" title="Half of the stays that ended lately were shorter">
              stay p50
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
                <td class="number">{dwell === undefined ? '' : duration(dwell.p50)}</td>
                <td class={`number heat-${heatOf(dwell?.p99 ?? 0, longest)}`}>
                  {dwell === undefined ? '' : duration(dwell.p99)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <table>
        <caption>Transitions so far</caption>
        <thead>
          <tr>
            <th scope="col">from</th>
            <th scope="col">to</th>
            <th scope="col" class="number">
              taken
            </th>
          </tr>
        </thead>
        <tbody>
          {transitions.map(({ from, to, count }) => (
            <tr key={`${from} ${to}`}>
              <td>
                <StateName state={from} />
              </td>
              <td>
                <StateName state={to} />
              </td>
              {/* A new number is a new element, which flashes. */}
              <td key={count} class={`number flash heat-${heatOf(count, most)}`}>
                {count}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </aside>
  );
}
