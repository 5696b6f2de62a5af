/** Every session of every process: a table that filters and sorts, and what they do together beside it. */

import { useEffect, useMemo, useState } from 'preact/hooks';
import { nowMs } from '../parts/seconds.ts';
import { isTyping } from '../shell/keys.ts';
import type { PageStore } from '../store/page-store.ts';
import { AggregatePanel } from './aggregate-panel.tsx';
import { aggregateOf } from './aggregate.ts';
import { ClusterPanel } from './cluster-panel.tsx';
import { sorted } from './columns.ts';
import { FilterBox } from './filter-box.tsx';
import { filterText, showsChart, sorting } from './overview-state.ts';
import './overview.css';
import { ProcessStrip } from './process-strip.tsx';
import type { RowTest } from './row-filter.ts';
import { linesOf } from './session-line.ts';
import { SessionTable } from './session-table.tsx';
import { StateCounts } from './state-counts.tsx';
import { UnplacedPanel } from './unplaced-panel.tsx';

export function OverviewPage({ store }: { readonly store: PageStore }) {
  // A function that is set as a state would be called.
  const [{ test }, setTest] = useState<{ readonly test: RowTest | undefined }>({ test: undefined });
  const onTest = useMemo(() => (next: RowTest | undefined) => setTest({ test: next }), []);
  const processes = store.processes.value;
  const lines = useMemo(() => linesOf(processes.values()), [processes]);
  const aggregate = useMemo(() => aggregateOf(processes.values()), [processes]);
  const order = sorting.value;
  const shown = useMemo(() => {
    const now = nowMs.peek();
    return sorted(test === undefined ? lines : lines.filter((line) => test(line, now)), order);
  }, [lines, test, order]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'g' && !isTyping(event) && !event.ctrlKey && !event.metaKey) {
        showsChart.value = !showsChart.value;
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  const isRead = [...processes.values()].every(({ totals }) => totals !== undefined);
  if (!store.hasList.value) {
    return (
      <p class="blank dim" role="status">
        Looking for processes …
      </p>
    );
  }
  if (processes.size === 0) return <NoProcess />;
  return (
    <div class={showsChart.value ? 'overview with-chart' : 'overview'}>
      <section class="list">
        <div class="tools">
          <FilterBox onTest={onTest} />
          <span class="dim amount" role="status">
            {shown.length < lines.length ? `${shown.length} of ${lines.length}` : amountOf(lines.length)}
          </span>
          <button
            type="button"
            aria-pressed={showsChart.value}
            title="All sessions together (g)"
            onClick={() => {
              showsChart.value = !showsChart.value;
            }}
          >
            Chart
          </button>
        </div>
        <div class="groups">
          <StateCounts counts={aggregate.counts} />
          <ProcessStrip processes={processes} />
        </div>
        <ClusterPanel store={store} />
        <UnplacedPanel processes={processes.values()} />
        {lines.length > 0 && shown.length > 0 && <SessionTable lines={shown} />}
        {lines.length === 0 && !isRead && (
          <p class="blank dim" role="status">
            Reading the sessions …
          </p>
        )}
        {lines.length === 0 && isRead && (
          <div class="blank">
            {store.tape.value === undefined ? (
              <>
                <h1>No session yet</h1>
                <p>A session begins when a client connects. It shows up here at once.</p>
              </>
            ) : (
              <>
                <h1>No session on this tape</h1>
                <p>It was recorded while no client was connected, or has only begun.</p>
              </>
            )}
          </div>
        )}
        {lines.length > 0 && shown.length === 0 && (
          <div class="blank">
            <h1>No session fits the filter</h1>
            <button
              type="button"
              onClick={() => {
                filterText.value = '';
              }}
            >
              Show all {lines.length}
            </button>
          </div>
        )}
      </section>
      {showsChart.value && <AggregatePanel aggregate={aggregate} />}
    </div>
  );
}

function amountOf(sessions: number): string {
  return sessions === 1 ? '1 session' : `${sessions} sessions`;
}

function NoProcess() {
  return (
    <div class="blank">
      <h1>No process is inspected</h1>
      <p>Start a proxy with --inspect, and it shows up here:</p>
      <pre>ninelives forward stdio --inspect -- npx -y @modelcontextprotocol/server-everything</pre>
      <p>
        Clients that start their servers themselves can be told to put ninelives in front of them:{' '}
        <code>ninelives wrap CLIENT</code>.
      </p>
    </div>
  );
}
