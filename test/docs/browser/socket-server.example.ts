/** A server that is reached over WebSocket from a browser, as the guide for browsers shows it. */

import type { UpstreamConnector } from '../../../src/core.ts';

/** A text frame for each message. The runtime connects again, as often as the session's restart policy allows. */
export function socketServer(url: string): UpstreamConnector {
  return {
    connect(events) {
      const socket = new WebSocket(url, 'mcp');
      const encoder = new TextEncoder();
      socket.addEventListener('open', () => events.ready());
      socket.addEventListener('message', ({ data }: MessageEvent<string>) => events.message(encoder.encode(data)));
      socket.addEventListener('close', ({ code }) => {
        const detail = `the connection was closed with ${code}`;
        events.lost({ reason: 'connection-lost', detail, exitCode: null, signal: null, lastStderr: [] });
      });
      const close = (): void => socket.close();
      return {
        write(slices) {
          const decoder = new TextDecoder();
          const text = slices.map((slice) => decoder.decode(slice, { stream: true })).join('') + decoder.decode();
          if (socket.readyState === WebSocket.OPEN) socket.send(text);
          return true;
        },
        pause() {},
        closeInput: close,
        close,
      };
    },
  };
}
