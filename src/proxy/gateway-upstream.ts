/**
 * One named server of a gateway: the backend that its configuration asks for, kept as long as sessions use it. One that is no longer
 * configured opens no more, and ends what it started when its last session is over.
 */

import type { ChildUpstream, UpstreamConfig } from '../config/gateway-config.ts';
import type { Tracing } from '../observe/spans.ts';
import type { Clock, Log } from '../ports.ts';
import { defaultRestartPolicy, neverRestart, remoteRestartPolicy } from '../session/upstream.ts';
import { type Backend, type SessionBackend, childBackend, sharedChildBackend, urlBackend } from './backend.ts';

export interface UpstreamSurroundings {
  readonly clock: Clock;
  readonly log: Log;
  /** Where there is one, servers on HTTP are told of the trace of a request in its headers, too. */
  readonly tracing?: Tracing;
  /** A line that a server wrote on its stderr. */
  readonly onStderr: (upstream: string, line: string) => void;
}

export class GatewayUpstream {
  readonly name: string;
  /** What makes it another one when it changes. */
  readonly key: string;
  readonly #backend: Backend;
  readonly #log: Log;
  #sessions = 0;
  #isRetired = false;
  #stopped: Promise<void> | undefined = undefined;

  constructor(name: string, key: string, backend: Backend, log: Log) {
    this.name = name;
    this.key = key;
    this.#backend = backend;
    this.#log = log;
  }

  get restart(): Backend['restart'] {
    return this.#backend.restart;
  }

  get isReachedElsewhere(): boolean {
    return this.#backend.isReachedElsewhere;
  }

  get servesSessionless(): boolean {
    return this.#backend.servesSessionless;
  }

  /** Why it could not be reached the last time, in one line. */
  problem(): string | undefined {
    return this.#backend.problem();
  }

  open(): SessionBackend {
    const behind = this.#backend.open();
    let isOpen = true;
    this.#sessions += 1;
    return {
      connector: behind.connector,
      release: () => {
        behind.release();
        if (isOpen) this.#sessions -= 1;
        isOpen = false;
        if (this.#isRetired) this.#stopWhenQuiet();
      },
    };
  }

  /** No further sessions come. */
  retire(): void {
    this.#isRetired = true;
    this.#stopWhenQuiet();
  }

  /** Ends whatever runs. Resolves when nothing of it is left. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#backend.stop();
    return this.#stopped;
  }

  kill(): void {
    this.#backend.kill();
  }

  #stopWhenQuiet(): void {
    if (this.#sessions > 0) return;
    void this.stop().catch((error: unknown) =>
      this.#log.error({ error, upstream: this.name }, 'a server was not stopped'),
    );
  }
}

/** What an upstream is, as one text. It may hold secrets: it is compared, and never shown. */
export function upstreamKey(config: UpstreamConfig, frameBytesMax: number): string {
  return JSON.stringify([config, frameBytesMax]);
}

/** Starts the command, so that it boots before anybody asks; or makes ready to reach the URL. */
export async function openUpstream(
  name: string,
  config: UpstreamConfig,
  frameBytesMax: number,
  surroundings: UpstreamSurroundings,
): Promise<GatewayUpstream> {
  const backend =
    config.kind === 'child'
      ? childBackendOf(name, config, frameBytesMax, surroundings)
      : await remoteBackendOf(config, frameBytesMax, surroundings);
  return new GatewayUpstream(name, upstreamKey(config, frameBytesMax), backend, surroundings.log);
}

function childBackendOf(
  name: string,
  { command, args, env, cwd, isShared, isRestartable, restarts }: ChildUpstream,
  lineBytesMax: number,
  { clock, log, onStderr }: UpstreamSurroundings,
): Backend {
  const options = {
    command,
    args,
    env,
    cwd,
    clock,
    log,
    lineBytesMax,
    restart: restarts ? defaultRestartPolicy : neverRestart,
    restartable: isRestartable,
    onStderr: (line: string) => onStderr(name, line),
    onSpawned: (pid: number) => log.info({ pid, upstream: name }, 'server started'),
    onExit: ({ code, signal, spawnError }: Parameters<Parameters<typeof childBackend>[0]['onExit']>[0]) => {
      if (spawnError === undefined) log.info({ code, signal, upstream: name }, 'server exited');
      else
        log.error(
          { upstream: name, reason: spawnError.kind, error: spawnError.message },
          'the server could not be started',
        );
    },
  };
  return isShared ? sharedChildBackend(options) : childBackend(options);
}

async function remoteBackendOf(
  { url, headers, ca, restarts }: Extract<UpstreamConfig, { readonly kind: 'remote' }>,
  frameBytesMax: number,
  { clock, log, tracing }: UpstreamSurroundings,
): Promise<Backend> {
  const { openRemote } = await import('./remote.ts');
  const remote = await openRemote({
    url,
    headers,
    ca,
    clock,
    log,
    frameBytesMax,
    tracesRequests: tracing !== undefined,
  });
  return urlBackend({
    name: remote.name,
    restart: restarts ? remoteRestartPolicy : neverRestart,
    connector: () => remote.connector(),
    stop: async () => remote.close(),
  });
}
