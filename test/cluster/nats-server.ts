/** A real server of NATS for tests: on a private port, with its tables in a folder that goes with it. It can be killed and come back. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../src/testing/targets/free-port.ts';
import { absent } from '../compat/absent.ts';

/** Where it is installed; undefined where it is not. */
export const natsProgram = ['/usr/sbin', '/usr/local/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
  .map((folder) => join(folder, 'nats-server'))
  .find(isProgram);

/** For `skipIf`. */
export const hasNoNats = absent(
  natsProgram !== undefined,
  'nats-server is',
  'apt-get install --no-install-recommends nats-server (as root; or npm run setup -- nats-server)',
);

export interface NatsServerOptions {
  /** False: a server without JetStream. */
  readonly hasTables?: boolean;
  readonly payloadBytesMax?: number;
  /** More lines of its configuration. */
  readonly lines?: readonly string[];
}

export class NatsServer {
  readonly port: number;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.#folder = folder;
  }

  static async start(options: NatsServerOptions = {}): Promise<NatsServer> {
    const { hasTables = true, payloadBytesMax = 8 * 1024 * 1024, lines = [] } = options;
    const server = new NatsServer(await freePort(), mkdtempSync(join(tmpdir(), 'ninelives-nats-')));
    const tables = hasTables ? [`jetstream { store_dir: "${join(server.#folder, 'tables')}" }`] : [];
    const configuration = [`listen: 127.0.0.1:${server.port}`, `max_payload: ${payloadBytesMax}`, ...tables, ...lines];
    writeFileSync(server.#configuration, `${configuration.join('\n')}\n`);
    await server.begin();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#process!.pid!;
  }

  /** With the tables as they were left. Resolves when it can be reached. */
  async begin(): Promise<void> {
    this.#process = spawn(natsProgram!, ['-c', this.#configuration], { stdio: 'ignore' });
    const ended = once(this.#process, 'exit').then(() => 'ended' as const);
    while (!(await answers(this.port))) {
      const pause = new Promise<'again'>((resolve) => setTimeout(resolve, 10, 'again'));
      if ((await Promise.race([pause, ended])) === 'ended') throw new Error('nats-server ended as soon as it began');
    }
  }

  /** At once, as a power cut would. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #configuration(): string {
    return join(this.#folder, 'nats.conf');
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
