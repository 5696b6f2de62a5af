/**
 * A server that is started before the proxy around it is put together: the process boots meanwhile. Whoever listens hears of
 * it from the moment the proxy connects; nothing is lost in between.
 */

import type { Clock } from '../ports.ts';
import type { ServerExit } from './child-process.ts';
import { type ChildConnector, childConnector } from './child-connector.ts';
import type { StopLadder } from './child-stop-ladder.ts';

export interface ServerListener {
  spawned(pid: number): void;
  exited(exit: ServerExit): void;
}

export interface ServerToForwardOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly clock: Clock;
  readonly lineBytesMax: number;
  readonly ladder?: StopLadder;
  /** One line of the server's stderr. */
  readonly onStderr: (line: string) => void;
}

export interface ServerToForward {
  readonly command: string;
  readonly connector: ChildConnector;
  listener: ServerListener | undefined;
}

/** Starts the server now. */
export function startServerToForward(options: ServerToForwardOptions): ServerToForward {
  const server: ServerToForward = {
    command: options.command,
    listener: undefined,
    connector: childConnector({
      ...options,
      onSpawned: (pid) => server.listener?.spawned(pid),
      onExit: (exit) => server.listener?.exited(exit),
    }),
  };
  server.connector.startAhead();
  return server;
}
