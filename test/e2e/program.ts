/**
 * A program as its client sees it: started with pipes, spoken to in lines, read line by line, its exit awaited. The
 * end-to-end tests talk through it. Waits for what happens and never for time; Vitest bounds each wait by the test's timeout.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/bin/ninelives.cjs', import.meta.url));

/** The path of a program in test/fixtures. */
export const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** The command of the scripted server with these options. */
export const scripted = (...options: readonly string[]): readonly string[] => [
  process.execPath,
  fixture('scripted-server.mjs'),
  ...options,
];

/** The command of `ninelives forward stdio` in front of a server. The code under test is the built one: build first. */
export const forwarding = (server: readonly string[], flags: readonly string[] = []): readonly string[] => [
  process.execPath,
  cli,
  'forward',
  'stdio',
  ...flags,
  '--',
  ...server,
];

/** The command line of ninelives itself. */
export const ninelives = (...args: readonly string[]): readonly string[] => [process.execPath, cli, ...args];

/** A JSON-RPC message as the tests look into it. */
export interface Message {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: Readonly<Record<string, unknown>>;
  };
}

export type LogLine = Readonly<Record<string, unknown>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const running = new Set<Program>();

export class Program {
  readonly process: ChildProcess;
  /** Lines of standard output, oldest first. */
  readonly out: string[] = [];
  /** Lines of standard error, oldest first. */
  readonly err: string[] = [];
  readonly #messages: Message[] = [];
  readonly #log: LogLine[] = [];
  readonly exit: Promise<Exit>;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #isOver = false;

  constructor([command = '', ...args]: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    this.process = child;
    running.add(this);
    const changed = (): boolean => this.#changes.emit('change');
    collect(child.stdout, this.out, this.#messages, changed);
    collect(child.stderr, this.err, this.#log, changed);
    child.stdin.on('error', () => {});
    this.exit = once(child, 'close').then(([code, signal]) => {
      this.#isOver = true;
      running.delete(this);
      this.#changes.emit('change');
      return { code, signal };
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Writes each message as a line, all in one chunk. */
  send(...messages: readonly object[]): void {
    this.write(messages.map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`).join(''));
  }

  /** Writes the bytes as they are. False: the program does not read as fast as it is written to. */
  write(bytes: string | Uint8Array): boolean {
    return this.process.stdin!.write(bytes);
  }

  endInput(): void {
    this.process.stdin!.end();
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** What `find` gives for the first time; fails when the program ends without. */
  async until<T>(find: () => T | undefined, what = 'what was awaited'): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (this.#isOver) throw new Error(`The program ended without ${what}.\n${this.transcript()}`);
      await once(this.#changes, 'change');
    }
  }

  /** The first message on standard output that fits. Lines that are no JSON are passed over. */
  async message(fits: (message: Message) => boolean, what = 'the message'): Promise<Message> {
    let looked = 0;
    return this.until(() => {
      while (looked < this.#messages.length) {
        looked += 1;
        const message = this.#messages[looked - 1]!;
        if (fits(message)) return message;
      }
      return undefined;
    }, what);
  }

  /** The answer to the request with this id. */
  async answer(id: string | number | null): Promise<Message> {
    return this.message((message) => message.id === id && message.method === undefined, `an answer to ${id}`);
  }

  /** Sends a request and waits for its answer. */
  async ask(id: string | number, method: string, params?: object): Promise<Message> {
    this.send({ id, method, params });
    return this.answer(id);
  }

  /** Sends a call of one of the scripted server's tools. */
  call(id: string | number, name: string, args: object = {}, meta?: object): void {
    this.send(toolCall(id, name, args, meta));
  }

  /** Shakes hands as a client of 2025-11-25 does. */
  async initialize(capabilities: object = {}): Promise<Message> {
    const answer = await this.ask('init', 'initialize', {
      protocolVersion: '2025-11-25',
      capabilities,
      clientInfo: { name: 'test', version: '1.0.0' },
    });
    this.send({ method: 'notifications/initialized' });
    return answer;
  }

  /** All messages on standard output so far. */
  messages(): readonly Message[] {
    return [...this.#messages];
  }

  /** Forgets what was read on standard output so far. */
  forget(): void {
    this.out.length = 0;
    this.#messages.length = 0;
  }

  /** The first line of the structured log with this text. */
  async logged(text: string): Promise<LogLine> {
    return this.until(() => this.#log.find((line) => line['message'] === text), `the log line "${text}"`);
  }

  /** The lines of the structured log so far. */
  log(): readonly LogLine[] {
    return [...this.#log];
  }

  /** The process id of the server that was started as number `number`, from 1. It leads a group of its own. */
  async server(number = 1): Promise<number> {
    const started = (): readonly LogLine[] => this.#log.filter((line) => line['message'] === 'server started');
    const line = await this.until(() => started()[number - 1], `server ${number}`);
    return line['pid'] as number;
  }

  transcript(): string {
    return [...this.out.map((line) => `out ${line}`), ...this.err.map((line) => `err ${line}`)]
      .map((line) => line.slice(0, 300))
      .join('\n');
  }
}

export const toolCall = (id: string | number, name: string, args: object = {}, meta?: object): object => ({
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta === undefined ? {} : { _meta: meta }) },
});

/** The text that a tool of the scripted server answered with. */
export function textOf(message: Message): string {
  const content = message.result?.['content'] as readonly { readonly text: string }[] | undefined;
  return content?.[0]?.text ?? '';
}

/** Starts a program; `stopAll` ends it where the test did not. */
export function start(command: readonly string[], env?: Readonly<Record<string, string>>): Program {
  return new Program(command, env);
}

/** Ends every program that still runs, and the servers that those had started. */
export async function stopAll(): Promise<void> {
  for (const program of running) {
    const groups = program.log().filter((line) => line['message'] === 'server started');
    program.signal('SIGKILL');
    for (const { pid } of groups) {
      try {
        process.kill(-(pid as number), 'SIGKILL');
      } catch {
        // Gone already.
      }
    }
  }
  await Promise.all([...running].map(async (program) => program.exit));
}

/** Cuts a stream into lines, and keeps those that are JSON objects beside them as such. */
function collect(stream: NodeJS.ReadableStream | null, lines: string[], objects: object[], changed: () => void): void {
  let rest = '';
  const add = (complete: readonly string[]): void => {
    for (const line of complete) {
      lines.push(line);
      const object = readJson(line);
      if (object !== undefined) objects.push(object);
    }
    changed();
  };
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = chunk.split('\n');
    parts[0] = rest + parts[0]!;
    rest = parts.pop() ?? '';
    if (parts.length > 0) add(parts);
  });
  stream?.on('end', () => add(rest === '' ? [] : [rest]));
}

function readJson(line: string): object | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as object;
  } catch {
    return undefined;
  }
}
