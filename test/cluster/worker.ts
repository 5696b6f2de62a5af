/** The other end of a node in a process of its own: asks it, hears it, and does to it what machines do. */

import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import type { WorkerAsk, WorkerEvent, WorkerSetup, WorkerTold } from './nats-worker.ts';

/** What `npm run build` has left; a process of Node runs no TypeScript. */
const program = 'dist/test/cluster/nats-worker.js';

export class Worker {
  readonly name: string;
  readonly executions: { readonly key: string; readonly at: number }[] = [];
  fencedAt: number | undefined;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (told: WorkerTold) => void>();
  readonly #heard = new EventEmitter().setMaxListeners(0);
  #asked = 0;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#process = child.setMaxListeners(0);
    child.on('message', (message) =>
      this.#hear(message as WorkerEvent | { readonly number: number; readonly told: WorkerTold }),
    );
  }

  static async start(setup: WorkerSetup): Promise<Worker> {
    const worker = new Worker(setup.node, fork(program, [JSON.stringify(setup)], { stdio: 'inherit' }));
    await worker.hears('started');
    return worker;
  }

  /** @returns what it told; `died` when it ended before. */
  async ask(asked: WorkerAsk): Promise<WorkerTold> {
    this.#asked += 1;
    const number = this.#asked;
    return new Promise((resolve) => {
      const died = (): void => resolve({ ok: false, text: 'died', executed: 'unknown' });
      this.#process.once('exit', died);
      this.#waiting.set(number, (told) => {
        this.#process.off('exit', died);
        resolve(told);
      });
      this.#process.send({ number, asked }, (error) => error !== null && died());
    });
  }

  async send(key: string, { takesMs = 0, holdMs = 0, deadlineMs = 20_000 } = {}): Promise<WorkerTold> {
    return this.ask({ do: 'send', key, takesMs, holdMs, deadlineMs });
  }

  /** Until its sessions have begun with so many frames. */
  async executed(count: number): Promise<void> {
    while (this.executions.length < count) await this.hears('executes');
  }

  /** What it says by itself, the next time. */
  async hears(event: WorkerEvent['event']): Promise<void> {
    await once(this.#heard, event);
  }

  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }

  #hear(message: WorkerEvent | { readonly number: number; readonly told: WorkerTold }): void {
    if ('number' in message) {
      this.#waiting.get(message.number)?.(message.told);
      this.#waiting.delete(message.number);
      return;
    }
    if (message.event === 'executes') this.executions.push(message);
    if (message.event === 'fenced') this.fencedAt = message.at;
    this.#heard.emit(message.event);
  }
}
