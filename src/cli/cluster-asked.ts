/** Makes a front a node of a cluster where that was asked for. What it takes is loaded only then. */

import type { ClusterRequest } from '../config/cluster-address.ts';
import type { ClusterSeat } from '../proxy/cluster-seat.ts';
import { messageOf } from '../reasons.ts';
import type { JoinOptions } from './cluster-join.ts';

export interface JoiningFront extends JoinOptions {
  /** Somebody has asked the process to stop: that its sessions end is no news. */
  readonly isStopping: () => boolean;
}

/** Undefined where nobody asked. Who is refused has been told why, in the log. */
export async function joinWhereAsked(
  request: ClusterRequest | undefined,
  { isStopping, onFenced, ...front }: JoiningFront,
): Promise<ClusterSeat | 'refused' | undefined> {
  if (request === undefined) return undefined;
  const { log } = front;
  const fenced = (): void => {
    if (!isStopping()) log.error({}, 'this node has ended its sessions and stops: start it again');
    onFenced();
  };
  const { joinCluster } = await import('./cluster-join.ts');
  try {
    return await joinCluster(request, { ...front, onFenced: fenced });
  } catch (error) {
    log.error({ reason: messageOf(error) }, 'the cluster cannot be joined');
    return 'refused';
  }
}
