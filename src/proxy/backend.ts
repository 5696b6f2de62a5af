/**
 * What a forward has behind it: a command that is started for each session, or a URL. Hands each session a way to a server of
 * its own, and ends what it started. Wiring only: when a server is started again, and what its end means, the charts decide.
 */

import type { Clock, Log, UpstreamConnector, UpstreamEvents } from '../ports.ts';
import type { PendingEntry } from '../session/pending.ts';
import { type RestartPolicy, defaultRestartPolicy } from '../session/upstream.ts';
import { type ChildConnector, childConnector } from '../transports/child-connector.ts';
import type { ServerExit } from '../transports/child-process.ts';
import type { StopLadder } from '../transports/child-stop-ladder.ts';
import { SharedServer } from '../transports/shared-connector.ts';

export interface SessionBackend {
  readonly connector: UpstreamConnector;
  /** Its session is over and its server gone: what the server had started goes, too. */
  release(): void;
}

export interface Backend {
  /** For people: the command, or the URL without what is secret in it. */
  readonly name: string;
  readonly restart: RestartPolicy;
  /** A server at a URL may serve clients that name no session; a process that was started for a session cannot. */
  readonly servesSessionless: boolean;
  /**
   * Another process can go on with its sessions: the server is there for all, or may be started again. What a process keeps of a
   * session in its memory is gone with it.
   */
  readonly isReachedElsewhere: boolean;
  /** A way to a server, for one more session. */
  open(): SessionBackend;
  /** Why a server could not be reached the last time that somebody tried; undefined when that went well, or nobody has. */
  problem(): string | undefined;
  /** Ends whatever runs. Resolves when nothing of it is left. */
  stop(): Promise<void>;
  /** Cuts stops short that are under way. */
  hurry(): void;
  /** Ends whatever runs now, for a process that has to exit at once. */
  kill(): void;
}

export interface ChildBackendOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly clock: Clock;
  readonly lineBytesMax: number;
  readonly ladder?: StopLadder;
  readonly restart?: RestartPolicy;
  /** On another node of a cluster, too: what the server keeps in its memory is not missed. */
  readonly restartable?: boolean;
  readonly onStderr: (line: string) => void;
  readonly onSpawned: (pid: number) => void;
  readonly onExit: (exit: ServerExit) => void;
}

export interface SharedChildOptions extends ChildBackendOptions {
  readonly log: Log;
}

/** One child process for all sessions, which share it as long as one of them is there. */
export function sharedChildBackend(options: SharedChildOptions): Backend {
  const health = new Health();
  const child = childConnector(options);
  child.startAhead('at once');
  const server = new SharedServer({ connector: child, clock: options.clock, log: options.log });
  return {
    name: options.command,
    restart: options.restart ?? defaultRestartPolicy,
    servesSessionless: false,
    isReachedElsewhere: options.restartable === true,
    open: () => ({ connector: health.watching(server.member()), release: () => {} }),
    problem: () => health.problem,
    stop: async () => child.stop(),
    hurry: () => child.hurry(),
    kill: () => child.kill(),
  };
}

/** A child process for each session. The first is started now, so that it boots before anybody asks. */
export function childBackend(options: ChildBackendOptions): Backend {
  const running = new Set<ChildConnector>();
  const health = new Health();
  const start = (): ChildConnector => {
    const connector = childConnector(options);
    running.add(connector);
    return connector;
  };
  let ahead: ChildConnector | undefined = start();
  ahead.startAhead('at once');
  return {
    name: options.command,
    restart: options.restart ?? defaultRestartPolicy,
    servesSessionless: false,
    isReachedElsewhere: options.restartable === true,
    open: () => {
      const connector = ahead ?? start();
      ahead = undefined;
      return {
        connector: health.watching(connector),
        release: () => void connector.stop().then(() => running.delete(connector)),
      };
    },
    problem: () => health.problem,
    stop: async () => {
      await Promise.all([...running].map(async (connector) => connector.stop()));
    },
    hurry: () => {
      for (const connector of running) connector.hurry();
    },
    kill: () => {
      for (const connector of running) connector.kill();
    },
  };
}

export interface UrlBackendOptions {
  /** For people: without credentials. */
  readonly name: string;
  readonly restart: RestartPolicy;
  /** A connection of its own for each session. */
  readonly connector: () => UpstreamConnector;
  readonly stop?: () => Promise<void>;
}

/** A server that runs already, wherever it is. */
export function urlBackend({ name, restart, connector, stop }: UrlBackendOptions): Backend {
  const health = new Health();
  const open = new Set<SessionBackend>();
  let noneIsOpen = (): void => {};
  return {
    name,
    restart,
    servesSessionless: true,
    isReachedElsewhere: true,
    open: () => {
      const session: SessionBackend = {
        connector: health.watching(connector()),
        release: () => {
          open.delete(session);
          if (open.size === 0) noneIsOpen();
        },
      };
      open.add(session);
      return session;
    },
    problem: () => health.problem,
    stop: async () => {
      // What a session says last, such as that it is over, is said before its connection goes.
      if (open.size > 0) {
        await new Promise<void>((resolve) => {
          noneIsOpen = resolve;
        });
      }
      await stop?.();
    },
    hurry: () => {},
    kill: () => {},
  };
}

/** What the connections to a server have told of it. */
export class Health {
  problem: string | undefined;

  watching(connector: UpstreamConnector): UpstreamConnector {
    const { idBase } = connector;
    const connect: UpstreamConnector['connect'] = (events, heritage) =>
      connector.connect(new Watched(this, events), heritage);
    const goingOn = connector.goingOn?.bind(connector);
    return {
      connect,
      ...(idBase === undefined ? {} : { idBase }),
      ...(goingOn === undefined ? {} : { goingOn: (serverSession) => this.watching(goingOn(serverSession)) }),
    };
  }
}

/** Passes everything on. A server that says something is well; one that cannot be reached is not. */
class Watched implements UpstreamEvents {
  readonly #health: Health;
  readonly #events: UpstreamEvents;

  constructor(health: Health, events: UpstreamEvents) {
    this.#health = health;
    this.#events = events;
  }

  ready(): void {
    this.#events.ready();
  }
  message(...[bytes, via]: Parameters<UpstreamEvents['message']>): void {
    if (this.#health.problem !== undefined) this.#health.problem = undefined;
    this.#events.message(bytes, via);
  }
  unreadable(...[fault, bytes, via]: Parameters<UpstreamEvents['unreadable']>): void {
    this.#events.unreadable(fault, bytes, via);
  }
  failed(...[about, failure]: Parameters<UpstreamEvents['failed']>): void {
    if (failure.cause === 'unsent') this.#health.problem = failure.reason;
    this.#events.failed(about, failure);
  }
  parted(request: PendingEntry): void {
    this.#events.parted?.(request);
  }
  drained(): void {
    this.#events.drained();
  }
  leaving(departure: Parameters<UpstreamEvents['leaving']>[0]): void {
    this.#events.leaving(departure);
  }
  lost(departure: Parameters<UpstreamEvents['lost']>[0]): void {
    const { reason, exitCode, signal, lastStderr } = departure;
    if (reason === 'spawn-failed' || reason === 'unreachable' || reason === 'connection-lost') {
      this.#health.problem = lastStderr.at(-1) ?? reason;
    } else if (reason === 'exited' && exitCode !== 0) {
      this.#health.problem = `the server exited with ${signal ?? `code ${exitCode}`}`;
    }
    this.#events.lost(departure);
  }
}
