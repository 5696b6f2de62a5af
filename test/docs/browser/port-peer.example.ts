/** A peer of a session at the other end of a message port, as the guide for browsers shows it. */

import type { PeerAdapter } from '../../../src/core.ts';

/** Each message is the bytes of one JSON-RPC message; `null` says that the other end is going. */
export function portPeer(port: MessagePort): PeerAdapter {
  return {
    link: {
      write(slices) {
        port.postMessage(joined(slices));
        return true;
      },
      pause() {},
      close() {
        port.postMessage(null);
        port.close();
      },
    },
    start(reports) {
      port.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        if (data instanceof Uint8Array) reports.message(data);
        else reports.closed();
      });
      port.addEventListener('close', () => reports.closed());
      port.start();
    },
  };
}

/** A copy, so that what is posted is the message and not the memory around it. */
function joined(slices: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(slices.reduce((length, slice) => length + slice.length, 0));
  let at = 0;
  for (const slice of slices) {
    bytes.set(slice, at);
    at += slice.length;
  }
  return bytes;
}
