/**
 * A process that reads and writes lines: what a bench puts its requests into. Looks up answers by their whole text, so that
 * a wrong byte is an error and the client costs little.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { asWritten, handshake, initialized } from './exchange.ts';
import type { Caller } from './load.ts';

const program = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export const echoServer: readonly string[] = [process.execPath, program('./echo-server.js')];

export const floorProxy = (mode: string, server = echoServer): readonly string[] => [
  process.execPath,
  program('./floor-proxy.js'),
  mode,
  '--',
  ...server,
];

/** A server that answers nothing but the handshake, and shows its end at a socket. */
export const holdingServer = (watchPath: string): readonly string[] => [...echoServer, '--hold', '--tell', watchPath];

/** The built command, in front of a server. */
export const ninelives = (server: readonly string[], flags: readonly string[] = []): readonly string[] => [
  process.execPath,
  program('../../bin/ninelives.cjs'),
  'forward',
  'stdio',
  ...flags,
  '--',
  ...server,
];

export interface PeerOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** It takes messages apart: what it makes of an answer means the same and is written differently. */
  readonly rewrites?: boolean;
}

const running = new Set<PeerProcess>();

export class PeerProcess implements Caller {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  /** Resolves when the process is gone and its output is read to the end. */
  readonly closed: Promise<unknown>;
  readonly #waiting = new Map<string, () => void>();
  /** The beginning of a line whose end has not been read. */
  #pieces: string[] = [];
  #unsent = '';
  readonly #rewrites: boolean;
  /** Called for each line that nobody waited for. */
  onStray: (line: string) => void = () => {};

  constructor([command = '', ...args]: readonly string[], { cwd, env, rewrites = false }: PeerOptions = {}) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], cwd, env });
    this.#rewrites = rewrites;
    running.add(this);
    this.closed = once(this.#child, 'close');
    this.#child.stdin.on('error', () => {});
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Writes the line in this turn, together with the others of the turn. */
  send(line: string): void {
    if (this.#unsent === '') queueMicrotask(() => this.#flush());
    this.#unsent += `${line}\n`;
  }

  /** Calls `onAnswer` once when exactly this line is read. */
  expect(answer: string, onAnswer: () => void): void {
    this.#waiting.set(answer, onAnswer);
  }

  async ask(line: string, answer: string): Promise<void> {
    const answered = new Promise<void>((resolve) => this.expect(answer, resolve));
    this.send(line);
    await answered;
  }

  /** Shakes hands and gives the server's answer. From then on a line that nobody waits for is an error. */
  async initialize(): Promise<string> {
    const answered = new Promise<string>((resolve) => {
      this.onStray = resolve;
    });
    this.send(handshake);
    const answer = await answered;
    this.onStray = (line) => {
      throw new Error(`Nobody waits for ${line}`);
    };
    this.send(initialized);
    return answer;
  }

  /** Resolves when the process is gone. What it had started goes with the end of its input. */
  async stop(): Promise<void> {
    running.delete(this);
    this.#child.stdin.end();
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.closed;
    clearTimeout(patience);
  }

  #flush(): void {
    this.#child.stdin.write(this.#unsent);
    this.#unsent = '';
  }

  #read(text: string): void {
    if (!text.includes('\n')) {
      this.#pieces.push(text);
      return;
    }
    const lines = [...this.#pieces, text].join('').split('\n');
    this.#pieces = [lines.pop()!];
    for (const line of lines) {
      if (!this.#answers(line) && !(this.#rewrites && this.#waiting.size > 0 && this.#answers(asWritten(line)))) {
        this.onStray(line);
      }
    }
  }

  #answers(line: string): boolean {
    const onAnswer = this.#waiting.get(line);
    if (onAnswer === undefined) return false;
    this.#waiting.delete(line);
    onAnswer();
    return true;
  }
}

/** Ends what a bench left behind when it failed. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(async (peer) => peer.stop()));
}
