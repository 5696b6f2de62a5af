/** A stage on which a server answers, and all that is told of connections is written down, in words. */

import { EventEmitter, once } from 'node:events';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import type { ConnectionEvents, Stage, TargetConnection } from '../../../src/testing/play/target.ts';

export class Notes extends EventEmitter {
  readonly lines: string[] = [];

  add(line: string): void {
    this.lines.push(line);
    this.emit('line');
  }

  /** Resolves when a line begins so. */
  async until(beginning: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((one) => one.startsWith(beginning));
      if (line !== undefined) return line;
      await once(this, 'line');
    }
  }

  /** Events that are written down under a name. */
  events(name: string): ConnectionEvents {
    return {
      message: (message, via) => this.add(`${name} hears ${brief(message)}${via === undefined ? '' : ` in ${via}`}`),
      unreadable: (text) => this.add(`${name} cannot read ${text}`),
      exchangeEnded: (of, status) => this.add(`${name}: ${of} ended with ${status}`),
      closed: () => this.add(`${name} is closed`),
    };
  }
}

function brief({ id, method, result, error }: WireMessage): string {
  if (method !== undefined) return id === undefined ? method : `${method} ${JSON.stringify(id)}`;
  return `${error === undefined ? 'result' : `error ${error.code}`} ${JSON.stringify(id)}${result === undefined ? '' : ` ${JSON.stringify(result)}`}`;
}

export const handshake = (id: number | string): WireMessage => ({
  jsonrpc: '2.0',
  id,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});

const welcome = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'ours', version: '1' } };

/** @param says what the server does about a request other than `initialize`; it answers `{}` unless told otherwise. */
export function stageWith(
  notes: Notes,
  says: (connection: TargetConnection, message: WireMessage) => void = (connection, { id }) =>
    connection.send({ jsonrpc: '2.0', id: id!, result: {} }, 0),
): Stage & { readonly served: readonly TargetConnection[] } {
  const served: TargetConnection[] = [];
  return {
    served,
    clock: { now: () => 0, wallTime: () => 0, setTimeout: () => 0, clearTimeout: () => {} },
    serve: (connection) => {
      const name = `server ${served.push(connection)}`;
      notes.add(`${name} is there`);
      const events = notes.events(name);
      return {
        ...events,
        message: (message) => {
          events.message(message);
          if (message.method === 'initialize') connection.send({ jsonrpc: '2.0', id: message.id!, result: welcome }, 0);
          else if (message.id !== undefined && message.method !== undefined) says(connection, message);
        },
      };
    },
  };
}
