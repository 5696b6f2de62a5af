/** A program of Node that listens: started on a free port, watched until it takes connections, asked how it is, and ended. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../e2e/free-port.ts';
import type { HttpPlace } from './http-session.ts';
import type { Start } from './http-starts.ts';
import type { Vitals } from './vitals-hook.ts';

export interface FrontOptions {
  readonly nodeFlags?: readonly string[];
  readonly cwd?: string;
}

/** Node's flags for a program that says what it keeps. */
export const withVitals: readonly string[] = [
  '--expose-gc',
  '--import',
  new URL('./vitals-hook.js', import.meta.url).href,
];

const patienceMs = 30_000;
const lookAgainMs = 20;
/** Of what it says last, for when it fails. */
const remarksCharacters = 2000;

const running = new Set<FrontProcess>();

export class FrontProcess {
  /** Where its sessions are opened. */
  readonly place: HttpPlace;
  readonly #child: ChildProcessByStdio<null, null, Readable>;
  readonly #port: number;
  readonly #closed: Promise<unknown>;
  #remarks = '';
  #onVitals: ((vitals: Vitals) => void) | undefined;

  private constructor(port: number, { command, env, ...rest }: Start, { nodeFlags = [], cwd }: FrontOptions) {
    this.#port = port;
    this.#child = spawn(process.execPath, [...nodeFlags, ...command], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...env },
      cwd,
    });
    this.place = { ...rest, url: `http://127.0.0.1:${port}/mcp`, pid: this.#child.pid! };
    running.add(this);
    this.#closed = once(this.#child, 'close');
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  /** @param startOf what is to be run so that it listens on this port of loopback. Resolves when it does. */
  static async started(startOf: (port: string) => Start, options: FrontOptions = {}): Promise<FrontProcess> {
    const port = await freePort();
    const front = new FrontProcess(port, startOf(String(port)), options);
    await front.#listening();
    return front;
  }

  get pid(): number {
    return this.place.pid;
  }

  get url(): string {
    return this.place.url;
  }

  /** What it keeps. It must have been started `withVitals`. */
  async vitals(): Promise<Vitals> {
    const told = new Promise<Vitals>((resolve) => (this.#onVitals = resolve));
    this.#child.kill('SIGUSR2');
    return Promise.race([told, this.#gone()]);
  }

  /** Asks it to end, and makes it end when it does not. Resolves when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    running.delete(this);
    this.#child.kill(signal);
    const patience = setTimeout(() => this.#child.kill('SIGKILL'), patienceMs);
    await this.#closed;
    clearTimeout(patience);
  }

  async #gone(): Promise<never> {
    await this.#closed;
    throw new Error(`It is gone: ${this.#child.spawnargs.join(' ')}\n${this.#remarks}`);
  }

  async #listening(): Promise<void> {
    const until = performance.now() + patienceMs;
    while (!(await takesConnections(this.#port))) {
      const isOver = this.#child.exitCode !== null || performance.now() > until;
      if (isOver) throw new Error(`It did not listen: ${this.#child.spawnargs.join(' ')}\n${this.#remarks}`);
      await sleep(lookAgainMs);
    }
  }

  #hear(text: string): void {
    this.#remarks = (this.#remarks + text).slice(-remarksCharacters);
    const line = /^\{"message":"vitals".*\}$/m.exec(this.#remarks)?.[0];
    if (line === undefined) return;
    this.#remarks = '';
    this.#onVitals?.((JSON.parse(line) as { readonly vitals: Vitals }).vitals);
  }
}

/** Ends what a bench left behind when it failed. */
export async function stopFronts(): Promise<void> {
  await Promise.all([...running].map(async (front) => front.stop('SIGKILL')));
}

async function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
