/** Every session of every process. */

import type { PageStore } from '../store/page-store.ts';

export function OverviewPage({ store }: { readonly store: PageStore }) {
  return (
    <ul>
      {[...store.processes.value.values()].flatMap(({ facts, rows }) =>
        [...rows.values()].map(({ id, state }) => (
          <li key={`${facts.pid}/${id}`}>
            <a href={`#/p/${facts.pid}/s/${encodeURIComponent(id)}`}>{id}</a> {state}
          </li>
        )),
      )}
    </ul>
  );
}
