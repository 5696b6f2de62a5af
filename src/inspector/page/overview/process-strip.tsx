/** The processes, in one line: what each is in front of, and how it does. Pressing one shows its sessions alone. */

import type { ProcessFacts } from '../../../observe/process-facts.ts';
import type { ProcessView } from '../store/process-view.ts';
import { filterText } from './overview-state.ts';
import { nameOf } from './session-line.ts';

export function ProcessStrip({ processes }: { readonly processes: ReadonlyMap<number, ProcessView> }) {
  return (
    <ul class="processes" aria-label="Processes">
      {[...processes.values()].map((view) => {
        const { facts, link, rows } = view;
        const condition = `pid == ${facts.pid}`;
        const isChosen = filterText.value === condition;
        return (
          <li key={facts.pid}>
            <button
              type="button"
              aria-pressed={isChosen}
              class="plain"
              title={titleOf(facts, rows.size)}
              onClick={() => {
                filterText.value = isChosen ? '' : condition;
              }}
            >
              {nameOf(view)}{' '}
              <span class="dim">
                {facts.pid} · {link === 'open' ? rows.size : wordOf(link)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function titleOf({ command, server, url, node }: ProcessFacts, sessions: number): string {
  return [
    `${command}: ${server}`,
    ...(url === undefined ? [] : [url]),
    ...(node === undefined ? [] : [`node ${node}`]),
    `${sessions} sessions`,
  ].join('\n');
}

function wordOf(link: Exclude<ProcessView['link'], 'open'>): string {
  switch (link) {
    case 'connecting':
      return 'connecting';
    case 'lost':
      return 'connection lost';
    case 'gone':
      return 'gone';
  }
}
