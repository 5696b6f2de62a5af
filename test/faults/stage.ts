/**
 * A proxy between real processes, on which faults happen: opened for one fault or for a row of them, with a session of its own
 * for who suffers them and another for a bystander. Looks afterwards whether both are usable, and whether anything is left.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { NatsServer } from '../cluster/nats-server.ts';
import { heldBytes } from '../e2e/held-bytes.ts';
import { type Program, start } from '../e2e/program.ts';
import { lasting } from '../e2e/survivors.ts';
import { type Answer, type Client, call, handshake, newId, text, textIn } from './client.ts';
import { HttpClient, beginHttp } from './http-client.ts';
import { StdioClient } from './stdio-client.ts';
import { WebSocketClient, beginWebSocket } from './websocket-client.ts';
import { Relay } from './relay.ts';
import {
  type Hook,
  type Way,
  forward,
  hasChild,
  isHttpFront,
  isStdioFront,
  scriptedChild,
  scriptedServer,
  urlOn,
} from './ways.ts';

export interface StageOptions {
  /** Of `ninelives forward`, on these ways or on all. */
  readonly flags?: readonly string[] | Partial<Readonly<Record<Way, readonly string[]>>>;
  /** Of the scripted server. */
  readonly server?: readonly string[];
  /** Stands in place of the scripted server. */
  readonly child?: (marker: string) => readonly string[];
  readonly hook?: Hook;
  /** Between the proxy and a server elsewhere stands a network that can be disturbed. */
  readonly hasRelay?: boolean;
  /** Into a folder that goes with the stage. */
  readonly isRecorded?: boolean;
  /** What starts the proxy, when its command is put behind this. */
  readonly wrapper?: readonly string[];
  /** In place of the scripted server elsewhere: a URL, made when the stage opens. */
  readonly upstream?: (way: Way) => string;
  readonly isTls?: boolean;
  /** The proxy is a node of a cluster, whose broker is the stage's own. */
  readonly hasBroker?: boolean;
  /** Nobody can begin a session, or the fault begins its own. */
  readonly isUnopened?: boolean;
  /** Every session of it is the fault's own. */
  readonly hasNoBystander?: boolean;
}

export interface Vitals {
  readonly descriptors: number;
  readonly children: number;
}

/** What is to go away goes within this time on a busy machine; it is looked at in this pace. */
const patienceMs = 15_000;
const lookEveryMs = 25;

let markers = 0;

export class Stage {
  readonly way: Way;
  /** Stands in the command line of every process of this stage. */
  readonly marker = `fault-${process.pid}-${(markers += 1)}-`;
  readonly options: StageOptions;
  proxy!: Program;
  /** The server over HTTP. */
  server: Program | undefined;
  relay: Relay | undefined;
  broker: NatsServer | undefined;
  /** A second session, which has nothing to do with any fault. */
  bystander: Client | undefined;
  #url = '';
  readonly #disturbance = join(tmpdir(), this.marker);
  readonly #tapes = join(tmpdir(), `${this.marker}tapes`);
  #session: Client | undefined;
  readonly #others = new Set<Client>();
  #before!: Vitals;
  #end: 'in order' | 'at once' | undefined;

  constructor(way: Way, options: StageOptions = {}) {
    this.way = way;
    this.options = options;
  }

  static async open(way: Way, options?: StageOptions): Promise<Stage> {
    const stage = new Stage(way, options);
    await stage.#open();
    return stage;
  }

