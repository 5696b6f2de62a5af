/** Tells pages which processes there are, over the WebSocket `/hub`: the list at first, and the list again whenever it has changed. */

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

import type { HubMessage } from '../observe/hub-messages.ts';
import { feedSubprotocol } from '../observe/subprotocols.ts';
import type { HubProcess, HubProcesses } from './hub-processes.ts';

/** Pages have nothing to say here. */
const messageBytesMax = 1024;
/** Of one that does not read; its page connects again and gets the list as it is then. */
const waitingBytesMax = 1024 * 1024;

export class HubViewers {
  readonly #processes: HubProcesses;
  readonly #server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    handleProtocols: (offered) => (offered.has(feedSubprotocol) ? feedSubprotocol : false),
  });

  constructor(processes: HubProcesses) {
    this.#processes = processes;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (viewer) => this.#serve(viewer));
  }

  close(): void {
    for (const viewer of this.#server.clients) viewer.terminate();
    this.#server.close();
  }

  #serve(viewer: WebSocket): void {
    viewer.on('error', () => viewer.terminate());
    const stop = this.#processes.follow((processes) => {
      if (viewer.bufferedAmount > waitingBytesMax) viewer.terminate();
      else viewer.send(messageOf(processes));
    });
    viewer.on('close', stop);
  }
}

function messageOf(processes: readonly HubProcess[]): string {
  const message: HubMessage = { type: 'processes', processes: processes.map(({ facts }) => facts) };
  return JSON.stringify(message);
}
