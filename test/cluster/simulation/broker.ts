/**
 * The engine that simulated machines share: tables and mailboxes behind a network that is late, reorders, loses what passes while
 * a link is cut, and says nothing about it. May be told to lose what it had acknowledged, which real ones must not.
 */

import { type Bucket, type Engine, type Mail, Unavailable, type WatchedEntry } from '../../../src/cluster/engine.ts';
import { mailboxIn } from '../../../src/cluster/memory-engine.ts';
import { MemoryStore } from '../../../src/cluster/memory-store.ts';
import type { Machine } from './machine.ts';
import type { World } from './world.ts';

interface Write {
  readonly at: number;
  readonly bucket: Bucket;
  readonly key: string;
  readonly value: string | undefined;
  readonly revision: number;
}

interface Mailbox {
  readonly machine: Machine;
  readonly received: (mail: Mail) => void;
}

interface Watcher {
  readonly machine: Machine;
  readonly tell: (entry: WatchedEntry) => void;
}

const answerMs = 1000;

export class Broker {
  isUp = true;
  readonly #world: World;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #watchers: Watcher[] = [];
  #store = new MemoryStore();
  #writes: Write[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  engineOf(machine: Machine): Engine {
    return {
      payloadBytesMax: 1024 * 1024,
      get: async (bucket, key) => this.#ask(machine, () => this.#store.get(bucket, key)),
      cas: async (bucket, key, value, revision) =>
        this.#ask(machine, () => this.#write({ at: this.#world.now, bucket, key, value, revision })),
      keys: async (bucket) => this.#ask(machine, () => this.#store.entries(bucket).map(({ key }) => key)),
      watch: async (_bucket, heard) => this.#watch(machine, heard),
      publish: (address, bytes, replyTo) => this.#publish(machine, { address, bytes, replyTo }),
      subscribe: async (mailbox, received) => {
        this.#mailboxes.set(mailbox, { machine, received });
      },
      onState: (heard) => (machine.tellState = heard),
      close: async () => {},
    };
  }

  /** What a watcher missed, it is told when it is connected again. */
  catchUp(machine?: Machine): void {
    for (const watcher of this.#watchers) {
      if (machine === undefined || watcher.machine === machine) this.#tellAll(watcher);
    }
  }

  /** Comes back as it was some time ago. */
  forget(ms: number): void {
    const until = this.#world.now - ms;
    this.#writes = this.#writes.filter(({ at }) => at <= until);
    this.#store = new MemoryStore();
    for (const { bucket, key, value, revision } of this.#writes) this.#store.cas(bucket, key, value, revision);
  }

  #reaches(machine: Machine): boolean {
    return this.isUp && !machine.isCut && !machine.isDead;
  }

  #latency(): number {
    return this.#world.chance.happens(0.02) ? this.#world.between(5, 400) : this.#world.between(0.1, 5);
  }

  async #ask<T>(machine: Machine, answer: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const patience = machine.later(answerMs, () => reject(new Unavailable('no answer')));
      if (!this.#reaches(machine)) return;
      this.#world.after(this.#latency(), () => {
        if (!this.#reaches(machine)) return;
        const settle = settled(answer, resolve, reject);
        this.#world.after(this.#latency(), () => {
          if (!this.#reaches(machine)) return;
          machine.run(() => {
            machine.clock.clearTimeout(patience);
            settle();
          });
        });
      });
    });
  }

  #write(write: Write): number {
    const revision = this.#store.cas(write.bucket, write.key, write.value, write.revision);
    this.#writes.push(write);
    if (write.bucket === 'lease') {
      const { key, value = '' } = write;
      for (const { tell } of this.#watchers) tell({ key, value, revision });
    }
    return revision;
  }

  #watch(machine: Machine, heard: (entry: WatchedEntry) => void): void {
    let latest = this.#world.now;
    const tell = (entry: WatchedEntry): void => {
      if (!this.#reaches(machine)) return;
      latest = Math.max(latest, this.#world.now + this.#latency());
      this.#world.after(latest - this.#world.now, () => {
        if (this.#reaches(machine)) machine.run(() => heard(entry));
      });
    };
    const watcher = { machine, tell };
    this.#watchers.push(watcher);
    this.#tellAll(watcher);
  }

  #tellAll({ tell }: Watcher): void {
    for (const entry of this.#store.entries('lease')) tell(entry);
  }

  #publish(sender: Machine, mail: Mail): boolean {
    if (sender.knowsItIsDown) return false;
    if (!this.#reaches(sender)) return true;
    this.#world.after(this.#latency(), () => {
      if (!this.isUp) return;
      const mailbox = this.#mailboxes.get(mailboxIn(mail.address));
      // The connection of a process that ended is closed at once; one that is cut still looks alive.
      if (mailbox === undefined || mailbox.machine.isDead) {
        const { replyTo } = mail;
        if (replyTo !== undefined) this.#deliver({ address: replyTo, bytes: undefined, replyTo: undefined });
      } else this.#deliver(mail);
    });
    return true;
  }

  #deliver(mail: Mail): void {
    const mailbox = this.#mailboxes.get(mailboxIn(mail.address));
    if (mailbox === undefined || mailbox.machine.isCut) return;
    this.#world.after(this.#latency(), () => {
      if (this.#reaches(mailbox.machine)) mailbox.machine.run(() => mailbox.received(mail));
    });
  }
}

/** What was answered, to be told when it arrives. */
function settled<T>(answer: () => T, resolve: (value: T) => void, reject: (error: Error) => void): () => void {
  try {
    const value = answer();
    return () => resolve(value);
  } catch (error) {
    return () => reject(error as Error);
  }
}
