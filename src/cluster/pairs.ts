/** The windows of one node towards all others, each with its share of what the other can take in. */

import type { Incarnation } from './addresses.ts';
import { PairWindow } from './pair-window.ts';
import type { Peers } from './peers.ts';
import type { ClusterLimits } from './settings.ts';

export class Pairs {
  readonly #windows = new Map<Incarnation, PairWindow>();
  readonly #limits: ClusterLimits;
  readonly #peers: Peers;

  constructor(limits: ClusterLimits, peers: Peers) {
    this.#limits = limits;
    this.#peers = peers;
    // What was on its way to it is settled by others, and leaves the window that they hold.
    peers.onDead((node) => this.#windows.delete(node));
  }

  to(node: Incarnation): PairWindow {
    let window = this.#windows.get(node);
    if (window === undefined) this.#windows.set(node, (window = new PairWindow(() => this.#room())));
    return window;
  }

  #room(): { readonly framesMax: number; readonly bytesMax: number; readonly queuedMax: number } {
    const { pairFramesMax, pairBytesMax, inflowBytesMax, queuedFramesMax } = this.#limits;
    const share = Math.floor(inflowBytesMax / Math.max(1, this.#peers.livingCount));
    return { framesMax: pairFramesMax, bytesMax: Math.min(pairBytesMax, share), queuedMax: queuedFramesMax };
  }
}
