/**
 * A raw client in conversation with one process: writes lines, reads lines, answers what the server asks, and holds all of it
 * to the laws. What is said is the business of traffic.ts.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { type Ending, Ledger, type Message, type MessageId, type Asked, type Violation } from './ledger.ts';
import { Progress } from './progress.ts';
import { markName } from './survivors.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A line of the proxy's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly message?: string };

export interface ConversationOptions {
  readonly command: readonly string[];
  /** Where the processes of this conversation are known by. */
  readonly mark: string;
  readonly violation: Violation;
  readonly frameBytesMax?: number;
  /** So few requests may wait that some are refused. */
  readonly isTight?: boolean;
}

/** For so long after a server was killed may requests be told that it was lost: a busy machine notices late. */
const lossMs = 15_000;

const running = new Set<Conversation>();

export class Conversation {
  readonly ledger: Ledger;
  readonly progress: Progress;
  readonly options: ConversationOptions;
  readonly exit: Promise<Exit>;
  /** Numbered log messages of the server, for the one exchange that counts them at a time. */
  onNumber: ((data: unknown) => void) | undefined;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #log = new EventEmitter().setMaxListeners(0);
  /** Process ids of the servers, in the order in which they were started. */
  readonly servers: number[] = [];
  #ids = 0;
  #lossUntil = -Infinity;
  /** The end has begun: what is still asked may be refused for it. */
  #isEnding = false;
  #isOver = false;

  constructor(options: ConversationOptions) {
    const [command = '', ...args] = options.command;
    const { violation, mark } = options;
    this.options = options;
    this.ledger = new Ledger(violation);
    this.progress = new Progress(violation);
    this.#child = spawn(command, args, { env: { ...process.env, [markName]: mark }, stdio: ['pipe', 'pipe', 'pipe'] });
    running.add(this);
    this.#child.stdin.on('error', () => {});
    readLines(this.#child.stdout, (line) => this.#read(line));
    readLines(this.#child.stderr, (line) => this.#readLog(line));
    this.exit = once(this.#child, 'close').then(([code, signal]) => {
      running.delete(this);
      this.#isOver = true;
      this.#log.emit('over');
      return { code, signal };
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** An id that was not used before, now a number and now a string. */
  newId(): MessageId {
    this.#ids += 1;
    return this.#ids % 3 === 0 ? `id-${this.#ids}` : this.#ids;
  }

  async ask(method: string, params?: object, asked?: Asked): Promise<Ending> {
    return this.askAs(this.newId(), method, params, asked);
  }

  async askAs(id: MessageId, method: string, params?: object, asked?: Asked): Promise<Ending> {
    const ending = this.ledger.ask(id, performance.now(), asked);
    this.send({ id, method, params });
    return ending;
  }

  /** Tells the server that the client gives up, and expects no answer. */
  cancel(id: MessageId): void {
    this.ledger.giveUp(id);
    this.send({ method: 'notifications/cancelled', params: { requestId: id, reason: 'a soak changes its mind' } });
  }

  send(...messages: readonly object[]): void {
    this.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
  }

  write(text: string | Uint8Array): void {
    if (!this.#isOver) this.#child.stdin.write(text);
  }

  async initialize(): Promise<boolean> {
    const ending = await this.ask('initialize', {
      protocolVersion: '2025-11-25',
      capabilities: { roots: {}, sampling: {} },
      clientInfo: { name: 'soak', version: '1.0.0' },
    });
    this.send({ method: 'notifications/initialized' });
    return ending.kind === 'result';
  }

  /** The server is about to be killed, or to end itself: for a while, requests may be lost. */
  expectLoss(): void {
    this.#lossUntil = performance.now() + lossMs;
  }

  /** Whether a request that was asked at `askedAt` may end with this error in the proxy's own name. */
  excuses(code: number, askedAt: number): boolean {
    const isLossy = askedAt <= this.#lossUntil;
    switch (code) {
      case 4290:
        return isLossy || this.options.isTight === true;
      // A server may go as soon as its input ends, whatever it was asked before.
      case 5020:
        return isLossy || this.#isEnding;
      case 5031:
      case 5040:
      case 4040:
        return this.#isEnding;
      default:
        return false;
    }
  }

  get isEnding(): boolean {
    return this.#isEnding;
  }

  beginEnd(): void {
    this.#isEnding = true;
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The next line of the log with this message; `undefined` when the process ends without one. */
  async logged(message: string): Promise<LogLine | undefined> {
    if (this.#isOver) return undefined;
    return new Promise((resolve) => {
      const onLine = (line: LogLine): void => {
        if (line.message === message) done(line);
      };
      const onOver = (): void => done(undefined);
      const done = (line: LogLine | undefined): void => {
        this.#log.off('line', onLine);
        this.#log.off('over', onOver);
        resolve(line);
      };
      this.#log.on('line', onLine);
      this.#log.on('over', onOver);
    });
  }

  /** Everything is over: settles the account, after which nothing is waited for. */
  close(owesAnswers: boolean): void {
    this.ledger.close(owesAnswers);
  }

  #read(line: string): void {
    const message: Message | undefined = parse(line);
    if (message === undefined) {
      this.options.violation('only messages on standard output', line.slice(0, 300));
    } else if (message.method === undefined) this.ledger.hear(message);
    else if (message.id === undefined) this.#notice(message);
    else {
      // What the server asks is answered with what it said, so that it can be compared at the other end.
      this.send({ id: message.id, result: { heard: message.params ?? {} } });
    }
  }

  #notice({ method, params }: Message): void {
    if (method === 'notifications/progress') this.progress.hear(params?.['progressToken'], params?.['progress']);
    else if (method === 'notifications/message' && this.onNumber !== undefined) this.onNumber(params?.['data']);
    // A server that had asked us is gone: we have answered already, or it does not matter any more.
    else if (method !== 'notifications/cancelled') this.options.violation('nothing comes unasked', String(method));
  }

  #readLog(text: string): void {
    const line = parse(text) as LogLine | undefined;
    if (line === undefined) return;
    if (line.message === 'server started') this.servers.push(line['pid'] as number);
    if (line['level'] === 'error') this.options.violation('the proxy reports no defect of its own', text.slice(0, 500));
    this.#log.emit('line', line);
  }
}

/** Kills what a failed run left behind. */
export function killAll(): void {
  for (const conversation of running) conversation.signal('SIGKILL');
}

function parse(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
