/**
 * A server as a child process: started as the leader of a process group of its own, spoken to over its pipes, stopped by
 * the ladder of rule R21 with its container if it has one, and reported gone exactly once, after everything it had said. Does
 * not decide when to start, stop or restart it.
 */
import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import spawn from 'cross-spawn';

import type { Clock, PeerLink, TimerHandle } from '../ports.ts';
import type { OversizeLine } from '../protocol/lines.ts';
import { type ContainerRun, containerRun } from './child-container.ts';
import { containerGroup } from './child-container-group.ts';
import { processGroup, type ProcessGroup } from './child-process-group.ts';
import { childAskedToStop, childEnded, childStarted } from './child-roster.ts';
import { spawnErrorKind, type SpawnErrorKind } from './child-spawn-error.ts';
import { defaultStopLadder, descend, type StopLadder } from './child-stop-ladder.ts';
import { StderrLines } from './stderr-lines.ts';
import { StdioLines } from './stdio-lines.ts';

export interface ServerExit {
  /** Exit code of the child itself; null when a signal ended it, or when it never ran. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines of stderr, oldest first. */
  readonly lastStderr: readonly string[];
  /** Present when the child could not be started. */
  readonly spawnError?: { readonly kind: SpawnErrorKind; readonly message: string };
}

export interface SpawnServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly clock: Clock;
  readonly lineBytesMax: number;
  /** Used by `close`, by `stop` for what it is not told, and when the server goes by itself and leaves something behind. */
  readonly ladder?: StopLadder | undefined;
  readonly onReady: (pid: number) => void;
  readonly onMessage: (line: Uint8Array) => void;
  readonly onOversize: (line: OversizeLine) => void;
  /** stdout ended in the middle of a line. */
  readonly onPartial: (rest: Uint8Array) => void;
  readonly onDrained: () => void;
  /** So many messages never wholly reached the server's stdin, and never will. Comes before `onExit`. */
  readonly onWriteFailed: (messages: number) => void;
  readonly onStderr: (line: string) => void;
  /** The server has closed its stdout and lives on: it is being stopped, and `onExit` follows. Comes at most once. */
  readonly onMute?: ((lastStderr: readonly string[]) => void) | undefined;
  /** Called exactly once, after the last of all other callbacks. */
  readonly onExit: (exit: ServerExit) => void;
}

/** `close` of this link is `stop` with the ladder of the options. */
export interface ServerProcess extends PeerLink {
  /** Undefined when the child could not be started. */
  readonly pid: number | undefined;
  /** The server reads the end of its stdin once it has read what was written before. It may take its time to end. */
  closeInput(): void;
  /**
   * Walks down the ladder. Resolves when `onExit` was called and nothing runs any more of the child's process group, nor the
   * container whose client it was. The first call counts; later calls wait for the same end, as does a call after the server
   * went by itself.
   */
  stop(ladder?: Partial<StopLadder>): Promise<void>;
  /** Cuts a stop short that is under way: SIGTERM now, and SIGKILL soon. */
  hurry(): void;
  /** SIGKILL for the whole group and its container, now: for a proxy that has to exit itself. */
  kill(): void;
}

/** How long stdout and stderr may stay open after the exit, while something that the child started still holds them. */
const outputGraceMs = 100;
/** How much is still read in that time. What the child itself said before it ended is less: a pipe's capacity. */
const outputGraceBytesMax = 1024 * 1024;

/** How long after the end of stdout the exit may take before the two count as different things. */
const exitGraceMs = 100;

/** Time for an orderly end in a hurry: a client's own ladder may have SIGKILL for us two seconds after SIGTERM. */
const hurriedTermMs = 1000;

