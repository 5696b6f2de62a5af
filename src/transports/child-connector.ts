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

export interface ChildConnector extends UpstreamConnector {
  /** SIGKILL for whatever runs now, for a process that has to exit at once. */
  kill(): void;
}

export function childConnector(options: ChildConnectorOptions): ChildConnector {
  let running: ServerProcess | undefined;
  return {
    connect: (events) => {
      running = start(options, events);
      return running;
    },
    kill: () => running?.kill(),
  };
}

function start(options: ChildConnectorOptions, events: UpstreamEvents): ServerProcess {
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
    onExit: (exit) => {
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
