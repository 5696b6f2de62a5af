/**
 * A command that was started to be tested: its raw pipes, its last words, and its end with everything that it had started. Nothing
 * outlives this process, whatever ends it in good order.
 */

import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import spawn from 'cross-spawn';
import { type ProcessGroup, processGroup } from '../../transports/child-process-group.ts';
import { StderrLines } from '../../transports/stderr-lines.ts';
import { TargetError } from './target-error.ts';

export interface CommandOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Time to end by itself before it is killed. */
const graceMs = 400;
const lookAgainMs = 10;

const running = new Set<ProcessGroup>();
let isWatching = false;

function killAll(): void {
  for (const group of running) group.signal('SIGKILL');
}

export class StartedCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** How it ended, for people. */
  readonly ended: Promise<string>;
  /** It has ended. */
  isOver = false;
  readonly #words: readonly string[];
  readonly #stderr = new StderrLines({ onLine: () => {} });
  readonly #group: ProcessGroup | undefined;

  constructor(words: readonly string[], { env, cwd }: CommandOptions = {}) {
    const [command = '', ...args] = words;
    this.#words = words;
    if (!isWatching) process.on('exit', killAll);
    isWatching = true;
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      cwd,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.stdin = child.stdin!;
    this.stdout = child.stdout!;
    // A pipe that breaks is the end of the process, which is told by itself.
    this.stdin.on('error', () => {});
    this.stdout.on('error', () => {});
    child.stderr!.on('error', () => {}).on('data', (chunk: Uint8Array) => this.#stderr.push(chunk));
    this.#group = child.pid === undefined ? undefined : processGroup(child.pid);
    if (this.#group !== undefined) running.add(this.#group);
    this.ended = new Promise((resolve) => {
      const over = (how: string): void => {
        this.isOver = true;
        resolve(how);
      };
      child.once('error', ({ message }) => over(`it could not be started: ${message}`));
      child.once('exit', (code, signal) => over(signal === null ? `it exited with ${code}` : `${signal} ended it`));
    });
  }

  /** What it said last on its standard error, oldest first. */
  lastWords(): readonly string[] {
    return this.#stderr.last();
  }

  /** @param what happened, as a sentence behind the command. */
  error(what: string): TargetError {
    return new TargetError(`${this.#words.join(' ')}: ${what}`, this.lastWords());
  }

  kill(): void {
    this.#group?.signal('SIGKILL');
  }

  /** Resolves when nothing of it runs any more. */
  async stop(): Promise<void> {
    const group = this.#group;
    if (group === undefined) return;
    this.stdin.end();
    group.signal('SIGTERM');
    const killsAt = performance.now() + graceMs;
    while (!group.isEmpty()) {
      if (performance.now() > killsAt) group.signal('SIGKILL');
      await pause(lookAgainMs);
    }
    running.delete(group);
    await this.ended;
    if (!this.stdout.destroyed && !this.stdout.readableEnded)
      await Promise.race([once(this.stdout, 'close'), pause(graceMs)]);
  }
}
