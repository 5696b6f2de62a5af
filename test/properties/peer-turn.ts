/** What befalls a session besides what its peers say: a peer comes, goes or stops, or its operator ends it. */
import type { Pair } from './world.ts';

export type PeerTurn = 'lose' | 'return' | 'half-close' | 'leave' | 'close' | 'drain';

export function takeTurn(pair: Pair, turn: PeerTurn): void {
  switch (turn) {
    case 'lose':
      pair.server.lose();
      return;
    case 'return':
      pair.server.becomeReady();
      return;
    case 'half-close':
      pair.session.client.closed(false);
      return;
    case 'leave':
      pair.leave();
      return;
    case 'close':
      pair.session.close();
      return;
    case 'drain':
      pair.session.drain();
  }
}
