/**
 * A process that reads and writes lines: what a bench puts its requests into. Looks up answers by their whole text, so that
 * a wrong byte is an error and the client costs little.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

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
export const ninelives = (server: readonly string[]): readonly string[] => [
  process.execPath,
  program('../../bin/ninelives.cjs'),
  'forward',
  'stdio',
  '--',
  ...server,
];

const handshake = JSON.stringify({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } },
});

const running = new Set<PeerProcess>();

export class PeerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  /** Resolves when the process is gone and its output is read to the end. */
  readonly closed: Promise<unknown>;
  readonly #waiting = new Map<string, () => void>();
  /** The beginning of a line whose end has not been read. */
  #pieces: string[] = [];
  #unsent = '';
  /** Called for each line that nobody waited for. */
  onStray: (line: string) => void = () => {};

  constructor([command = '', ...args]: readonly string[], cwd?: string) {
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], cwd });
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
    this.send('{"jsonrpc":"2.0","method":"notifications/initialized"}');
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
      const onAnswer = this.#waiting.get(line);
      if (onAnswer === undefined) this.onStray(line);
      else {
        this.#waiting.delete(line);
        onAnswer();
      }
    }
  }
}

/** Ends what a bench left behind when it failed. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(async (peer) => peer.stop()));
}

/** Microseconds of processor time that all living threads of a process have used, as the scheduler counts them. */
export function cpuMicrosOfProcess(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => {
    const [nanos] = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanos) / 1000;
  }, 0);
}