  async #open(): Promise<void> {
    const { way, options } = this;
    let behind: readonly string[] | string;
    if (hasChild(way))
      behind = options.child?.(this.marker) ?? scriptedChild('--name', this.marker, ...(options.server ?? []));
    else if (options.upstream !== undefined) behind = options.upstream(way);
    else {
      const port = await this.startServer(0);
      if (options.hasRelay === true) this.relay = await Relay.open(port);
      behind = urlOn(way, this.relay?.port ?? port, options);
    }
    const { flags = [], hook } = options;
    const own = 'length' in flags ? flags : (flags[way] ?? []);
    const recorded = options.isRecorded === true ? ['--record', this.#tapes] : [];
    if (options.isRecorded === true) mkdirSync(this.#tapes);
    if (options.hasBroker === true) this.broker = await NatsServer.start();
    const joined = this.broker === undefined ? [] : ['--cluster', this.broker.url, '--frame-bytes-max', '1048576'];
    const command = forward(way, behind, [...own, ...recorded, ...joined], hook);
    this.proxy = start([...(options.wrapper ?? []), ...command], { DISTURBANCE: this.#disturbance });
    if (!isStdioFront(way)) {
      this.#url = await this.proxy.until(
        () => this.proxy.err.flatMap((line) => /^ninelives listening on (\S+),/.exec(line)?.[1] ?? [])[0],
        'saying where it listens',
      );
      if (options.isUnopened === true) {
        this.#before = this.vitals();
        return;
      }
      const warming = await this.#begin();
      await call(warming, 'echo');
      await warming.leave();
      this.#before = await this.#settled({ descriptors: Infinity, children: 0 });
      if (options.hasNoBystander !== true) this.bystander = await this.#begin();
    } else {
      if (options.isUnopened !== true) await call(await this.session(), 'echo');
      this.#before = this.vitals();
    }
  }

  /** Starts the server over HTTP; gives its port. */
  async startServer(port: number): Promise<number> {
    const server = start(scriptedServer(port, '--name', this.marker, ...(this.options.server ?? [])));
    this.server = server;
    await server.until(() => server.out.find((said) => said.startsWith('listening')), 'listening');
    return this.#serverPort;
  }

  /** Kills the server over HTTP; gives the port that it had. */
  async stopServer(): Promise<number> {
    const port = this.#serverPort;
    this.server?.signal('SIGKILL');
    await this.server?.exit;
    return port;
  }

  get #serverPort(): number {
    const line = this.server?.out.find((said) => said.startsWith('listening')) ?? '';
    return Number(line.split(' ')[1]);
  }

  /** The session that the faults happen to, one after the other; a new one after one of them ended it. */
  async session(): Promise<Client> {
    return (this.#session ??= await this.#begin());
  }

  /** The fault has ended the proxy, as it should. One that had to end at once owes the server no farewell. */
  hasEnded(manner: 'in order' | 'at once' = 'in order'): void {
    for (const client of [this.#session, this.bystander, ...this.#others]) client?.vanish();
    this.#others.clear();
    this.#session = undefined;
    this.bystander = undefined;
    this.#end = manner;
  }

  async leaveSession(): Promise<void> {
    await this.#session?.leave();
    this.#session = undefined;
  }

  async heldBytes(): Promise<number> {
    return heldBytes(this.proxy);
  }

  /** Stalls the proxy, or sets its clock; the proxy has begun to, when this resolves. */
  async disturb(what: 'stall' | 'clock', ms: number): Promise<void> {
    const word = what === 'stall' ? 'stalls' : 'disturbed';
    const told = (): number => this.proxy.log().filter(({ message }) => message === word).length;
    const before = told();
    writeFileSync(this.#disturbance, `${what} ${ms}`);
    this.proxy.signal('SIGUSR2');
    await this.proxy.until(() => (told() > before ? true : undefined), 'being disturbed');
  }

  /** Lets the proxy have no more than so much of something; what it had is given back by what this gives. */
  limit(what: 'nofile' | 'fsize', most: number): () => void {
    const set = (soft: string): void => {
      const { status, stderr } = spawnSync('prlimit', ['--pid', String(this.proxy.pid), `--${what}=${soft}:`]);
      if (status !== 0) throw new Error(`prlimit: ${stderr.toString()}`);
    };
    const row = what === 'nofile' ? 'Max open files' : 'Max file size';
    const limits = readFileSync(`/proc/${this.proxy.pid}/limits`, 'utf8');
    const usual = limits
      .split('\n')
      .find((line) => line.startsWith(row))!
      .slice(row.length)
      .trim()
      .split(/\s+/)[0]!;
    set(String(most));
    return () => set(usual);
  }

  /** What a client is told that wants to begin a session, and how its connection ends for that, in words. */
  async attempt(): Promise<{ readonly answer: Answer; readonly end: string }> {
    const id = newId();
    const first = [text(handshake(id))];
    if (isStdioFront(this.way)) {
      const answer = await new StdioClient(this.proxy).askBytes(first, id);
      const { code, signal } = await this.proxy.exit;
      this.hasEnded();
      return { answer, end: `, exit ${signal ?? code}` };
    }
    if (isHttpFront(this.way)) {
      const client = this.stranger();
      return { answer: await client.askBytes(first, id), end: '' };
    }
    const client = new WebSocketClient(this.#url);
    await client.opened();
    const answer = await client.askBytes(first, id);
    return { answer, end: `, the connection ends (${await client.ended()})` };
  }

  /** One more session, for one fault. */
  async another(): Promise<Client> {
    const client = await this.#begin();
    this.#others.add(client);
    return client;
  }

  /** A session that nobody here will end. */
  async passer(): Promise<Client> {
    return this.#begin();
  }

  async http(): Promise<HttpClient> {
    return (await this.session()) as HttpClient;
  }

  async anotherHttp(): Promise<HttpClient> {
    return (await this.another()) as HttpClient;
  }

  /** A client that has no session yet. */
  stranger(): HttpClient {
    const client = new HttpClient(this.#url.replace('ws:', 'http:'));
    this.#others.add(client);
    return client;
  }

  get url(): string {
    return this.#url;
  }

  async #begin(): Promise<Client> {
    if (isHttpFront(this.way)) return beginHttp(this.#url);
    if (!isStdioFront(this.way)) return beginWebSocket(this.#url);
    const client = new StdioClient(this.proxy);
    await this.proxy.initialize({ roots: {}, sampling: {}, elicitation: {} });
    return client;
  }

  /** The sessions of this fault alone are over; says what is not as it should be. */
  async aftermath(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const client of this.#others) await client.leave();
    this.#others.clear();
    if (this.#session !== undefined && !(await isUsable(this.#session))) {
      problems.push('the session cannot be used any more');
      this.#session = undefined;
    }
    if (this.bystander !== undefined && !(await isUsable(this.bystander))) {
      problems.push('the session of a bystander cannot be used any more');
    }
    return problems;
  }

  /** Ends everything; says what is left. */
  async close(): Promise<readonly string[]> {
    const problems: string[] = [];
    const { options, proxy, server } = this;
    if (!isStdioFront(this.way)) {
      for (const client of [this.#session, this.bystander, ...this.#others]) await client?.leave();
    }
    if (this.#end === undefined) {
      const { descriptors, children } = await this.#settled(this.#before);
      if (children > this.#before.children) problems.push(`${children - this.#before.children} processes are left`);
      if (descriptors > this.#before.descriptors)
        problems.push(`${descriptors - this.#before.descriptors} descriptors are left`);
    }
    if (isStdioFront(this.way)) proxy.endInput();
    else proxy.signal('SIGTERM');
    const { code, signal } = await proxy.exit;
    if (code !== 0 && this.#end === undefined) problems.push(`the proxy ended with ${signal ?? code}`);
    if (server !== undefined && options.isTls !== true) {
      const { sessions, open } = await this.counts();
      if (sessions > 0 && this.#end !== 'at once') problems.push(`${sessions} sessions are left at the server`);
      if (open > 0) problems.push(`${open} responses are left open at the server`);
    }
    server?.signal('SIGKILL');
    await server?.exit;
    this.relay?.close();
    await this.broker?.stop();
    rmSync(this.#disturbance, { force: true });
    rmSync(this.#tapes, { recursive: true, force: true });
    const left = await lasting(this.marker);
    if (left.length > 0) problems.push(`${left.length} processes outlived the proxy`);
    return problems;
  }

  vitals(): Vitals {
    const { pid } = this.proxy;
    const ids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return {
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
      children: ids.split(' ').filter((id) => id !== '').length,
    };
  }

  /** False: there are still more children when there was time enough for them to end. */
  async untilChildren(most: number): Promise<boolean> {
    return (await this.#settled({ descriptors: Infinity, children: most })).children <= most;
  }

  /** Nothing is left of any session, or nothing when there was time enough for it. */
  async isAtRest(): Promise<boolean> {
    const { descriptors, children } = await this.#settled(this.#before);
    const sessions = this.server === undefined ? 0 : (await this.counts()).sessions;
    return descriptors <= this.#before.descriptors && children <= this.#before.children && sessions === 0;
  }

  /** How many sessions and responses the server over HTTP has open. */
  async counts(): Promise<{ readonly sessions: number; readonly open: number }> {
    const response = await fetch(`http://127.0.0.1:${this.#serverPort}/counts`);
    return (await response.json()) as { readonly sessions: number; readonly open: number };
  }

  async #settled(most: Vitals): Promise<Vitals> {
    const until = performance.now() + patienceMs;
    for (;;) {
      const now = this.vitals();
      const isSettled = now.descriptors <= most.descriptors && now.children <= most.children;
      if (isSettled || performance.now() > until) return now;
      await pause(lookEveryMs);
    }
  }
}

async function isUsable(client: Client): Promise<boolean> {
  return textIn(await call(client, 'echo', { text: 'still here' })) === 'still here';
}
