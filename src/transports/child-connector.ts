/**
 * Reaches a server by starting it as a child process, once for each life that the upstream chart grants it. Translates
 * between the process and the runtime's port; decides nothing.
 */

import type { Clock, UpstreamConnector, UpstreamEvents } from '../ports.ts';
import { probeOversize } from '../protocol/oversize.ts';
import type { Departure } from '../session/upstream.ts';
import { type ServerExit, type ServerProcess, spawnServer } from './child-process.ts';
import { childAhead } from './child-roster.ts';
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
  /**
   * Starts the first server before anybody connects; what it says waits for `connect`, which takes it over.
   * @param tells when `onSpawned` and `onExit` are called: as it happens, or in their place among what waits.
   */
  startAhead(tells?: 'at once' | 'in turn'): void;
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
  let ahead: { readonly server: ServerProcess; readonly waiting: WaitingEvents } | undefined;

  function run(events: UpstreamEvents, said: Sayings): ServerProcess {
    const server = start(options, events, said, () => void server.stop().then(() => running.delete(server)));
    running.add(server);
    return server;
  }

  return {
    startAhead: (tells = 'in turn') => {
      const waiting = new WaitingEvents();
      const server = run(waiting, tells === 'at once' ? options : waiting.said(options));
      // Only what is said about the server waits here; what it says itself waits in its pipe.
      server.pause(true);
      if (server.pid !== undefined) childAhead(server.pid, true);
      ahead = { server, waiting };
    },
    connect: (events) => {
      if (ahead === undefined) return run(events, options);
      const { server, waiting } = ahead;
      ahead = undefined;
      if (server.pid !== undefined) childAhead(server.pid, false);
      waiting.passOnTo(events);
      server.pause(false);
      return server;
    },
    stop: async () => {
      // The end of what nobody reads would not be noticed.
      ahead?.server.pause(false);
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

/** What the connector itself is asked to say about a server. */
type Sayings = Pick<ChildConnectorOptions, 'onSpawned' | 'onExit'>;

/** Keeps what happens to a server until somebody wants to know, then passes everything on as it comes. */
class WaitingEvents implements UpstreamEvents {
  #events: UpstreamEvents | undefined;
  readonly #before: (() => void)[] = [];

  ready(): void {
    this.#tell((events) => events.ready());
  }
  message(bytes: Uint8Array): void {
    this.#tell((events) => events.message(bytes));
  }
  unreadable(...[fault, bytes]: Parameters<UpstreamEvents['unreadable']>): void {
    this.#tell((events) => events.unreadable(fault, bytes));
  }
  /** What a pipe takes it delivers, or the server is lost. */
  failed(): void {}
  drained(): void {
    this.#tell((events) => events.drained());
  }
  leaving(departure: Departure): void {
    this.#tell((events) => events.leaving(departure));
  }
  lost(departure: Departure): void {
    this.#tell((events) => events.lost(departure));
  }

  /** The connector's own words, in their place among the rest. */
  said({ onSpawned, onExit }: Sayings): Sayings {
    return {
      onSpawned: (pid) => this.#tell(() => onSpawned?.(pid)),
      onExit: (exit) => this.#tell(() => onExit?.(exit)),
    };
  }

  /** In a turn of its own: whoever connects does not hear anything before `connect` has returned. */
  passOnTo(events: UpstreamEvents): void {
    queueMicrotask(() => {
      this.#events = events;
      for (const tell of this.#before.splice(0)) tell();
    });
  }

  #tell(tell: (events: UpstreamEvents) => void): void {
    if (this.#events !== undefined) tell(this.#events);
    else this.#before.push(() => tell(this.#events!));
  }
}

function start(
  options: ChildConnectorOptions,
  events: UpstreamEvents,
  said: Sayings,
  onGone: () => void,
): ServerProcess {
  return spawnServer({
    command: options.command,
    args: options.args,
    cwd: options.cwd,
    env: options.env,
    clock: options.clock,
    lineBytesMax: options.lineBytesMax,
    ladder: options.ladder,
    onReady: (pid) => {
      said.onSpawned?.(pid);
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
      said.onExit?.(exit);
      events.lost({
        reason: exit.spawnError === undefined ? 'exited' : 'spawn-failed',
        exitCode: exit.code,
        signal: exit.signal,
        lastStderr: exit.lastStderr,
      });
    },
  });
}
