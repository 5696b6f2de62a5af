/** Makes this process a node of the cluster that was asked for. Loaded when one is; nothing of a cluster is loaded otherwise. */

import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

import { natsEngine } from '../cluster/nats-engine.ts';
import { clusterTimes, defaultTimes, replicatedTimes } from '../cluster/settings.ts';
import type { ClusterRequest } from '../config/cluster-address.ts';
import type { Clock, Log } from '../ports.ts';
import { type ClusterSeat, takeSeat } from '../proxy/cluster-seat.ts';
import { routedHeadBytesMax } from '../transports/http-routed-frame.ts';

export interface JoinOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** The largest message that the front takes. */
  readonly frameBytesMax: number;
  readonly pendingTotal: number;
  /** The node may not act any more: its sessions have ended, and the process is to be started again. */
  readonly onFenced: () => void;
}

/** @throws EngineRefused with sentences that say what to do. */
export async function joinCluster(request: ClusterRequest, options: JoinOptions): Promise<ClusterSeat> {
  const { clock, log, frameBytesMax, pendingTotal, onFenced } = options;
  const { servers, name, replicas, login, tls } = request;
  const engine = await natsEngine({
    ...{ servers, cluster: name, replicas },
    frameBytesMax: frameBytesMax + routedHeadBytesMax,
    ...(login === undefined ? {} : { login }),
    ...(tls === undefined ? {} : { tls }),
    onWarning: (warning) =>
      log.warn({ cluster: name, reason: warning }, 'the server of the cluster could serve better'),
  });
  const node = nodeName();
  const times = clusterTimes({}, replicas === 1 ? defaultTimes : replicatedTimes);
  const seat = await takeSeat({ engine, node, clock, log, times, pendingTotal, onFenced });
  engine.onState((state) => {
    // Who leaves parts with the server, and has not lost it.
    if (seat.problem() !== undefined) return;
    if (state === 'down') log.warn({ node }, 'the server of the cluster cannot be reached');
    else log.info({ node }, 'the server of the cluster is there again');
  });
  log.info({ node, cluster: name, servers: servers.join(', ') }, 'this is a node of a cluster');
  return seat;
}

/** Whose it is can be read; that there is no other one of it is left to chance. */
function nodeName(): string {
  const host = hostname()
    .replaceAll(/[^\w-]/g, '-')
    .slice(0, 40);
  return `${host}-${process.pid}-${randomBytes(4).toString('hex')}`;
}
