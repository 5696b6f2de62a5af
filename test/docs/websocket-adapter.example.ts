/** An adapter of one's own, for a WebSocket of the package `ws`, as docs/guides/put-session-laws-into-your-proxy.md shows it. */

import type { WebSocket } from 'ws';
import { LocalError, type PeerAdapter, type PeerReports } from '../../src/index.ts';

/** One text frame is one message. */
export function webSocketPeer(socket: WebSocket): PeerAdapter {
  let reports: PeerReports | undefined;
  let isFull = false;
  const sent = (): void => {
    if (!isFull || socket.bufferedAmount > 0) return;
    isFull = false;
    reports?.drained();
  };
  socket.pause();
  socket.on('message', (data: Buffer) => reports?.message(data));
  // Told by `close`, which follows.
  socket.on('error', () => {});
  socket.on('close', () => reports?.closed());
  return {
    link: {
      write(message) {
        socket.send(Buffer.concat(message), { binary: false }, sent);
        isFull ||= socket.bufferedAmount > 65_536;
        return !isFull;
      },
      pause: (paused) => (paused ? socket.pause() : socket.resume()),
      close(reason) {
        reports = undefined;
        socket.resume();
        socket.close(1000, reason);
      },
    },
    start(to) {
      if (reports !== undefined) throw new LocalError('ALREADY_STARTED', 'The socket has a session already.');
      reports = to;
      socket.resume();
    },
  };
}
