/**
 * Things under test that run outside of this process: a command, or what is at a URL already. Puts together what stands in front of
 * them, and behind them where they are proxies or clients. A command is started for every play and killed at its end, so that
 * nothing of one play is seen in the next; what runs at a URL has new connections for every play.
 */

import { connect as connectSocket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionEvents, RunningTarget, Stage, Target, TargetConnection, TargetFault } from '../play/target.ts';
import { StartedCommand } from './command.ts';
import { freePort } from './free-port.ts';
import { HttpConnection } from './http-connection.ts';
import { type HttpStage, openHttpStage } from './http-server.ts';
import { type PlaceholderValues, filled } from './placeholders.ts';
import { Quiet, usualQuiet } from './quiet.ts';
import { type Relay, openRelay } from './relay.ts';
import { type RealTargetOptions, placeholdersOf, urlOf } from './real-target-options.ts';
import { StreamConnection } from './stream-connection.ts';
import { Traffic } from './traffic.ts';
import { connectWebSocket } from './websocket-connection.ts';

const usualStartMsMax = 30_000;
const lookAgainMs = 15;
const lastWordsMs = 200;
export function realTarget(options: RealTargetOptions): Target {
  const { kind, command, era } = options;
  const url = urlOf(options);
  const isHttp = url !== undefined && /^https?:/.test(url);
  const isPiped = url === undefined;
  const faults: readonly TargetFault[] = [
    ...(isPiped || isHttp ? (['split'] as const) : []),
    'delay',
    ...(kind === 'client' ? [] : (['slow-reader', 'cut'] as const)),
    ...(command === undefined ? [] : (['kill-target'] as const)),
    ...(kind === 'proxy' ? (['kill-server'] as const) : []),
  ];
  return {
    kind,
    name: command?.join(' ') ?? url ?? '',
    era,
    isHttp: kind === 'client' ? placeholdersOf(options).has('server-url') : isHttp,
    ...(kind === 'proxy' && placeholdersOf(options).has('server-url') ? { hasHttpServers: true } : {}),
    faults,
    isVirtual: false,
    start: async (stage) => startInstance(options, stage),
  };
}

/** @throws TargetError where it does not come up. */
export async function startInstance(options: RealTargetOptions, stage: Stage): Promise<Instance> {
  const instance = new Instance(options, stage);
  try {
    await instance.start();
  } catch (error) {
    await instance.stop();
    throw error;
  }
  return instance;
}

export class Instance implements RunningTarget {
  readonly #options: RealTargetOptions;
  /** Where connections of others arrive. */
  readonly #stage: Stage;
  #traffic: Traffic;
  /** Of the present play. */
  #play: Stage;
  /** Nothing of a play is left in it but its processes, as far as that can be seen. */
  isClean = true;
  readonly #quiet: Quiet;
  readonly #commands = new Set<StartedCommand>();
  readonly #connections = new Set<TargetConnection>();
  #relay: Relay | undefined;
  #http: HttpStage | undefined;
  #values: PlaceholderValues = {};
  #url: URL | undefined;
  /** Something was said to our server. */
  #hasSpoken = false;

  constructor(options: RealTargetOptions, stage: Stage) {
    this.#options = options;
    this.#quiet = new Quiet({ ...usualQuiet, ...options.quiet });
    this.#traffic = new Traffic(this.#quiet);
    this.#play = stage;
    this.#stage = { clock: stage.clock, serve: (connection) => this.#serve(this.#play, connection) };
  }

  /** Another play with the processes of the last, which must have been left with `rest`. */
  begin(stage: Stage): void {
    this.#play = stage;
    this.#traffic = new Traffic(this.#quiet);
    this.#connections.clear();
  }

