/**
 * Reaches a server by starting it as a child process, once for each life that the upstream chart grants it. Translates
 * between the process and the runtime's port; decides nothing.
 */

import type { Clock, UpstreamConnector, UpstreamEvents } from '../ports.ts';
import { probeOversize } from '../protocol/oversize.ts';
import { type ServerExit, type ServerProcess, spawnServer } from './child-process.ts';
import type { StopLadder } from './child-stop-ladder.ts';

export interface ChildConnectorOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
  readonly lineBytesMax: number;
  readonly ladder?: StopLadder;
  readonly onSpawned?: (pid: number) => void;
  readonly onStderr: (line: string) => void;
  readonly onExit?: (exit: ServerExit) => void;
}

/** What is asked here concerns every server that was started and has not ended, with all that it started itself. */
export interface ChildConnector extends UpstreamConnector {
  /** Stops what runs. Resolves when nothing is left of any server that was started here, nor of what it had started. */
  stop(): Promise<void>;
  /** Cuts stops short that are under way: SIGTERM now, and SIGKILL soon. */
  hurry(): void;
  /** SIGKILL for whatever runs now, for a process that has to exit at once. */
  kill(): void;
}

export function childConnector(options: ChildConnectorOptions): ChildConnector {
  // A server is gone before everything that it had started is: what is swept up still counts as running here.
  const running = new Set<ServerProcess>();
  return {
    connect: (events) => {
      const server = start(options, events, () => void server.stop().then(() => running.delete(server)));
      running.add(server);
      return server;
    },
    stop: async () => {
      await Promise.all([...running].map(async (server) => server.stop()));
    },
    hurry: () => {
      for (const server of running) server.hurry();
    },
    kill: () => {
      for (const server of running) server.kill();
    },
  };
}

function start(options: ChildConnectorOptions, events: UpstreamEvents, onGone: () => void): ServerProcess {
  return spawnServer({
    command: options.command,
    args: options.args,
    cwd: options.cwd,
    env: options.env,
    clock: options.clock,
    lineBytesMax: options.lineBytesMax,
    ladder: options.ladder,
    onReady: (pid) => {
      options.onSpawned?.(pid);
      events.ready();
    },
    onMessage: (line) => events.message(line),
    onOversize: (line) => events.unreadable(probeOversize(line), line.totalBytes),
    // Half a message at the end of the output is nobody's message; the reader says what is wrong with it.
    onPartial: (rest) => events.message(rest),
    onDrained: () => events.drained(),
    // What was not written belongs to requests that the loss settles; the loss follows at once.
    onWriteFailed: () => {},
    onStderr: options.onStderr,
    onMute: (lastStderr) => events.leaving({ reason: 'closed', exitCode: null, signal: null, lastStderr }),
    onExit: (exit) => {
      onGone();
      options.onExit?.(exit);
      events.lost({
        reason: exit.spawnError === undefined ? 'exited' : 'spawn-failed',
        exitCode: exit.code,
        signal: exit.signal,
        lastStderr: exit.lastStderr,
      });
    },
  });
}
