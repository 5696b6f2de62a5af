/**
 * The engine on NATS: tables are key-value buckets of JetStream on disk, mail is core NATS. What servers since 2.9 do is used, and
 * nothing else: what older ones do not know they accept and leave out. The client is loaded here, when a cluster is asked for.
 */

import { setTimeout as pause } from 'node:timers/promises';

import type { KV } from '@nats-io/kv';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import { encodeText } from '../protocol/text.ts';
import { messageOf } from '../reasons.ts';
import { type Bucket, Conflict, type Engine, type EngineState, type Mail, Unavailable } from './engine.ts';
import { checkNats } from './nats-checks.ts';
import { decodeKey, encodeKey } from './nats-keys.ts';
import { type Asked, whyNoTables, whyUnreachable } from './nats-refusals.ts';

export interface NatsEngineOptions {
  /** `nats://HOST:PORT` or `tls://HOST:PORT`, of one cluster of servers. */
  readonly servers: readonly string[];
  /** Clusters of ours on the same servers have different names: letters, digits, `-` and `_`. */
  readonly cluster: string;
  /** Copies of each table, on as many servers. */
  readonly replicas: 1 | 3 | 5;
  /** The largest frame that fronts take. */
  readonly frameBytesMax: number;
  readonly tls?: TlsOptions;
  readonly login?: NatsLogin;
  /** For people; each is one sentence. */
  readonly onWarning?: (warning: string) => void;
}

/** - `file`: what a `.creds` file holds. */
export type NatsLogin =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'file'; readonly content: string };

const buckets: readonly Bucket[] = ['lease', 'session', 'snapshot', 'budget'];
/** For leases of nodes that are long dead; nothing is concluded from it. */
const leaseKeepMs = 3_600_000;
const connectMs = 5000;
const answerMs = 1000;
const pingMs = 2000;
/** "Wrong last sequence": somebody else wrote. */
const wrongRevisionCode = 10071;
const noMailboxStatus = 503;

/** A server cannot be reached or cannot be relied on. The message says what to do about it. */
export class EngineRefused extends Error {
  override readonly name = 'EngineRefused';
}

/** @throws EngineRefused */
export async function natsEngine(options: NatsEngineOptions): Promise<Engine> {
  const { jetstream, jetstreamManager, JetStreamApiError } = await import('@nats-io/jetstream');
  const { Kvm } = await import('@nats-io/kv');
  const connection = await connected(options);
  try {
    const info = connection.info;
    const facts = {
      version: info?.version ?? '',
      hasJetStream: info?.jetstream === true,
      payloadBytesMax: info?.max_payload ?? 0,
    };
    report(checkNats({ ...facts, tables: [] }, options), options);
    const manager = await jetstreamManager(connection, { timeout: connectMs });
    const kvm = new Kvm(jetstream(connection, { timeout: answerMs }));
    const { cluster, replicas } = options;
    const tables = new Map<Bucket, KV>();
    for (const bucket of buckets) {
      const ttl = bucket === 'lease' ? { ttl: leaseKeepMs } : {};
      tables.set(bucket, await kvm.create(`${cluster}_${bucket}`, { history: 1, storage: 'file', replicas, ...ttl }));
    }
    const found = await Promise.all(
      buckets.map(async (bucket) => {
        const { config } = await manager.streams.info(`KV_${cluster}_${bucket}`);
        return { name: config.name, storage: config.storage, replicas: config.num_replicas };
      }),
    );
    report({ problems: checkNats({ ...facts, tables: found }, options).problems, warnings: [] }, options);
    const quick = await jetstreamManager(connection, { timeout: answerMs, checkAPI: false });
    const isConflict = (error: unknown): boolean =>
      error instanceof JetStreamApiError && error.code === wrongRevisionCode;
    return new NatsEngine({ connection, cluster, tables, manager: quick, isConflict });
  } catch (error) {
    await connection.close();
    if (error instanceof EngineRefused) throw error;
    throw new EngineRefused(whyNoTables(messageOf(error), askedOf(options)), { cause: error });
  }
}

function report(
  { problems, warnings }: { readonly problems: readonly string[]; readonly warnings: readonly string[] },
  { onWarning }: NatsEngineOptions,
): void {
  if (problems.length > 0) throw new EngineRefused(problems.join(' '));
  for (const warning of warnings) onWarning?.(warning);
}

function askedOf({ servers, cluster, replicas, login }: NatsEngineOptions): Asked {
  return { servers, cluster, replicas, hasLogin: login !== undefined };
}

async function connected(wanted: NatsEngineOptions): Promise<NatsConnection> {
  const { servers, tls, login, cluster } = wanted;
  const { connect, credsAuthenticator } = await import('@nats-io/transport-node');
  const options: ConnectionOptions = {
    servers: [...servers],
    name: `ninelives ${cluster}`,
    timeout: connectMs,
    reconnectTimeWait: 100,
    reconnectJitter: 20,
    maxReconnectAttempts: -1,
    pingInterval: pingMs,
    maxPingOut: 2,
    ...(tls !== undefined && { tls }),
    ...(login?.kind === 'password' && { user: login.user, pass: login.password }),
    ...(login?.kind === 'token' && { token: login.token }),
    ...(login?.kind === 'file' && { authenticator: credsAuthenticator(encodeText(login.content)) }),
  };
  try {
    return await connect(options);
  } catch (error) {
    throw new EngineRefused(whyUnreachable(messageOf(error), askedOf(wanted)), { cause: error });
  }
}