  /** The play is over; the processes stay. Whether another one can be played with them is said by `isClean`. */
  rest(): void {
    this.#traffic.end();
    for (const connection of this.#connections) connection.close();
    if ([...this.#commands].some(({ isOver }) => isOver)) this.isClean = false;
  }

  /** @throws TargetError where it does not come up. */
  async start(): Promise<void> {
    const { kind, command, era } = this.#options;
    const used = placeholdersOf(this.#options);
    if (used.has('server')) this.#relay = await openRelay(this.#stage, this.#quiet);
    if (used.has('server-url')) this.#http = await openHttpStage(this.#stage, this.#quiet, era === 'stateless');
    const url = urlOf(this.#options);
    const port = used.has('port') ? String(await freePort()) : undefined;
    const values: PlaceholderValues = {
      ...(this.#relay === undefined ? {} : { server: this.#relay.command }),
      ...(this.#http === undefined ? {} : { 'server-url': this.#http.url.href }),
      ...(port === undefined ? {} : { port }),
    };
    const shown = url === undefined ? undefined : filled(url, values);
    this.#values = { ...values, ...(shown === undefined ? {} : { url: shown }) };
    if (shown !== undefined) this.#url = new URL(shown);
    if (command === undefined) return;
    if (this.#url !== undefined) await this.#listens(this.#run(command), this.#url);
    else if (kind === 'client') {
      const client = this.#run(command);
      if (this.#relay === undefined && this.#http === undefined)
        this.#piped(client, (connection) => this.#stage.serve(connection));
      await this.#speaks(client);
    }
  }

  /** Resolves when the client has said its first word to our server: before that there is nothing to play with. */
  async #speaks(client: StartedCommand): Promise<void> {
    const { startMsMax = usualStartMsMax } = this.#options;
    const endsAt = performance.now() + startMsMax;
    while (!this.#hasSpoken) {
      if (client.isOver) {
        // Its last words may still be on their way.
        await pause(lastWordsMs);
        if (!this.#hasSpoken) throw client.error(`${await client.ended} before it said anything to its server`);
      }
      if (performance.now() > endsAt) throw client.error(`it has said nothing to its server after ${startMsMax} ms`);
      await pause(lookAgainMs);
    }
  }

  async connect(events: ConnectionEvents, _as: { readonly principal?: string }): Promise<TargetConnection> {
    const listener = this.#traffic.listener('client', this.#url === undefined);
    listener.tell(events);
    const seen = listener.over(await this.#connect(listener));
    const cut = (): void => {
      // A session whose end nobody has told goes on.
      this.isClean = false;
      seen.cut();
    };
    const connection = { ...seen, cut };
    this.#connections.add(connection);
    return connection;
  }

  async #connect(events: ConnectionEvents): Promise<TargetConnection> {
    const { command, headers = {}, era } = this.#options;
    const [url, quiet] = [this.#url, this.#quiet];
    if (url !== undefined) {
      if (url.protocol.startsWith('ws')) return connectWebSocket({ url, headers, quiet, events });
      return new HttpConnection({ url, headers, isStateless: era === 'stateless', quiet, events });
    }
    return this.#piped(this.#run(command!), () => events);
  }

  async kill(which: 'target' | 'server'): Promise<void> {
    this.#quiet.said();
    if (which === 'target') this.isClean = false;
    if (which === 'target') for (const command of this.#commands) command.kill();
    else {
      this.#relay?.kill();
      this.#http?.kill();
    }
    return Promise.resolve();
  }

  async settle(): Promise<void> {
    await this.#quiet.settled();
  }

  lastWords(): readonly string[] {
    return [...this.#commands].flatMap((command) => command.lastWords());
  }

  async stop(): Promise<void> {
    this.#traffic.end();
    for (const connection of this.#connections) connection.close();
    await Promise.all([...this.#commands].map(async (command) => command.stop()));
    await Promise.all([this.#relay?.close(), this.#http?.close()]);
  }

  #run(command: readonly string[]): StartedCommand {
    const { env = {} } = this.#options;
    const words = command.map((word) => filled(word, this.#values));
    const variables = Object.entries(env).map(([name, value]) => [name, filled(value, this.#values)]);
    const started = new StartedCommand(words, { env: Object.fromEntries(variables) as Record<string, string> });
    this.#commands.add(started);
    return started;
  }

  /** @param eventsOf whom to tell what is said on the connection. */
  #piped(started: StartedCommand, eventsOf: (connection: TargetConnection) => ConnectionEvents): TargetConnection {
    const { stdin, stdout } = started;
    const cut = (): void => started.kill();
    const connection = new StreamConnection({ input: stdout, output: stdin, quiet: this.#quiet, cut });
    connection.listen(eventsOf(connection));
    return connection;
  }

  /** A connection to our server: the play is told, and what passes is seen. */
  #serve(stage: Stage, connection: TargetConnection): ConnectionEvents {
    if (this.#traffic.isOver) this.isClean = false;
    const listener = this.#traffic.listener('server', false);
    const seen = listener.over(connection);
    this.#connections.add(seen);
    const events = stage.serve(seen);
    listener.tell({
      message: (message, via) => {
        this.#hasSpoken = true;
        events.message(message, via);
      },
      unreadable: (text, reason) => events.unreadable(text, reason),
      exchangeEnded: (of, status) => events.exchangeEnded(of, status),
      closed: () => events.closed(),
    });
    return listener;
  }

  /** Resolves when somebody takes connections at the URL. */
  async #listens(command: StartedCommand, url: URL): Promise<void> {
    const { startMsMax = usualStartMsMax } = this.#options;
    const port = url.port === '' ? (url.protocol.endsWith('s:') ? 443 : 80) : Number(url.port);
    const endsAt = performance.now() + startMsMax;
    while (!(await answers(url.hostname, port))) {
      if (command.isOver) throw command.error(`${await command.ended} before it listened on ${url.host}`);
      if (performance.now() > endsAt) throw command.error(`it does not listen on ${url.host} after ${startMsMax} ms`);
      await pause(lookAgainMs);
    }
  }
}

async function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port });
    const say = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', say(true)).once('error', say(false));
  });
}