/** Starts a server. Never throws: what cannot be started is reported by `onExit` in a later turn. */
export function spawnServer(options: SpawnServerOptions): ServerProcess {
  const container = containerRun(options.command, options.args, () => `ninelives-${crypto.randomUUID()}`);
  let child: ChildProcess;
  try {
    child = spawn(options.command, [...(container?.args ?? options.args)], {
      cwd: options.cwd,
      env: environmentOf(options),
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own; on Windows the flag would open a console window instead.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    return new NeverStarted(options, (report) => process.nextTick(report, cause));
  }
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || stdin === null || stdout === null || stderr === null) {
    return new NeverStarted(options, (report) => child.once('error', report));
  }
  return new RunningServer({ child, pid, stdin, stdout, stderr, container }, options);
}

function environmentOf({ env }: SpawnServerOptions): NodeJS.ProcessEnv {
  return { ...process.env, ...env };
}

interface Started {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly container: ContainerRun | undefined;
}

type Exit = Omit<ServerExit, 'lastStderr'>;

class RunningServer implements ServerProcess {
  readonly pid: number;
  private readonly options: SpawnServerOptions;
  private readonly started: Started;
  private readonly lines: StdioLines;
  private readonly stderrLines: StderrLines;
  private readonly group: ProcessGroup;
  private readonly leaderExit: Promise<Exit>;
  private readonly reported: Promise<void>;
  private exit: Exit | undefined;
  private stopping: Promise<void> | undefined;
  private outputGrace: TimerHandle;
  private exitGrace: TimerHandle;
  private tellReported: (() => void) | undefined;

  constructor(started: Started, options: SpawnServerOptions) {
    const { child, pid, stdin, stdout, stderr } = started;
    this.pid = pid;
    this.options = options;
    this.started = started;
    childStarted(pid, 'server');
    this.reported = new Promise((resolve) => {
      this.tellReported = resolve;
    });
    this.lines = new StdioLines({
      input: stdout,
      output: stdin,
      lineBytesMax: options.lineBytesMax,
      onMessage: options.onMessage,
      onOversize: options.onOversize,
      onPartial: options.onPartial,
      onDrained: options.onDrained,
      onWriteFailed: options.onWriteFailed,
      // A server that can no longer be heard, or no longer listens, is going away, whether it knows it or not.
      onInputEnded: () => {
        this.exitGrace = options.clock.setTimeout(() => this.reportMute(), exitGraceMs);
        void this.stop();
      },
      onOutputBroken: () => void this.stop(),
    });
    this.stderrLines = new StderrLines({ onLine: options.onStderr });
    stderr.on('data', (chunk: Uint8Array) => this.stderrLines.push(chunk));
    // What fails here is told better by the exit, which follows.
    stderr.on('error', () => {});

    child.once('spawn', () => options.onReady(pid));
    this.leaderExit = new Promise((resolve) => {
      const exited = (exit: Exit): void => {
        this.leaderHasExited(exit);
        resolve(exit);
      };
      child.once('exit', (code, signal) => exited({ code, signal }));
      // After the start this comes on Windows alone, in place of an exit: the shell did not find the command.
      child.once('error', (error) => exited({ code: null, signal: null, spawnError: describe(error, options.cwd) }));
    });
    this.group = groupOf(started, options, this.leaderExit);
    child.once('close', () => this.report());
  }

  write(message: readonly Uint8Array[]): boolean {
    return this.lines.write(message);
  }

  pause(paused: boolean): void {
    // The rest of what the server said is little, and its end is not to wait for a slow reader.
    if (this.exit === undefined) this.lines.pause(paused);
  }

  close(): void {
    void this.stop();
  }

  closeInput(): void {
    this.lines.endOutput();
  }

  async stop(ladder: Partial<StopLadder> = {}): Promise<void> {
    childAskedToStop(this.pid, this.options.clock.now());
    this.stopping ??= this.descend({ ...(this.options.ladder ?? defaultStopLadder), ...ladder });
    return this.stopping;
  }

  hurry(): void {
    this.group.signal('SIGTERM');
    this.options.clock.setTimeout(() => this.kill(), hurriedTermMs);
  }

  kill(): void {
    this.group.signal('SIGKILL');
  }

  private async descend(ladder: StopLadder): Promise<void> {
    // A clock's timers keep no process alive, and a sweep that is under way must not end because nothing else is.
    const hold = setInterval(() => {}, 2 ** 30);
    const { clock } = this.options;
    const { group, leaderExit, lines } = this;
    await descend(ladder, {
      clock,
      group,
      leaderExit,
      endInput: () => lines.endOutput(),
      cutInput: () => lines.cutOutput(),
    });
    clearInterval(hold);
    if (this.exit === undefined) this.report();
    return this.reported;
  }

  private leaderHasExited(exit: Exit): void {
    const { stdout } = this.started;
    this.exit = exit;
    childEnded(this.pid);
    void this.stop();

    let bytes = 0;
    stdout.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > outputGraceBytesMax) this.report();
    });
    this.lines.pause(false);
    // A turn of the event loop that was late may find the timer due before it has read: it shall read first.
    const { clock } = this.options;
    this.outputGrace = clock.setTimeout(() => setImmediate(() => this.report()), outputGraceMs);
  }

  private reportMute(): void {
    if (this.exit === undefined) this.options.onMute?.(this.stderrLines.last());
  }

  private report(): void {
    if (this.tellReported === undefined) return;
    const tellReported = this.tellReported;
    this.tellReported = undefined;
    this.options.clock.clearTimeout(this.outputGrace);
    this.options.clock.clearTimeout(this.exitGrace);
    this.lines.closeInput();
    this.lines.cutOutput();
    this.started.stderr.destroy();
    this.stderrLines.end();
    this.options.onExit({ code: null, signal: null, ...this.exit, lastStderr: this.stderrLines.last() });
    tellReported();
  }
}

function groupOf({ pid, container }: Started, options: SpawnServerOptions, clientExit: Promise<Exit>): ProcessGroup {
  const client = processGroup(pid);
  if (container === undefined) return client;
  const { command, cwd, clock } = options;
  return containerGroup({ client, clientExit, command, cwd, env: environmentOf(options), container, clock });
}

/** Stands for a child that could not be started: takes what is asked of it and does nothing. */
class NeverStarted implements ServerProcess {
  readonly pid = undefined;
  private readonly options: SpawnServerOptions;
  private readonly reported: Promise<void>;

  constructor(options: SpawnServerOptions, whenKnown: (report: (error: Error) => void) => void) {
    this.options = options;
    this.reported = new Promise((resolve) => {
      whenKnown((error) => {
        options.onExit({ code: null, signal: null, lastStderr: [], spawnError: describe(error, options.cwd) });
        resolve();
      });
    });
  }

  write(): boolean {
    process.nextTick(() => this.options.onWriteFailed(1));
    return true;
  }

  pause(): void {}
  close(): void {}
  closeInput(): void {}
  hurry(): void {}
  kill(): void {}

  async stop(): Promise<void> {
    return this.reported;
  }
}

function describe(error: Error, cwd: string | undefined): NonNullable<ServerExit['spawnError']> {
  return { kind: spawnErrorKind(error, cwd), message: error.message };
}
