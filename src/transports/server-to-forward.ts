/**
 * A server that is started before the proxy around it is put together: the process boots meanwhile. Whoever listens hears of
 * it from the moment the proxy connects; nothing is lost in between.
 */

import type { Clock, UpstreamConnector } from '../ports.ts';
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

/** A way to a server, and an end for it. */
export type StoppableConnector = Pick<ChildConnector, 'connect' | 'stop' | 'hurry' | 'kill'>;

export interface ServerToForward {
  /** For people: what it is started by, or where it is. */
  readonly command: string;
  readonly connector: StoppableConnector;
  listener: ServerListener | undefined;
}

/** Starts the server now. */
export function startServerToForward(options: ServerToForwardOptions): ServerToForward {
  const connector = childConnector({
    ...options,
    onSpawned: (pid) => server.listener?.spawned(pid),
    onExit: (exit) => server.listener?.exited(exit),
  });
  const server: ServerToForward = { command: options.command, listener: undefined, connector };
  connector.startAhead();
  return server;
}

/** A server that runs already, and goes on when we are gone. */
export function runningServer(name: string, connector: UpstreamConnector): ServerToForward {
  const nothing = (): void => {};
  return {
    command: name,
    listener: undefined,
    connector: { connect: connector.connect.bind(connector), stop: async () => {}, hurry: nothing, kill: nothing },
  };
}