interface NatsEngineParts {
  readonly connection: NatsConnection;
  readonly cluster: string;
  readonly tables: ReadonlyMap<Bucket, KV>;
  readonly manager: JetStreamManager;
  readonly isConflict: (error: unknown) => boolean;
}

class NatsEngine implements Engine {
  readonly payloadBytesMax: number;
  readonly #parts: NatsEngineParts;
  readonly #prefix: string;
  readonly #listeners: ((state: EngineState) => void)[] = [];
  #state: EngineState = 'up';
  #leaving: { readonly address: string; readonly bytes: Uint8Array; readonly replyTo: string | undefined }[] = [];

  constructor(parts: NatsEngineParts) {
    this.#parts = parts;
    this.#prefix = `${parts.cluster}.`;
    this.payloadBytesMax = parts.connection.info?.max_payload ?? 0;
    void this.#follow();
  }

  get: Engine['get'] = async (bucket, key) =>
    this.#asked(async () => {
      const entry = await this.#table(bucket).get(encodeKey(key));
      return entry?.operation === 'PUT' ? { value: entry.string(), revision: entry.revision } : undefined;
    });

  cas: Engine['cas'] = async (bucket, key, value, revision) =>
    this.#asked(async () => {
      const name = encodeKey(key);
      if (value === undefined) return this.#remove(bucket, name, revision);
      const table = this.#table(bucket);
      return revision === 0 ? table.create(name, value) : table.update(name, value, revision);
    });

  keys: Engine['keys'] = async (bucket) =>
    this.#asked(async () => {
      const keys: string[] = [];
      for await (const key of await this.#table(bucket).keys()) keys.push(decodeKey(key));
      return keys;
    });

  watch: Engine['watch'] = async (bucket, heard) => {
    const entries = await this.#asked(async () => this.#table(bucket).watch());
    const follow = async (): Promise<void> => {
      for await (const entry of entries) {
        if (entry.operation !== 'PUT') continue;
        heard({ key: decodeKey(entry.key), value: entry.string(), revision: entry.revision });
      }
    };
    void follow();
  };

  publish(address: string, bytes: Uint8Array, replyTo?: string): boolean {
    if (this.#state === 'down') return false;
    if (this.#leaving.length === 0) setImmediate(() => this.#send());
    this.#leaving.push({ address, bytes, replyTo });
    return true;
  }

  /** What is said within one turn of the event loop goes out together: each writing by itself would be a call into the system. */
  #send(): void {
    const leaving = this.#leaving;
    this.#leaving = [];
    if (this.#state === 'down') return;
    for (const { address, bytes, replyTo } of leaving) {
      const reply = replyTo === undefined ? undefined : { reply: this.#prefix + replyTo };
      this.#parts.connection.publish(this.#prefix + address, bytes, reply);
    }
  }

  subscribe: Engine['subscribe'] = async (mailbox, received) => {
    const { connection } = this.#parts;
    connection.subscribe(`${this.#prefix}${mailbox}.>`, {
      callback: (error, message) => {
        if (error !== null) return;
        const isUndelivered = message.data.length === 0 && message.headers?.code === noMailboxStatus;
        const { reply = '' } = message;
        const mail: Mail = {
          address: message.subject.slice(this.#prefix.length),
          bytes: isUndelivered ? undefined : message.data,
          replyTo: reply === '' ? undefined : reply.slice(this.#prefix.length),
        };
        received(mail);
      },
    });
    await this.#asked(async () => connection.flush());
  };

  onState(heard: (state: EngineState) => void): void {
    this.#listeners.push(heard);
  }

  close: Engine['close'] = async () => {
    const { connection } = this.#parts;
    const wasUp = this.#state === 'up';
    this.#send();
    this.#tell('down');
    // What was sent last is on its way; a server that is away is not waited for, nor one that stands still for long.
    if (wasUp) await Promise.race([connection.drain(), pause(answerMs, undefined, { ref: false })]).catch(() => {});
    await connection.close().catch(() => {});
  };

  /** Removes what has this revision, and leaves no mark behind: a purge up to it that finds nothing was too late. */
  async #remove(bucket: Bucket, name: string, revision: number): Promise<number> {
    const stream = `KV_${this.#parts.cluster}_${bucket}`;
    const filter = `$KV.${this.#parts.cluster}_${bucket}.${name}`;
    const { purged } = await this.#parts.manager.streams.purge(stream, { filter, seq: revision + 1 });
    if (purged === 0) throw new Conflict(`${bucket} ${name} does not have revision ${revision}`);
    return 0;
  }

  /** The client would keep what is asked until it is connected again; whoever asks wants to know at once. */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#state === 'down') throw new Unavailable('The engine cannot be reached');
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Conflict) throw error;
      if (this.#parts.isConflict(error)) throw new Conflict(messageOf(error));
      throw new Unavailable(messageOf(error), { cause: error });
    }
  }

  #table(bucket: Bucket): KV {
    const table = this.#parts.tables.get(bucket);
    if (table === undefined) throw new Unavailable(`There is no table ${bucket}`);
    return table;
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.#parts.connection.status()) {
      if (type === 'disconnect' || type === 'staleConnection' || type === 'close') this.#tell('down');
      else if (type === 'reconnect') this.#tell('up');
    }
  }

  #tell(state: EngineState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const heard of this.#listeners) heard(state);
  }
}
