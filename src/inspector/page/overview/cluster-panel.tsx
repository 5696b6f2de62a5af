/** The nodes of a cluster, renewed each second: who may act, who has how many sessions, and what goes from one to another. Nothing without a cluster. */

import { usePolled } from '../holds/polled.tsx';
import { spokenMs } from '../session/spoken.ts';
import type { PageStore } from '../store/page-store.ts';
import { type ClusterNodeLine, clusterNodesOf } from './cluster-nodes.ts';

export function ClusterPanel({ store }: { readonly store: PageStore }) {
  const members = [...store.processes.value.values()].filter(({ facts }) => facts.node !== undefined);
  return members.length === 0 ? null : <Nodes store={store} pids={members.map(({ facts }) => facts.pid)} />;
}

function Nodes({ store, pids }: { readonly store: PageStore; readonly pids: readonly number[] }) {
  const lines = clusterNodesOf(usePolled(store, '/cluster', pids).answers);
  const serving = lines.filter(({ state }) => state === 'up').length;
  return (
    <details class="cluster" open>
      <summary>
        Cluster <span class="dim">{serving === 1 ? '1 node serves' : `${serving} nodes serve`}</span>
        {serving < lines.length && <span class="badge held">{lines.length - serving} not</span>}
      </summary>
      <table aria-label="Nodes of the cluster">
        <thead>
          <tr>
            <th scope="col">node</th>
            <th scope="col">state</th>
            <th scope="col" title="Since it proved last that it may act">
              lease
            </th>
            <th scope="col">sessions</th>
            <th scope="col" title="Requests sent on to the nodes that have their sessions">
              sent on
            </th>
            <th scope="col" title="Requests of other nodes that were taken">
              taken
            </th>
            <th scope="col" title="Sessions that were another node’s before">
              taken over
            </th>
            <th scope="col" title="Used and granted of the limit that all nodes have together">
              pending share
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.node} line={line} />
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Line({ line: { node, pid, state, sessions, leaseAgeMs, own } }: { readonly line: ClusterNodeLine }) {
  const isCutOff = own?.isConnected === false;
  return (
    <tr>
      <th scope="row">
        <span class="mono">{node}</span> {pid !== undefined && <span class="dim">{pid}</span>}
      </th>
      <td class={state === 'up' && !isCutOff ? '' : 'bad'}>{isCutOff ? `${state}, cut off` : state}</td>
      <td>{spokenMs(Math.round(leaseAgeMs / 100) * 100)}</td>
      <td>{sessions}</td>
      <td>{own === undefined ? '' : withWaiting(own.forwarded, own.forwardedPending)}</td>
      <td>{own === undefined ? '' : withWaiting(own.served, own.servedPending)}</td>
      <td>{own?.takeovers}</td>
      <td>{own !== undefined && `${own.budgetUsed} of ${own.budgetGranted}`}</td>
    </tr>
  );
}

function withWaiting(count: number, waiting: number) {
  return (
    <>
      {count}
      {waiting > 0 && <span class="dim"> · {waiting} under way</span>}
    </>
  );
}
