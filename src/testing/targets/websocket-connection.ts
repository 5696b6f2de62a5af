/** A client of a WebSocket on which each message is a text. Splits nothing: the protocol below has messages of its own. */

import { WebSocket } from 'ws';
import { encodeText } from '../../protocol/text.ts';
import { messageOf } from '../../reasons.ts';
import type { ConnectionEvents, TargetConnection } from '../play/target.ts';
import { hear } from './hearing.ts';
import { Outflow } from './outflow.ts';
import type { Quiet } from './quiet.ts';
import { TargetError } from './target-error.ts';

export interface WebSocketConnectionOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly quiet: Quiet;
  readonly events: ConnectionEvents;
}

/** @throws TargetError where nobody answers. */
export async function connectWebSocket(options: WebSocketConnectionOptions): Promise<TargetConnection> {
  const { url, headers, quiet, events } = options;
  const socket = new WebSocket(url, ['mcp'], { headers });
  let isOver = false;
  socket.on('message', (data: Buffer) => {
    quiet.heard();
    if (!isOver) hear(data, events);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.on('error', (error) => reject(new TargetError(`${url.href} cannot be reached: ${messageOf(error)}`)));
  });
  socket.once('close', () => {
    if (isOver) return;
    isOver = true;
    quiet.heard();
    events.closed();
  });
  const outflow = new Outflow((bytes) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(bytes, { binary: false });
  }, quiet);
  return {
    send: (message, _number, delivery) => {
      if (isOver) return;
      outflow.deliver(
        encodeText(JSON.stringify(message)),
        delivery === undefined ? undefined : { ...delivery, pieces: 1 },
      );
    },
    read: (isReading) => {
      if (isReading) socket.resume();
      else socket.pause();
    },
    close: () => {
      isOver = true;
      socket.resume();
      outflow.afterwards(() => socket.close());
    },
    cut: () => {
      isOver = true;
      socket.terminate();
    },
  };
}
